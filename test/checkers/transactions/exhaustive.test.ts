/** Every history of a few tiny shapes: no tie and no boundary is left to chance. */
import { type History, historyOf, type Operation } from 'elle-ts';
import { expect, test } from 'vitest';
import { compare } from './against-definitions.ts';

type Mop = readonly [f: string, key: string, value: unknown];

/** All at once; one after another by one process; one after another by processes of their own. */
const LAYOUTS = [
  { process: (i: number) => i, start: (i: number) => i, end: (i: number) => 10 + i },
  { process: () => 0, start: (i: number) => 2 * i, end: (i: number) => 2 * i + 1 },
  { process: (i: number) => i, start: (i: number) => 2 * i, end: (i: number) => 2 * i + 1 },
];

/** All lists of as many micro-operations: a write, which gets its value later, or a read of one of the keys. */
function callsOf(length: number, write: string): Mop[][] {
  const one = ['x', 'y'].flatMap((key): Mop[] => [
    [write, key, null],
    ['r', key, null],
  ]);
  return Array.from({ length }).reduce<Mop[][]>(
    (some) => some.flatMap((calls) => one.map((mop) => [...calls, mop])),
    [[]],
  );
}

/**
 * The same with all that the reads may have returned: any of the values
 * written to the key, or, of lists, any order of the first of them.
 */
function* outputsOf(calls: readonly Mop[], lists: boolean): Generator<Mop[]> {
  let value = 0;
  const written = calls.map(([f, key]): Mop => (f === 'r' ? ['r', key, null] : [f, key, ++value]));
  const values = (key: string): unknown[] => written.flatMap(([f, k, v]) => (f !== 'r' && k === key ? [v] : []));
  const options = written.map((mop): readonly Mop[] => {
    if (mop[0] !== 'r') return [mop];
    const all = values(mop[1]);
    const seen = lists
      ? [[], ...all.map((v) => [v]), ...all.flatMap((v) => all.filter((w) => w !== v).map((w) => [v, w]))]
      : [null, ...all];
    return seen.map((what): Mop => ['r', mop[1], what]);
  });
  let some: Mop[][] = [[]];
  for (const choices of options) some = some.flatMap((mops) => choices.map((mop) => [...mops, mop]));
  yield* some;
}

function historiesOf(calls: readonly Mop[], each: number, lists: boolean): History[] {
  return [...outputsOf(calls, lists)].flatMap((mops) =>
    LAYOUTS.map(({ process, start, end }) =>
      historyOf(
        Array.from({ length: mops.length / each }, (_, i): Operation => {
          const output = mops.slice(each * i, each * i + each);
          const input = output.map(([f, key, value]) => [f, key, f === 'r' ? null : value]);
          const at = { start: start(i), end: end(i), startNs: start(i), endNs: end(i) };
          return {
            process: process(i),
            f: 'txn',
            input,
            outcome: { type: 'ok', output },
            ...at,
          } as unknown as Operation;
        }),
      ),
    ),
  );
}

const shapes = [
  { txns: 3, each: 1, lists: false },
  { txns: 2, each: 2, lists: false },
  { txns: 3, each: 1, lists: true },
  { txns: 2, each: 2, lists: true },
];

test.each(shapes)(
  'all histories of $txns transactions of $each micro-operations have the models of their definitions (lists: $lists)',
  (shape) => {
    const { txns, each, lists } = shape;
    let count = 0;
    for (const calls of callsOf(txns * each, lists ? 'append' : 'w'))
      for (const history of historiesOf(calls, each, lists)) compare(count++, history);
    expect(count).toBeGreaterThan(100);
  },
);
