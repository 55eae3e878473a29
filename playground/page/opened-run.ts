import { openRun, type Run } from '../../report/page/run.ts';
import { operationsOf } from '../../report/page/unpack.ts';
import type { Made } from '../engine/messages.ts';

/** The run opened for the report's components. */
export function openedRun(made: Made): Run {
  const run = openRun(made.page, operationsOf(made.operations));
  run.messages.set(made.messages);
  return run;
}
