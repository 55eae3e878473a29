/** A thread of a campaign or a comparison: makes the simulated runs that it is given, reports included. */
import type { RunTask } from '../harness/campaign/campaign-options.ts';
import { makeRun } from '../harness/campaign/make.ts';
import { makesTasks } from '../harness/pool/maker.ts';
import { writeReport } from './write-report.ts';

makesTasks('campaign', ({ planned, path }: RunTask) => makeRun(planned, path, writeReport));
