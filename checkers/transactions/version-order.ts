/**
 * What is known of the order of a register's versions without any search: a transaction overwrites what it read, and what the
 * caller assumes of each key (that it is linearizable, or sequential, or that writes follow all reads of their transaction).
 *
 * Assumptions are checked as far as they contradict themselves: a cycle among versions is an anomaly of its own.
 */

import { NEVER_COLUMN } from '../history.ts';
import { components, graphOf } from './graph.ts';
import { precedence, type Span } from './precedence.ts';
import type { Registers } from './registers.ts';
import {
  COMMITTED,
  type Finding,
  INITIAL,
  isCommitted,
  mopsOf,
  OWN_READ,
  READ,
  show,
  WRITE,
} from './transactions-of.ts';

/** What may be taken for granted of the versions of each key. */
export interface VersionAssumptions {
  /** Versions follow real time: one that was touched before another was begun came first. */
  readonly linearizableKeys?: boolean;
  /** Versions follow the order in which each process touched them. */
  readonly sequentialKeys?: boolean;
  /** A transaction's writes follow what it read of the same key, even where another model would not say so. */
  readonly wfrKeys?: boolean;
  /** Transactions wrote in the order of these numbers, by the `start` of the operation. */
  readonly transactionOrder?: ReadonlyMap<number, number>;
}

/**
 * Pairs of versions of which the first came before the second, as columns. `read` is 1 where the writer of the second had read
 * the first: then their order goes without saying wherever reading does.
 */
export interface VersionPairs {
  readonly before: number[];
  readonly after: number[];
  readonly read: number[];
}

/** A transaction's touch of a key: the version it came upon, or made, first, and the last. */
interface Touch {
  readonly row: number;
  readonly first: number;
  readonly last: number;
  /** Whether it came upon the first, and did not make it. */
  readonly read: boolean;
}

/** The pairs that are known, and the keys whose pairs go in a cycle. */
export function knownPairs(
  registers: Registers,
  assume: VersionAssumptions,
): { pairs: VersionPairs; findings: Finding[] } {
  const pairs: VersionPairs = { before: [], after: [], read: [] };
  const touches = touchesByKey(registers);
  for (const list of touches) {
    for (const { first, last } of list) add(pairs, first, last, assume.wfrKeys ? 0 : 1);
    if (assume.sequentialKeys) sequentialPairs(registers, list, pairs);
    if (assume.linearizableKeys) linearizablePairs(registers, list, pairs);
    if (assume.transactionOrder) orderedPairs(registers, list, assume.transactionOrder, pairs);
  }
  const assumed = assume.linearizableKeys || assume.sequentialKeys || assume.wfrKeys || assume.transactionOrder;
  if (!assumed) return { pairs, findings: [] };
  initialPairs(registers, pairs);
  const { pairs: acyclic, findings } = withoutCycles(registers, pairs);
  throughUncommitted(registers, acyclic);
  return { pairs: acyclic, findings };
}

function add(pairs: VersionPairs, before: number, after: number, read = 0): void {
  if (before === after) return;
  pairs.read.push(read);
  pairs.before.push(before);
  pairs.after.push(after);
}

/** For each key, how each committed transaction touched it, in the order of rows. */
function touchesByKey(registers: Registers): Touch[][] {
  const { first, key, effect, version, status, rows } = registers;
  const out: Touch[][] = registers.keys.map(() => []);
  for (let row = 0; row < rows; row++) {
    if (status[row] !== COMMITTED) continue;
    for (let place = first[row]; place < first[row + 1]; place++) {
      if (effect[place] === OWN_READ || version[place] < 0) continue;
      const list = out[key[place]];
      const known = list.at(-1);
      const here = version[place];
      if (known?.row !== row) list.push({ row, first: here, last: here, read: effect[place] === READ });
      // Of several writes only the last counts.
      else if (effect[place] === WRITE)
        list[list.length - 1] = { ...known, first: known.read ? known.first : here, last: here };
    }
  }
  return out;
}

/** The versions that a transaction touched, one or two. */
function versionsOf({ first, last }: Touch): readonly number[] {
  return first === last ? [first] : [first, last];
}

function sequentialPairs(registers: Registers, touches: readonly Touch[], pairs: VersionPairs): void {
  const { session } = registers;
  const latest = new Map<number, Touch>();
  for (const touch of touches) {
    if (session[touch.row] < 0) continue;
    const before = latest.get(session[touch.row]);
    if (before)
      for (const earlier of versionsOf(before)) for (const later of versionsOf(touch)) add(pairs, earlier, later);
    latest.set(session[touch.row], touch);
  }
}

