import type { Model } from '../model.ts';
import type { Value } from './register.ts';

/**
 * One step of a transaction on registers: a read, `null` at the invocation and the value at the completion, or a write.
 */
export type RegisterMop =
  | readonly [f: 'r', key: string | number, value: Value]
  | readonly [f: 'w', key: string | number, value: Value];

/** Several registers, read and written by transactions that take effect at once. */
export type MultiRegister = {
  txn(input: readonly RegisterMop[]): readonly RegisterMop[];
};

/** The values of the registers that were ever written, by name; the others hold `null`. */
export type Registers = Readonly<Record<string, Value>>;

/**
 * The transactional registers' specification: each mop sees what the mops
 * before it wrote. Linearizability of it is strict serializability.
 */
export const multiRegister: Model<MultiRegister, Registers> = {
  name: 'multi-register',
  init: {},
  step: {
    txn: (state, mops) => {
      const after: Record<string, Value> = { ...state };
      const output = mops.map((mop): RegisterMop => {
        const [f, key, value] = mop;
        if (f === 'r') return ['r', key, Object.hasOwn(after, key) ? (after[key] as Value) : null];
        after[key] = value;
        return mop;
      });
      return [after, output];
    },
  },
  readOnly: (_, input) => (input as readonly RegisterMop[]).every(([f]) => f === 'r'),
};
