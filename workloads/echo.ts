/** Asks all nodes to say something again: the smallest program that one can write. */
import type { Anomaly, Checker, Datatype } from 'elle-ts';
import { OK } from 'elle-ts';
import { callTimes } from './call-times.ts';
import type { Draw, PlannedCall, Workload, WorkloadOptions } from './workload.ts';

type Echo = { echo(input: string): string };

const ANYTHING = { says: 'anything', fits: () => true };

/** Whether every response is what was sent. O(n). */
const echoed: Checker = {
  name: 'echo',
  check({ columns }) {
    const anomalies: Anomaly[] = [];
    for (let row = 0; row < columns.length; row++) {
      const [sent, returned] = [JSON.stringify(columns.input[row]), JSON.stringify(columns.output[row])];
      if (columns.type[row] !== OK || sent === returned) continue;
      const message = `${sent} was sent, and ${returned} came back.`;
      anomalies.push({ name: 'wrong-echo', message, steps: [], operations: [columns.start[row]!] });
    }
    const [first, ...rest] = anomalies;
    return first ? { type: 'invalid', anomalies: [first, ...rest] } : { type: 'valid' };
  },
};

/** What programs that only echo offer. */
export const echo: Datatype = {
  name: 'echo',
  says: 'what is sent comes back: echo',
  functions: { echo: { takes: ANYTHING, returns: ANYTHING } },
  model: 'echo',
  realTime: [],
  models: { echo: () => echoed },
};

export const echoWorkload = {
  name: 'echo',
  datatype: echo,
  mix: { echo: 1 },
  heeds: [],
  calls: (draw: Draw, options: WorkloadOptions) =>
    callTimes(draw, options).map(
      (slot) => ({ ...slot, input: `Please echo ${Math.floor(draw('text') * 128)}` }) as PlannedCall<Echo>,
    ),
  final: () => [{ f: 'echo', input: 'Please echo at last' }],
  finalOnce: true,
  checkers: [echoed],
} as unknown as Workload<Echo>;
