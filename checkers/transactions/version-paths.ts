/** Why one version of a key came before another, step by step, with the operations that tell it. */
import type { Touch } from './touches.ts';
import type { RegisterTransactions } from './transactions-of.ts';
import { type FindingEdge, INITIAL, mopsOf, show, type TransactionFinding, WRITE } from './transactions-of.ts';
import { pairsOfKey, type VersionAssumptions, type Why } from './version-pairs.ts';

/**
 * A step from one version to a later one; the rows are those that
 * touched the first and the second. Of `init` they say nothing.
 */
export interface Hop {
  readonly before: number;
  readonly after: number;
  readonly why: Why | 'init';
  readonly first: number;
  readonly second: number;
}

/** The shortest chains of steps between versions; the steps of the key that was asked for last are kept. */
export class VersionPaths {
  private readonly registers: RegisterTransactions;
  private readonly assume: VersionAssumptions;
  private readonly touches: readonly (readonly Touch[])[];
  private key = -1;
  private hops = new Map<number, Hop[]>();

  constructor(registers: RegisterTransactions, assume: VersionAssumptions, touches: readonly (readonly Touch[])[]) {
    this.registers = registers;
    this.assume = assume;
    this.touches = touches;
  }

  /**
   * The steps from one version to another of its key, or back to itself; null where there are none.
   * `reading` says whether what a transaction read and wrote counts. Linear in the touches of the key.
   */
  path(from: number, to: number, reading = true): Hop[] | null {
    this.turnTo(this.registers.versionKey[from]);
    const via = new Map<number, Hop>();
    const queue = [from];
    for (const version of queue)
      for (const hop of this.hops.get(version) ?? []) {
        if (via.has(hop.after) || (hop.why === 'read' && !reading)) continue;
        via.set(hop.after, hop);
        if (hop.after === to) return this.trace(via, from, to);
        queue.push(hop.after);
      }
    return null;
  }

  private trace(via: ReadonlyMap<number, Hop>, from: number, to: number): Hop[] {
    const path: Hop[] = [];
    let version = to;
    do {
      const hop = via.get(version) as Hop;
      path.unshift(hop);
      version = hop.before;
    } while (version !== from);
    return path;
  }

  private turnTo(key: number): void {
    if (key === this.key) return;
    this.key = key;
    this.hops = new Map();
    const { registers, touches, assume } = this;
    const initial = registers.initial[key];
    const add = (hop: Hop): void => {
      const list = this.hops.get(hop.before);
      if (list) list.push(hop);
      else this.hops.set(hop.before, [hop]);
    };
    pairsOfKey(registers, touches[key], assume, (before, after, why, first, second) => {
      add({ before, after, why, first, second });
    });
    for (const version of new Set(touches[key].flatMap(({ first, last }) => [first, last])))
      if (version !== initial) add({ before: initial, after: version, why: 'init', first: -1, second: -1 });
  }
}

/** What a row did to a version: `read x = 1`. */
function deed(registers: RegisterTransactions, row: number, version: number, participle = false): string {
  const { first, version: versions, effect, key, keys, history } = registers;
  for (let place = first[row]; place < first[row + 1]; place++) {
    if (versions[place] !== version) continue;
    const value = show(mopsOf(history, row)?.[place - first[row]]?.[2] ?? null);
    const verb = effect[place] === WRITE ? (participle ? 'written' : 'wrote') : 'read';
    return `${verb} ${show(keys[key[place]])} = ${value}`;
  }
  return `touched ${show(keys[registers.versionKey[version]])}`;
}

/** A step as a clause. */
export function hopText(registers: RegisterTransactions, { before, after, why, first, second }: Hop): string {
  const { start, process } = registers.history.columns;
  const one = `operation ${start[first]}`;
  const other = `operation ${start[second]}`;
  const does = (row: number, version: number): string => deed(registers, row, version);
  if (why === 'init')
    return `${show(registers.keys[registers.versionKey[before]])} had its initial value before any other`;
  if (why === 'read') return `${one} ${does(first, before)}, and then ${does(first, after)}`;
  if (why === 'process')
    return `process ${process[first]} ${does(first, before)} in ${one}, and then ${does(second, after)} in ${other}`;
  if (why === 'order')
    return `${one}, which ${does(first, before)}, comes before ${other}, which ${does(second, after)}, in the order given`;
  return `${one} had ${deed(registers, first, before, true)} and ended when ${other} began, which ${does(second, after)}`;
}

/** The rows that tell of a step: those that touched its versions, and who wrote what they read. */
export function rowsOfHop({ writer }: RegisterTransactions, { before, after, why, first, second }: Hop): number[] {
  const touching = why === 'init' ? [] : [first, second];
  return [...touching, writer[before], writer[after]].filter((row) => row >= 0);
}

/** The most versions of a component from which a short cycle is searched. */
const TRIES = 32;

/** Versions of a key that come before one another, as the shortest cycle found among them. */
export function cyclicVersions(
  registers: RegisterTransactions,
  paths: VersionPaths,
  versions: readonly number[],
): TransactionFinding {
  const key = show(registers.keys[registers.versionKey[versions[0]]]);
  let hops: readonly Hop[] = [];
  for (const version of versions.slice(0, TRIES)) {
    const path = paths.path(version, version);
    if (path && (hops.length === 0 || path.length < hops.length)) hops = path;
  }
  const cycle = hops.map((hop, at) => edgeOf(registers, hops, hop, at)).filter(({ from, to }) => from !== to);
  return {
    name: 'cyclic-versions',
    message: `the versions of ${key} come before one another in a cycle, if its order is what was assumed`,
    steps: hops.map((hop) => hopText(registers, hop)),
    rows: [...new Set(hops.flatMap(({ why, first, second }) => (why === 'init' ? [] : [first, second])))],
    about: hops.map(({ before }) => before),
    ...(cycle.length > 1 ? { cycle } : {}),
  };
}

/**
 * A step between the operations that stand for its versions:
 * those that wrote them or, of one that was there at first, a reader.
 */
function edgeOf(registers: RegisterTransactions, hops: readonly Hop[], hop: Hop, at: number): FindingEdge {
  const { writer } = registers;
  const into = hops[(at + hops.length - 1) % hops.length];
  const from = writer[hop.before] >= 0 ? writer[hop.before] : into.second;
  const to = writer[hop.after] >= 0 ? writer[hop.after] : hop.second;
  return {
    from,
    to,
    kind: writer[hop.before] === INITIAL ? 'init' : 'version',
    key: show(registers.keys[registers.versionKey[hop.before]]),
    why: hopText(registers, hop),
    via: rowsOfHop(registers, hop).filter((row) => row !== from && row !== to),
  };
}
