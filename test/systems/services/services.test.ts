import { historyOf, linearizable, type Operation, type Register, register, sequentialObjects } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { drawsFrom, wholeBelow } from '../../../harness/setting/random.ts';
import { linKv } from '../../../systems/services/lin-kv.ts';
import { linTso } from '../../../systems/services/lin-tso.ts';
import { lwwKv } from '../../../systems/services/lww-kv.ts';
import { seqKv } from '../../../systems/services/seq-kv.ts';
import type { Service } from '../../../systems/services/service.ts';

const SEEDS = Array.from({ length: 100 }, (_, i) => i + 1);
const CLIENTS = 4;

/** What clients see who ask one after the other, by chance: operations that do not overlap. */
function historyWith(seed: number, service: Service, keys: number): readonly Operation<Register>[] {
  const draw = drawsFrom(seed);
  return Array.from({ length: 60 }, (_, i) => {
    const process = wholeBelow(draw('client'), CLIENTS);
    const key = `k${wholeBelow(draw('key'), keys)}`;
    const writes = draw('write') < 0.4;
    const answer = service(writes ? { type: 'write', key, value: i + 1 } : { type: 'read', key }, `c${process}`);
    const at = { process, key, start: 2 * i, end: 2 * i + 1, startNs: 2 * i, endNs: 2 * i + 1 };
    const outcome = { type: 'ok', output: writes ? null : (answer.value ?? null) };
    return { ...at, f: writes ? 'write' : 'read', input: writes ? i + 1 : null, outcome } as Operation<Register>;
  });
}

const chanceOf = (seed: number) => {
  const draw = drawsFrom(seed);
  return { random: () => draw('service') };
};

const isLinearizable = (operations: readonly Operation<Register>[]) =>
  linearizable(register).check(historyOf(operations)).type === 'valid';

describe('lin-kv', () => {
  it.each(SEEDS)('is linearizable with seed %i', (seed) => {
    expect(isLinearizable(historyWith(seed, linKv(), 3))).toBe(true);
  });

  it('compares by value, and creates a key where it is asked to', () => {
    const kv = linKv();
    const from = { a: [1, { b: 2, c: 3 }], d: null };
    expect(kv({ type: 'read', key: 1 }, 'n0')).toMatchObject({ type: 'error', code: 20 });
    expect(kv({ type: 'cas', key: 1, from: 0, to: from }, 'n0')).toMatchObject({ code: 20 });
    expect(kv({ type: 'cas', key: 1, from: 0, to: from, create_if_not_exists: true }, 'n0').type).toBe('cas_ok');
    expect(kv({ type: 'cas', key: 1, from: { d: null, a: [1, { c: 3, b: 2 }] }, to: 5 }, 'n0').type).toBe('cas_ok');
    expect(kv({ type: 'cas', key: 1, from: 6, to: 7 }, 'n0')).toMatchObject({ type: 'error', code: 22 });
    expect(kv({ type: 'read', key: '1' }, 'n0')).toMatchObject({ code: 20 });
    expect(kv({ type: 'append', key: 1 }, 'n0')).toMatchObject({ type: 'error', code: 10 });
  });
});

describe('seq-kv', () => {
  const histories = SEEDS.map((seed) => historyWith(seed, seqKv(chanceOf(seed)), 1));

  it('is sequential in what every client sees', () => {
    const check = sequentialObjects(register);
    for (const operations of histories) expect(check.check(historyOf(operations)).type).toBe('valid');
  });

  it('is seen to be stale', () => {
    expect(histories.filter((operations) => !isLinearizable(operations)).length).toBeGreaterThan(50);
  });

  it('lags by no more than it may', () => {
    const still = seqKv(chanceOf(1), { lag: 0 });
    for (let i = 0; i < 40; i++) {
      still({ type: 'write', key: 'k', value: i }, 'c1');
      expect(still({ type: 'read', key: 'k' }, 'c2').value).toBe(i);
    }
  });

  it('never lets a client go back', () => {
    const kv = seqKv(chanceOf(7));
    let last = -1;
    for (let i = 0; i < 200; i++) {
      kv({ type: 'write', key: 'k', value: i }, 'c1');
      const value = Number(kv({ type: 'read', key: 'k' }, 'c2').value ?? -1);
      expect(value).toBeGreaterThanOrEqual(last);
      expect(i - value).toBeLessThan(32);
      last = value;
    }
  });
});

it('lww-kv loses a write that it acknowledged', () => {
  const lost = SEEDS.filter((seed) => !isLinearizable(historyWith(seed, lwwKv(chanceOf(seed)), 1)));
  expect(lost.length).toBeGreaterThan(0);
  const kv = lwwKv(chanceOf(1));
  expect(kv({ type: 'cas', key: 1, from: 0, to: 1, create_if_not_exists: true }, 'n0')).toMatchObject({ code: 20 });
});

it('lin-tso counts from 0, one more each time', () => {
  const tso = linTso();
  expect(Array.from({ length: 5 }, () => tso({ type: 'ts' }, 'n0').ts)).toEqual([0, 1, 2, 3, 4]);
});
