/** The checkers of durability of transactions against their definitions, on thousands of random histories. */
import { type History, lostAppends, lostTransactionWrites, type Operation } from 'elle-ts';
import { describe, it } from 'vitest';
import { chance } from '../oracle/chance.ts';
import { agree } from './agree.ts';
import { type Drawn, endOf, finalsBy, inputOf, isOk, outputOf, randomHistory } from './random.ts';

type Mop = readonly [string, string, unknown];
const mops = (one: Operation) => (isOk(one) ? outputOf(one) : inputOf(one)) as readonly Mop[];

function drawTransactions(seed: number, f: 'append' | 'w'): History {
  const random = chance(seed);
  const values = [null, 0, 1, 2, 3, 4, 5];
  const found = () => (f === 'w' ? random.pick(values) : values.slice(1).filter(() => random.maybe(0.6)));
  const transaction = (writes: number, n: number): Drawn => {
    const keys = random.maybe(0.3) ? ['x', 'y'] : [random.pick(['x', 'y'])];
    const all = keys.flatMap((key, i): Mop[] => [
      ...(random.maybe(0.6) || writes === 0 ? [['r', key, null] as const] : []),
      ...(random.maybe(writes) ? [[f, key, n + 10 * i] as const] : []),
      ...(random.maybe(writes / 5) ? [['r', key, null] as const] : []),
    ]);
    return {
      call: { f: 'txn', input: all },
      output: all.map((mop) => (mop[0] === 'r' ? ['r', mop[1], found()] : mop)),
    };
  };
  return randomHistory(
    random,
    (n) => transaction(0.9, n),
    (n) => transaction(0, n),
    { updates: 4 },
  );
}

/** Reads of final transactions, but for those of what the transaction itself had written. */
function finalMops(operations: readonly Operation[], f: string): readonly Mop[] {
  const writes = (one: Operation) => mops(one).some((mop) => mop[0] === f);
  const reads = (one: Operation) => mops(one).some((mop) => mop[0] === 'r');
  return finalsBy(operations, reads, writes).flatMap((one) =>
    mops(one).filter(
      (mop, i) =>
        mop[0] === 'r' &&
        !mops(one)
          .slice(0, i)
          .some((before) => before[0] === f && before[1] === mop[1]),
    ),
  );
}

describe('appends of transactions', () => {
  it('are lost where no final read of the list has them', () => {
    agree(
      lostAppends(),
      (seed) => drawTransactions(seed, 'append'),
      (operations) => {
        const finals = finalMops(operations, 'append');
        return operations.filter(isOk).flatMap((one) =>
          mops(one).flatMap(([f, key, value]) => {
            const lists = finals.filter((read) => read[1] === key).map((read) => read[2] as readonly unknown[]);
            return f === 'append' && lists.length > 0 && lists.every((list) => !list.includes(value))
              ? [one.start]
              : [];
          }),
        );
      },
    );
  });
});

interface Version {
  readonly value: unknown;
  readonly read?: unknown;
  readonly start: number;
  readonly end: number;
}

describe.each([false, true])('writes of transactions, real time: %s', (realTime) => {
  /**
   * The last write of a key by each transaction that may have happened,
   * with what it had read before, and whatever else is read of it.
   */
  function versionsOf(operations: readonly Operation[], key: string, finals: readonly Mop[]): readonly Version[] {
    const written = writtenOf(operations, key);
    const read = [...finals.filter((mop) => mop[1] === key).map((mop) => mop[2]), ...written.map((one) => one.read)];
    const strange = new Set(
      read.filter((value) => (value ?? null) !== null && !written.some((one) => one.value === value)),
    );
    return [...written, ...[...strange].map((value) => ({ value, start: 0, end: Number.POSITIVE_INFINITY }))];
  }

  function writtenOf(operations: readonly Operation[], key: string): readonly Version[] {
    return operations
      .filter(({ outcome }) => outcome.type !== 'fail')
      .flatMap((one): readonly Version[] => {
        const last = mops(one).findLast((mop) => mop[0] === 'w' && mop[1] === key);
        if (!last) return [];
        const first = mops(one).findIndex((mop) => mop[0] === 'w' && mop[1] === key);
        const read = mops(one)
          .slice(0, first)
          .findLast((mop) => mop[0] === 'r' && mop[1] === key);
        // What an open transaction had read nobody knows.
        const known = isOk(one) && read ? { read: read[2] } : {};
        return [{ value: last[2], ...known, start: one.start, end: endOf(one) }];
      });
  }

  /**
   * All orders in which a version follows what its transaction had
   * read, and where real time counts what had ended before it began.
   */
  function ordersOf(left: readonly Version[], before: readonly Version[] = []): readonly (readonly Version[])[] {
    if (left.length === 0) return [before];
    return left.flatMap((one, i) => {
      const others = left.toSpliced(i, 1);
      const isEarly = left.some((other) => other.value === one.read || (realTime && other.end < one.start));
      return isEarly ? [] : ordersOf(others, [...before, one]);
    });
  }

  it('are lost where in every order of the versions they come after all that is finally read', () => {
    agree(
      lostTransactionWrites({ realTime }),
      (seed) => drawTransactions(seed, 'w'),
      (operations) => {
        const finals = finalMops(operations, 'w');
        const orders: Readonly<Record<string, readonly (readonly Version[])[]>> = {
          x: ordersOf(versionsOf(operations, 'x', finals)),
          y: ordersOf(versionsOf(operations, 'y', finals)),
        };
        // Without any order the reads contradict each other, and what they prove is not about loss.
        if (Object.values(orders).some(({ length }) => length === 0)) return undefined;
        return operations.filter(isOk).flatMap((one) =>
          ['x', 'y'].flatMap((key) => {
            const write = mops(one).findLast((mop) => mop[0] === 'w' && mop[1] === key);
            const shown = finals.filter((mop) => mop[1] === key).map((mop) => mop[2]);
            if (!write || shown.length === 0) return [];
            const place = (order: readonly Version[], value: unknown) =>
              order.findIndex((version) => version.value === value);
            const survives = (value: unknown) =>
              value !== null && orders[key]!.some((order) => place(order, value) >= place(order, write[2]));
            return shown.some(survives) ? [] : [one.start];
          }),
        );
      },
    );
  });
});
