import { describe, expect, it } from 'vitest';
import { disagreement } from '../../../systems/blocks/agreed-prefix.ts';

describe('an agreed prefix', () => {
  it('is what nodes have alike, however far each has come', () => {
    const memory = {};
    expect(disagreement(memory, 'log', 'n1', [1, 2, 3], 3)).toBeUndefined();
    expect(disagreement(memory, 'log', 'n2', [1, 2], 2)).toBeUndefined();
    expect(disagreement(memory, 'log', 'n2', [1, 2, 3, 4], 4)).toBeUndefined();
  });

  it('is broken at the first place where two differ, also from what a node knew that is gone', () => {
    const memory = {};
    disagreement(memory, 'log', 'n1', [1, 2, 3], 3);
    expect(disagreement(memory, 'log', 'n2', [1, 5, 6], 3)).toEqual({ place: 1, other: 'n1' });
    expect(disagreement(memory, 'log', 'n1', [1, 2, 7], 3)).toEqual({ place: 2, other: 'n1' });
  });

  it('looks at what is settled alone, at each place once, and at each log by itself', () => {
    const memory = {};
    const digests = [1, 2, 3];
    disagreement(memory, 'log', 'n1', [1, 2, 9], 3);
    expect(disagreement(memory, 'log', 'n2', digests, 2)).toBeUndefined();
    expect(disagreement(memory, 'another', 'n2', digests, 3)).toBeUndefined();
    expect(disagreement(memory, 'log', 'n2', digests, 3)).toEqual({ place: 2, other: 'n1' });
  });
});
