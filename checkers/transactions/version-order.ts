/**
 * What is known of the order of a register's versions without any search: a transaction
 * overwrites what it read, and what the caller assumes of each key (that it is
 * linearizable, or sequential, or that writes follow all reads of their transaction).
 *
 * Assumptions are checked as far as they contradict themselves: a cycle among versions is an anomaly of its own.
 */
import { components, graphOf } from './graph.ts';
import { touchesByKey } from './touches.ts';
import type { RegisterTransactions } from './transactions-of.ts';
import { INITIAL, isCommitted, type TransactionFinding } from './transactions-of.ts';
import { isAssumed, pairsOfKey, type VersionAssumptions } from './version-pairs.ts';
import { cyclicVersions, VersionPaths } from './version-paths.ts';

/**
 * Pairs of versions of which the first came before the second, as columns. `read` is 1
 * where the writer of the second had read the first: then reads-from already orders them.
 */
export interface VersionPairs {
  readonly before: number[];
  readonly after: number[];
  readonly read: number[];
}

/**
 * The pairs that are known, and the keys whose pairs form a cycle. Throws
 * a `RangeError` where keys are to follow real time and there is none.
 */
export function knownPairs(
  registers: RegisterTransactions,
  assume: VersionAssumptions,
): { pairs: VersionPairs; findings: TransactionFinding[] } {
  if (assume.linearizableKeys && !registers.history.realTime)
    throw new RangeError('linearizable keys need real time, which this history does not tell: assume sequential keys');
  const pairs: VersionPairs = { before: [], after: [], read: [] };
  const touches = touchesByKey(registers);
  for (const list of touches)
    pairsOfKey(registers, list, assume, (before, after, why) => {
      add(pairs, before, after, why === 'read' && !assume.wfrKeys ? 1 : 0);
    });
  if (!isAssumed(assume)) return { pairs, findings: [] };
  initialPairs(registers, pairs);
  const { pairs: acyclic, cycles } = withoutCycles(registers, pairs);
  throughUncommitted(registers, acyclic);
  const paths = new VersionPaths(registers, assume, touches);
  return {
    pairs: acyclic,
    findings: cycles.slice(0, 10).map((versions) => cyclicVersions(registers, paths, versions)),
  };
}

function add(pairs: VersionPairs, before: number, after: number, read = 0): void {
  if (before === after) return;
  pairs.read.push(read);
  pairs.before.push(before);
  pairs.after.push(after);
}

/** The initial version comes before every other. */
function initialPairs(registers: RegisterTransactions, pairs: VersionPairs): void {
  for (let version = 0; version < registers.versions; version++)
    add(pairs, registers.initial[registers.versionKey[version]], version);
}

/**
 * The pairs of the keys in which they form no cycle, and the versions of each cycle: from such keys nothing follows.
 */
function withoutCycles(
  registers: RegisterTransactions,
  pairs: VersionPairs,
): { pairs: VersionPairs; cycles: number[][] } {
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
    if (strong.size[c] < 2) continue;
    const list = members.get(c);
    if (list) list.push(version);
    else members.set(c, [version]);
  }
  const cycles = [...members.values()];
  const bad = new Set(cycles.map(([version]) => versionKey[version]));
  const kept: VersionPairs = { before: [], after: [], read: [] };
  for (let i = 0; i < pairs.before.length; i++)
    if (!bad.has(versionKey[pairs.before[i]])) add(kept, pairs.before[i], pairs.after[i], pairs.read[i]);
  return { pairs: kept, cycles };
}

/**
 * Adds what follows by way of versions that no committed transaction wrote: no node of the graph of transactions
 * stands for them, so it would not connect what comes before such a version with what comes after it.
 */
function throughUncommitted(registers: RegisterTransactions, pairs: VersionPairs): void {
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
