/** A thread of a campaign or a comparison: makes the simulated runs that it is given, reports included. */
import { parentPort, workerData } from 'node:worker_threads';
import type { RunTask } from '../harness/campaign/campaign.ts';
import { makeRun } from '../harness/campaign/make.ts';
import { writeReport } from './write-report.ts';

if (parentPort && workerData === 'campaign') {
  const port = parentPort;
  port.on('message', ({ planned, path }: RunTask) => {
    void makeRun(planned, path, writeReport).then((made) => port.postMessage(made));
  });
}
