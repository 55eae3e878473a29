/** Rows that are gone in the end, against the definition, on random histories. */
import { type History, lostRows, type Operation, type Rows } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { chance } from '../oracle/chance.ts';
import { type Drawn, endOf, finalsBy, inputOf, isOk, outputOf, randomHistory } from './random.ts';

type Mop = readonly [f: string, key: string, value?: unknown];
const mops = (one: Operation) => (isOk(one) ? outputOf(one) : inputOf(one)) as readonly Mop[];
const changes = (one: Operation) => mops(one).filter(([f]) => f === 'insert' || f === 'delete');

function drawRows(seed: number): History {
  const random = chance(seed);
  const found = (): Rows =>
    Object.fromEntries(['x', 'y'].flatMap((key) => (random.maybe(0.5) ? [[key, random.pick([0, 1, 2, 3])]] : [])));
  const changing = (n: number): Drawn => {
    const key = random.pick(['x', 'y']);
    const all: readonly Mop[] = [random.maybe(0.35) ? ['delete', key] : ['insert', key, n]];
    return { call: { f: 'txn', input: all }, output: all };
  };
  const reading = (): Drawn => ({
    call: { f: 'txn', input: [['rp', 'true', null]] },
    output: [['rp', 'true', found()]],
  });
  return randomHistory(random, changing, reading, { updates: 4 });
}

/**
 * A committed change is lost where a final read shows its row otherwise than it, and than any change of the row that
 * was not aborted and, with real time, had not ended before it began.
 */
function lost(history: History, realTime: boolean): number {
  const operations = [...history];
  const possible = operations.filter(({ outcome }) => outcome.type !== 'fail');
  const reads = finalsBy(
    operations,
    (one) => mops(one).some(([f]) => f === 'rp'),
    (one) => changes(one).length > 0,
  );
  const value = ([f, , written]: Mop) => (f === 'delete' ? null : written);
  return operations.filter(isOk).flatMap((one) =>
    changes(one).filter(([, key]) => {
      const others = possible
        .filter((other) => other === one || !realTime || endOf(other) > one.start)
        .flatMap((other) => changes(other).filter((change) => change[1] === key));
      return reads.some((read) => {
        const shown = (mops(read).find(([f]) => f === 'rp')![2] as Rows)[key] ?? null;
        return others.every((change) => value(change) !== shown);
      });
    }),
  ).length;
}

describe('lost rows', () => {
  it.each([false, true])('are those of the definition, on 2,000 random histories; real time: %s', (realTime) => {
    const checker = lostRows()[realTime ? 1 : 0]!;
    let found = 0;
    for (let seed = 1; seed <= 2000; seed++) {
      const history = drawRows(seed);
      const { losses } = checker.report(history);
      expect(losses.length, `seed ${seed}`).toBe(lost(history, realTime));
      found += losses.length;
    }
    expect(found).toBeGreaterThan(200);
  });
});