function linearizablePairs(registers: Registers, touches: readonly Touch[], pairs: VersionPairs): void {
  const { start, end } = registers.history.columns;
  const spans = new Map<number, Span>();
  for (const touch of touches)
    for (const version of versionsOf(touch)) {
      const known = spans.get(version);
      spans.set(version, {
        version,
        ended: Math.min(known?.ended ?? NEVER_COLUMN, end[touch.row]),
        begun: Math.max(known?.begun ?? -1, start[touch.row]),
      });
    }
  for (const [before, after] of precedence([...spans.values()])) add(pairs, before, after);
}

function orderedPairs(
  registers: Registers,
  touches: readonly Touch[],
  order: ReadonlyMap<number, number>,
  pairs: VersionPairs,
): void {
  const { start } = registers.history.columns;
  const ranked = touches
    .filter(({ row, last }) => order.has(start[row]) && registers.writer[last] === row)
    .map(({ row, last }) => ({ last, rank: order.get(start[row]) as number }))
    .sort((a, b) => a.rank - b.rank);
  for (let i = 1; i < ranked.length; i++) add(pairs, ranked[i - 1].last, ranked[i].last);
}

/** The initial version comes before every other. */
function initialPairs(registers: Registers, pairs: VersionPairs): void {
  for (let version = 0; version < registers.versions; version++)
    add(pairs, registers.initial[registers.versionKey[version]], version);
}

/** Keys whose known pairs contradict one another: that is an anomaly, and nothing else follows from such pairs. */
function withoutCycles(registers: Registers, pairs: VersionPairs): { pairs: VersionPairs; findings: Finding[] } {
  const { versionKey } = registers;
  const graph = graphOf(
    registers.versions,
    pairs.before.length,
    Int32Array.from(pairs.before),
    Int32Array.from(pairs.after),
  );
  const strong = components(graph);
  const members = new Map<number, number[]>();
  for (let version = 0; version < registers.versions; version++) {
    const c = strong.of[version];
    if (strong.size[c] > 1) members.set(c, [...(members.get(c) ?? []), version]);
  }
  const bad = new Set([...members.values()].map(([version]) => versionKey[version]));
  const kept: VersionPairs = { before: [], after: [], read: [] };
  for (let i = 0; i < pairs.before.length; i++)
    if (!bad.has(versionKey[pairs.before[i]])) add(kept, pairs.before[i], pairs.after[i], pairs.read[i]);
  return { pairs: kept, findings: [...members.values()].slice(0, 10).map((versions) => circle(registers, versions)) };
}

/**
 * Adds what follows by way of versions that no committed transaction wrote: they are no transaction's writes, so that what comes before
 * one and what comes after it would not meet in the graph of transactions.
 */
function throughUncommitted(registers: Registers, pairs: VersionPairs): void {
  const { before, after } = pairs;
  const uncommitted = (version: number): boolean =>
    !isCommitted(registers, version) && registers.writer[version] !== INITIAL;
  const next = new Map<number, number[]>();
  const entering: number[] = [];
  for (let at = 0; at < before.length; at++) {
    if (pairs.read[at] === 1) continue;
    if (uncommitted(after[at])) entering.push(at);
    if (!uncommitted(before[at])) continue;
    const following = next.get(before[at]);
    if (following) following.push(after[at]);
    else next.set(before[at], [after[at]]);
  }
  for (const at of entering) {
    const reached = new Set([after[at]]);
    for (const version of reached) {
      if (!uncommitted(version)) add(pairs, before[at], version);
      for (const following of next.get(version) ?? []) reached.add(following);
    }
  }
}

function circle(registers: Registers, versions: readonly number[]): Finding {
  const { start } = registers.history.columns;
  const key = show(registers.keys[registers.versionKey[versions[0]]]);
  const touching: { row: number; said: string }[] = [];
  for (let row = 0; row < registers.rows && touching.length < 12; row++)
    for (let place = registers.first[row]; place < registers.first[row + 1]; place++) {
      if (!versions.includes(registers.version[place]) || registers.status[row] !== COMMITTED) continue;
      const mop = mopsOf(registers.history, row)?.[place - registers.first[row]];
      const verb = registers.effect[place] === READ ? 'read' : 'wrote';
      touching.push({ row, said: `operation ${start[row]} ${verb} ${key} = ${show(mop?.[2] ?? null)}` });
    }
  return {
    name: 'cyclic-versions',
    message: `the versions of ${key} come before one another in a cycle, if its order is what was assumed`,
    steps: touching.map(({ said }) => said),
    rows: touching.map(({ row }) => row),
  };
}
