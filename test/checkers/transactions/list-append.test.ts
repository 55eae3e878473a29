import { transactional } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { compare } from './against-definitions.ts';
import { randomHistory, type Shape } from './random-transactions.ts';

const shape: Shape = { lists: true, txns: 5, keys: 2, mops: 4, processes: 3 };

describe('transactions over lists', () => {
  it('have the models that their definitions give them', () => {
    for (let seed = 0; seed < 2400; seed++)
      compare(seed, randomHistory(seed, { ...shape, txns: seed % 4 === 0 ? 5 : 4 }));
  });

  it('are refused under a name that is no model', () => {
    expect(() => transactional('serialisable')).toThrow(RangeError);
  });
});
