import type { Model } from '../model.ts';
import type { Value } from './register.ts';

/**
 * A stack: `pop` takes the newest element, and returns `null`, or fails with the error `empty`, where there is none.
 */
export type Stack = {
  push(value: Value): null;
  pop(input: null): Value;
};

/** The stack's sequential specification; the state is what lies on it, the oldest first. */
export const stack: Model<Stack, readonly Value[]> = {
  name: 'stack',
  init: [],
  step: {
    push: (pile, value) => [[...pile, value], null],
    pop: (pile) => [pile.slice(0, -1), pile.at(-1) ?? null],
  },
  refuses: { pop: { empty: (pile) => pile.length === 0 } },
  observes: ['pop'],
};
