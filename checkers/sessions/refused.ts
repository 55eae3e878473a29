/**
 * Swaps that were refused, for sequential consistency: each needs a place between what comes
 * before and after it in its session at which its register holds another value than it expected.
 * It changes nothing, so an order of everything else either has such a place or has none.
 */
import type { Anomaly } from '../checker.ts';
import { type Columns, FAIL, type History } from '../history.ts';
import { sameJson } from '../linearizable/intern.ts';
import { phraseWithKey, placed, show } from '../linearizable/words.ts';
import { type Register, register } from '../models/register.ts';
import { refusalsIn } from '../refusals.ts';
import { sessionNumbers } from '../session-numbers.ts';
import { CAUSALITY } from './columns.ts';
import { pathBelow } from './cycles.ts';
import { graphOf, type RowGraph } from './graph.ts';
import { type RegisterOptions, type RegisterSessions, registerSessions } from './registers.ts';
import { saturate } from './saturation.ts';

/** The rows of swaps that were refused because another value was found. */
export function refusedSwaps({ columns }: History<Register>): readonly number[] {
  return [...refusalsIn(columns, register)].sort((a, b) => a - b);
}

/** What one register holds in an order: from which place on, ascending, and what. */
interface Contents {
  readonly since: number[];
  readonly values: unknown[];
}

/**
 * The order, by `start`, with the refused swaps where they are right, each as early as
 * its session allows; `undefined` where one has no such place in it. That is exact for this
 * order: what comes later in the session can only gain by an earlier place. O(n log n).
 */
export function withRefusals(
  history: History<Register>,
  order: readonly number[],
  refused: readonly number[],
  initial: unknown,
): readonly number[] | undefined {
  const { columns } = history;
  const place = new Map(order.map((start, at) => [start, at]));
  const contents = contentsOf(columns, order, place, initial);
  const session = sessionNumbers(columns);
  const after = new Map<number, number>();
  const isRefused = new Set(refused);
  const found: { readonly gap: number; readonly start: number }[] = [];
  for (let row = 0; row < columns.length; row++) {
    const at = after.get(session[row]) ?? 0;
    if (isRefused.has(row)) {
      const gap = firstOther(contents.get(columns.key[row]), at, oldOf(columns, row), initial);
      if (gap === undefined) return undefined;
      found.push({ gap, start: columns.start[row] });
      after.set(session[row], gap);
    } else {
      const own = place.get(columns.start[row]);
      if (own === undefined) continue;
      if (own < at) return undefined;
      after.set(session[row], own + 1);
    }
  }
  found.sort((a, b) => a.gap - b.gap || a.start - b.start);
  const whole: number[] = [];
  let next = 0;
  for (let at = 0; at <= order.length; at++) {
    for (; next < found.length && found[next].gap === at; next++) whole.push(found[next].start);
    if (at < order.length) whole.push(order[at]);
  }
  return whole;
}

/** What a swap expected. */
function oldOf(columns: Columns, row: number): unknown {
  return (columns.input[row] as readonly unknown[])[0];
}

/** What each register holds along an order, where anything writes it. */
function contentsOf(
  columns: Columns,
  order: readonly number[],
  place: ReadonlyMap<number, number>,
  initial: unknown,
): ReadonlyMap<number, Contents> {
  const written: { value: unknown; key: number }[] = [];
  for (let row = 0; row < columns.length; row++) {
    const at = place.get(columns.start[row]);
    if (at !== undefined && isWrite(columns, row))
      written[at] = { value: writtenBy(columns, row), key: columns.key[row] };
  }
  const contents = new Map<number, Contents>();
  for (let at = 0; at < order.length; at++) {
    if (written[at] === undefined) continue;
    const { value, key } = written[at];
    const own = contents.get(key) ?? { since: [0], values: [initial] };
    own.since.push(at + 1);
    own.values.push(value);
    contents.set(key, own);
  }
  return contents;
}

function isWrite(columns: Columns, row: number): boolean {
  return columns.fNames[columns.f[row]] !== 'read';
}

function writtenBy(columns: Columns, row: number): unknown {
  const input = columns.input[row];
  return columns.fNames[columns.f[row]] === 'cas' ? (input as readonly unknown[])[1] : input;
}

/** The first place from a given one on at which a register holds something else. */
function firstOther(
  contents: Contents | undefined,
  from: number,
  value: unknown,
  initial: unknown,
): number | undefined {
  const { since, values } = contents ?? { since: [0], values: [initial] };
  let low = 0;
  let high = since.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (since[middle] <= from) low = middle + 1;
    else high = middle;
  }
  for (let at = low - 1; at < since.length; at++) {
    if (!sameJson(values[at] ?? null, value ?? null)) return Math.max(from, since[at]);
  }
  return undefined;
}

/** How many refused swaps are looked at one by one. */
const LOOKED_AT = 32;

/**
 * A refused swap whose value was certainly there: its write comes before it by what
 * each session did and read, and every other write of the register comes before
 * that write or after the swap. `undefined` where there is none, which proves nothing.
 */
