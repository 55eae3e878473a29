/** Every history of a few transactions over two keys, once each up to the names of keys, values and processes. */
import { type History, historyOf, NEVER, type Operation } from 'elle-ts';
import { type Layout, type OutcomeType, typesOf } from './layouts.ts';

/** Which histories to make. */
export interface TransactionShape {
  readonly lists: boolean;
  /** The most micro-operations of a transaction. */
  readonly mops: number;
  /** Whether a transaction has each key once at most, and reads before it writes. */
  readonly plain: boolean;
  /** Whether reads of lists may show any order of any elements, or only how far one order of all had come. */
  readonly anyLists: boolean;
  readonly types: readonly ('ok' | 'info' | 'fail')[];
}

type Mop = readonly [f: string, key: string, value: unknown];
type Txn = readonly Mop[];
/** All lists of micro-operations without values; those whose first is of x come first. */
function shapesOf({ lists, mops, plain }: TransactionShape): Txn[] {
  const write = lists ? 'append' : 'w';
  const all = ['x', 'y'].flatMap((key): Mop[] => [
    ['r', key, null],
    [write, key, null],
  ]);
  const longer = (some: readonly Txn[]): Txn[] => some.flatMap((txn) => all.map((mop) => [...txn, mop]));
  let last: Txn[] = [[]];
  const found: Txn[] = [];
  for (let length = 1; length <= mops; length++) {
    last = longer(last);
    found.push(...last);
  }
  const kept = found.filter((txn) => !plain || isPlain(txn));
  return kept.sort((a, b) => keyOf(a) - keyOf(b));
}

const keyOf = (txn: Txn): number => (txn[0]?.[1] === 'x' ? 0 : 1);

/** Of transactions with each key once the order of steps says nothing: one stands for all. */
function isPlain(txn: Txn): boolean {
  const [one, other] = txn;
  return !one || !other || one[1] < other[1];
}

/** Places that may be exchanged: operations at the same time, alone in their processes. */
function alikeIn({ process, start, end }: Layout): boolean[] {
  const sameTime = (a: number, b: number): boolean =>
    start.every((_, i) => i === a || i === b || order(a, i) === order(b, i)) && order(a, b) === 0;
  const order = (a: number, b: number): number =>
    (end[a] as number) < (start[b] as number) ? -1 : (end[b] as number) < (start[a] as number) ? 1 : 0;
  const alone = (a: number): boolean => process.filter((one) => one === process[a]).length === 1;
  return process.map((_, i) => i > 0 && alone(i) && alone(i - 1) && sameTime(i - 1, i));
}

/** All histories of this shape in the layout. */
export function* transactionsIn(layout: Layout, shape: TransactionShape): Generator<History> {
  const shapes = shapesOf(shape);
  const alike = alikeIn(layout);
  const choose = function* (chosen: readonly number[]): Generator<readonly number[]> {
    if (chosen.length === layout.process.length) {
      yield chosen;
      return;
    }
    const at = chosen.length;
    for (let i = alike[at] ? (chosen[at - 1] as number) : 0; i < shapes.length; i++) {
      if (at === 0 && keyOf(shapes[i] as Txn) !== 0) break;
      yield* choose([...chosen, i]);
    }
  };
  for (const chosen of choose([]))
    for (const txns of outputsOf(
      chosen.map((i) => shapes[i] as Txn),
      shape,
    ))
      for (const types of typesOf(layout, shape.types)) yield historyIn(layout, txns, types);
}

/** The transactions with their values: those written are 1, 2, 3 and so on, those read any of the key's. */
function* outputsOf(calls: readonly Txn[], { lists, anyLists }: TransactionShape): Generator<readonly Txn[]> {
  let value = 0;
  const written = calls.map((txn) => txn.map(([f, key]): Mop => [f, key, f === 'r' ? null : ++value]));
  const valuesOf = (key: string): unknown[] =>
    written.flat().flatMap(([f, k, v]) => (f !== 'r' && k === key ? [v] : []));
  const choices = (key: string): unknown[][] =>
    lists
      ? anyLists
        ? [sequencesOf(valuesOf(key))]
        : permutationsOf(valuesOf(key)).map((order) =>
            Array.from({ length: order.length + 1 }, (_, length) => order.slice(0, length)),
          )
      : [[null, ...valuesOf(key)]];
  // Orders that differ beyond what was read give the same lists.
  const seen = new Set<string>();
  for (const x of choices('x'))
    for (const y of choices('y')) {
      let some: Txn[][] = [[]];
      for (const txn of written) {
        const variants = txn.reduce<Txn[]>(
          (before, mop) =>
            before.flatMap((done) =>
              mop[0] === 'r'
                ? (mop[1] === 'x' ? x : y).map((seen): Txn => [...done, ['r', mop[1], seen]])
                : [[...done, mop]],
            ),
          [[]],
        );
        some = some.flatMap((before) => variants.map((one) => [...before, one]));
      }
      for (const txns of some) {
        const text = lists && !anyLists ? JSON.stringify(txns) : '';
        if (text !== '' && seen.has(text)) continue;
        seen.add(text);
        yield txns;
      }
    }
}

/** All orders of all values. */
function permutationsOf(values: readonly unknown[]): unknown[][] {
  if (values.length === 0) return [[]];
  return values.flatMap((one) => permutationsOf(values.filter((other) => other !== one)).map((rest) => [one, ...rest]));
}

/** All orders of any of the values. */
function sequencesOf(values: readonly unknown[]): unknown[][] {
  return [
    [],
    ...values.flatMap((one) => sequencesOf(values.filter((other) => other !== one)).map((rest) => [one, ...rest])),
  ];
}

function historyIn({ process, start, end }: Layout, txns: readonly Txn[], types: readonly OutcomeType[]): History {
  return historyOf(
    txns.map((output, i): Operation => {
      const type = types[i] as OutcomeType;
      const input = output.map(([f, key, value]) => [f, key, f === 'r' ? null : value]);
      const begin = start[i] as number;
      const finish = type === 'info' ? NEVER : (end[i] as number);
      return {
        process: process[i],
        f: 'txn',
        input,
        outcome: type === 'ok' ? { type, output } : { type, error: type === 'info' ? 'timeout' : 'aborted' },
        start: begin,
        end: finish,
        startNs: begin,
        endNs: end[i],
      } as unknown as Operation;
    }),
  );
}
