/** Replicated counters: some add, some read, and in the end every replica must show what was acknowledged, once. */
import { type Counter, gCounter, lostAdditions, pnCounter, visibilities } from 'elle-ts';
import { keyedCalls, oneOf, readAll } from './keyed-calls.ts';
import type { Workload } from './workload.ts';

function counterWorkload(
  name: 'g-counter' | 'pn-counter',
  amounts: readonly number[],
  checker: Workload<Counter>['checkers'][number],
): Workload<Counter> {
  return {
    name,
    datatype: name,
    mix: { add: 3, read: 2 },
    heeds: ['keys', 'skew', 'mix'],
    calls: (draw, options) =>
      keyedCalls(draw, options, ({ f }) => (f === 'add' ? oneOf(draw, 'amount', amounts) : null)),
    final: readAll,
    checkers: [checker, lostAdditions(), ...visibilities<Counter>()],
    placedAs: name === 'pn-counter' ? 'replicated-counter' : name,
  };
}

/** One amount in ten is negative: a counter that only grows has to refuse it. */
export const growingCounterWorkload = counterWorkload('g-counter', [1, 1, 1, 2, 2, 2, 3, 3, 3, -2], gCounter());
export const upDownCounterWorkload = counterWorkload('pn-counter', [-3, -2, -1, 1, 2, 3], pnCounter());
