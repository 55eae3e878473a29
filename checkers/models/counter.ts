import type { Model } from '../model.ts';

/** A number that starts at zero: `add` a delta of either sign, `read` the sum. */
export type Counter = {
  add(delta: number): null;
  read(input: null): number;
};

/** The counter's sequential specification. */
export const counter: Model<Counter, number> = {
  name: 'counter',
  init: 0,
  step: {
    add: (sum, delta) => [sum + delta, null],
    read: (sum) => [sum, sum],
  },
  observes: ['read'],
  readOnly: (f, input) => f === 'read' || input === 0,
};
