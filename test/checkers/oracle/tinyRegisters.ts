/**
 * All histories of a shape: every operation a write of a value of its own or a read of any value of
 * its key, in times that let every read end after its write has begun, where that is possible at all.
 */

import { type History, historyOf, type Operation, type Register } from 'elle-ts';

/** By session, the keys of its operations. */
export type TinyShape = readonly (readonly string[])[];

interface Step {
  readonly session: number;
  readonly place: number;
  readonly key: string;
  /** The step read from, -1 for the initial value; null for a write. */
  readonly from: number | null;
}

/** Every history of the shape, one after the other. */
export function* tinyHistories(shape: TinyShape): Generator<History<Register>> {
  const places = shape.flatMap((keys, session) => keys.map((key, place) => ({ session, place, key })));
  for (let kinds = 0; kinds < 1 << places.length; kinds++) {
    const isWrite = (i: number): boolean => ((kinds >> i) & 1) === 1;
    const choices = places.map(({ key }, i) =>
      isWrite(i) ? [null] : [-1, ...places.keys()].filter((w) => w < 0 || (isWrite(w) && places[w]!.key === key)),
    );
    for (const from of product(choices)) {
      yield timed(places.map((place, i) => ({ ...place, from: from[i]! })));
    }
  }
}

function* product<T>(choices: readonly (readonly T[])[]): Generator<T[]> {
  const at = choices.map(() => 0);
  if (choices.some((items) => items.length === 0)) return;
  for (;;) {
    yield choices.map((items, i) => items[at[i]!]!);
    let i = 0;
    for (; i < at.length && ++at[i]! === choices[i]!.length; i++) at[i] = 0;
    if (i === at.length) return;
  }
}

/**
 * One after the other in an order that sessions and reads allow;
 * what is in a cycle comes last, at the same time but for the sessions.
 */
function timed(steps: readonly Step[]): History<Register> {
  const order: number[] = [];
  const isReady = (i: number): boolean =>
    !order.includes(i) &&
    steps.every((s, j) => s.session !== steps[i]!.session || s.place >= steps[i]!.place || order.includes(j)) &&
    (steps[i]!.from === null || steps[i]!.from! < 0 || order.includes(steps[i]!.from!));
  for (let next = steps.findIndex((_, i) => isReady(i)); next >= 0; next = steps.findIndex((_, i) => isReady(i))) {
    order.push(next);
  }
  const rest = [...steps.keys()].filter((i) => !order.includes(i));
  const operations: Operation<Register>[] = [];
  const put = (i: number, start: number, end: number): void => {
    const { session, key, from } = steps[i]!;
    const base = { process: session, key, start, end, startNs: start, endNs: end };
    if (from === null) operations.push({ ...base, f: 'write', input: i + 1, outcome: { type: 'ok', output: null } });
    else
      operations.push({ ...base, f: 'read', input: null, outcome: { type: 'ok', output: from < 0 ? null : from + 1 } });
  };
  for (const [at, i] of order.entries()) put(i, 2 * at, 2 * at + 1);
  const since = 2 * order.length;
  for (const i of rest) {
    const round = since + steps[i]!.place * 4 * steps.length;
    put(i, round + i, round + 2 * steps.length + i);
  }
  return historyOf(operations);
}
