/** Long forks, against their definition: two reads saw two writes in opposite orders. */
import { type ForkRegisters, historyOf, longFork, type Operation } from 'elle-ts';
import { expect, test } from 'vitest';
import { type Chance, chance } from '../oracle/chance.ts';
import { type Drawn, drawHistory, told } from './histories.ts';
import { made, op } from './random.ts';

type Mop = readonly ['r' | 'w', number, number | null];

/** Reads that may name a key twice, and transactions that read what they write. */
function drawn(c: Chance, i: number): Drawn {
  const values = [0, 1, 2].map(() => c.pick([null, 1]));
  const reads = Array.from({ length: 2 + c.int(3) }, (): Mop => {
    const key = c.int(3);
    return ['r', key, c.maybe(0.85) ? (values[key] as number | null) : c.pick([null, 1])];
  });
  if (i < 3 && c.maybe(0.5)) return { f: 'write', input: [['w', i, 1]], output: [['w', i, 1]] };
  const mops = i < 3 ? [['w', i, 1] as Mop, ...reads.map(([f, key]): Mop => [f, key, key === i ? 1 : null])] : reads;
  return {
    f: i < 3 ? 'txn' : 'read',
    input: mops.map(([f, key, value]) => [f, key, f === 'r' ? null : value]),
    output: mops,
  };
}

/** Whether a read shows a key written, unwritten, or nothing certain: what it wrote itself, or shows both ways. */
function sees(o: Operation, key: number): boolean | undefined {
  const mops = (told(o) as readonly Mop[] | undefined) ?? [];
  const shown = mops.filter((mop) => mop[0] === 'r' && mop[1] === key).map((mop) => mop[2] !== null);
  const own = mops.some((mop) => mop[0] === 'w' && mop[1] === key);
  return own || shown.length === 0 || new Set(shown).size > 1 ? undefined : shown[0];
}

test('long forks agree with the sentence on 4,000 random histories', () => {
  const c = chance(111);
  const seen = { valid: 0, invalid: 0, unknown: 0 };
  for (let run = 0; run < 4000; run++) {
    const operations = drawHistory(c, (i) => drawn(c, i), { operations: 12, fail: 2 });
    const verdict = longFork().check(historyOf(operations) as never);
    seen[verdict.type]++;
    const forked = operations.some((one) =>
      operations.some(
        (two) =>
          one !== two &&
          [0, 1, 2].some((x) =>
            [0, 1, 2].some(
              (y) =>
                x !== y &&
                sees(one, x) === true &&
                sees(one, y) === false &&
                sees(two, y) === true &&
                sees(two, x) === false,
            ),
          ),
      ),
    );
    if (verdict.type !== (forked ? 'invalid' : 'valid')) expect({ run, forked, verdict, operations }).toBe('agreed');
  }
  expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(200);
});

test('a read that names a key twice forks nothing with itself, nor with another read by that key', () => {
  const twice = [
    ['r', 'y', null],
    ['r', 'x', 1],
    ['r', 'y', 2],
  ];
  const other = [
    ['r', 'y', 2],
    ['r', 'x', null],
  ];
  const reads = (...outputs: unknown[]) =>
    made<ForkRegisters>(...outputs.map((output, i) => op(i, 'read', [], output, 2 * i, 2 * i + 1)));
  expect(longFork().check(reads([twice[0], twice[2]]))).toEqual({ type: 'valid' });
  expect(longFork().check(reads(twice, other))).toEqual({ type: 'valid' });
  expect(longFork().check(reads([twice[0], twice[1], twice[0]], other))).toMatchObject({ type: 'invalid' });
});