export function refutedRefusal(
  history: History<Register>,
  refused: readonly number[],
  options: RegisterOptions,
): Anomaly | undefined {
  const found = registerSessions(history as unknown as History, options);
  const known = saturate(found.rows);
  if ('derived' in known) return undefined;
  const sure = graphOf(found.rows, CAUSALITY, { before: [], after: [] });
  const facts = {
    columns: history.columns,
    found,
    known,
    backwards: reversed(known),
    sure,
    places: placesOf(history.columns, found),
  };
  for (const row of refused.slice(0, LOOKED_AT)) {
    const anomaly = refutation(facts, row, options.initial ?? null);
    if (anomaly) return anomaly;
  }
  return undefined;
}

interface Facts {
  readonly columns: Columns;
  readonly found: RegisterSessions;
  /** All that is known to come before one another, forwards and backwards; and what sessions and reads say alone. */
  readonly known: RowGraph;
  readonly backwards: RowGraph;
  readonly sure: RowGraph;
  readonly places: Places;
}

/** By operation of the history: its row, or -1; the row before it and the row after it in its session. */
interface Places {
  readonly own: Int32Array;
  readonly before: Int32Array;
  readonly after: Int32Array;
}

function placesOf(columns: Columns, { rows, operationOf }: RegisterSessions): Places {
  const own = new Int32Array(columns.length).fill(-1);
  for (let row = 0; row < rows.length; row++) own[operationOf[row]] = row;
  const session = sessionNumbers(columns);
  const walk = (operations: Iterable<number>): Int32Array => {
    const met = new Map<number, number>();
    const near = new Int32Array(columns.length).fill(-1);
    for (const operation of operations) {
      near[operation] = met.get(session[operation]) ?? -1;
      if (own[operation] >= 0) met.set(session[operation], own[operation]);
    }
    return near;
  };
  const all = Array.from({ length: columns.length }, (_, operation) => operation);
  return { own, before: walk(all), after: walk([...all].reverse()) };
}

function reversed({ length, at, to }: RowGraph): RowGraph {
  const turned = new Int32Array(length + 1);
  for (const node of to) turned[node + 1]++;
  for (let node = 0; node < length; node++) turned[node + 1] += turned[node];
  const next = turned.slice();
  const back = new Int32Array(to.length);
  for (let node = 0; node < length; node++) for (let e = at[node]; e < at[node + 1]; e++) back[next[to[e]]++] = node;
  return { length, at: turned, to: back, why: back };
}

/** What can be reached from a node, itself included; nothing from -1. */
function reached({ length, at, to }: RowGraph, from: number): Uint8Array {
  const seen = new Uint8Array(length);
  const todo = from < 0 ? [] : [from];
  if (from >= 0) seen[from] = 1;
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    for (let e = at[node]; e < at[node + 1]; e++) {
      if (seen[to[e]] === 1) continue;
      seen[to[e]] = 1;
      todo.push(to[e]);
    }
  }
  return seen;
}

function refutation(facts: Facts, refused: number, initial: unknown): Anomaly | undefined {
  const { columns, places, known, backwards, sure } = facts;
  const old = oldOf(columns, refused);
  const writes: number[] = [];
  for (let row = 0; row < columns.length; row++) {
    if (columns.type[row] !== FAIL && columns.key[row] === columns.key[refused] && isWrite(columns, row))
      writes.push(row);
  }
  const makers = writes.filter((row) => sameJson(writtenBy(columns, row), old));
  const atFirst = sameJson(initial ?? null, old ?? null);
  if (makers.length + (atFirst ? 1 : 0) !== 1) return undefined;
  const maker = atFirst ? -1 : places.own[makers[0]];
  const last = places.before[refused];
  if (!atFirst && (maker < 0 || last < 0 || reached(sure, maker)[last] === 0)) return undefined;
  const later = reached(known, places.after[refused]);
  const earlier = reached(backwards, maker);
  const session = sessionNumbers(columns);
  const isOut = (row: number): boolean => {
    const own = places.own[row];
    if (own >= 0) return own === maker || later[own] === 1 || earlier[own] === 1;
    // A write that never returned and that nobody saw may have
    // happened at any time after what came before it in its session.
    const before = places.before[row];
    return (session[row] === session[refused] && row > refused) || (before >= 0 && later[before] === 1);
  };
  if (!writes.every(isOut)) return undefined;
  const path = maker < 0 || maker === last ? [] : pathBelow(sure, maker, last, 0);
  const between = [...(maker < 0 ? [] : [maker]), ...path.flatMap(({ from, to }) => [from, to])];
  return told(
    facts,
    refused,
    between.map((row) => facts.found.operationOf[row]),
    maker < 0,
  );
}

function told({ columns }: Facts, refused: number, path: readonly number[], atFirst: boolean): Anomaly {
  const operations = [...new Set([...path, refused])].sort((a, b) => a - b);
  const old = show(oldOf(columns, refused));
  const message = `${phraseWithKey(columns, refused)}, although in every order ${old} is there then`;
  const steps = [
    atFirst
      ? `${old} is the initial value`
      : `by the order of sessions and by what was read, ${old} had been written before it`,
    ...operations.map((row) => placed(columns, row)),
    `every other write of it comes ${atFirst ? '' : 'before that one or '}after it`,
  ];
  return { name: 'not-sequential', message, steps, operations: operations.map((row) => columns.start[row]) };
}
