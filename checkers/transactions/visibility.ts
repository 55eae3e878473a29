/**
 * The weak models, which say what a transaction that reads
 * a version of a key must not have seen: a later write of the key.
 *
 * Whenever t3 reads x from t1, and sees t2 that writes x too, t2 must have come before t1.
 * To see is to have read something from t2 before (monotonic atomic view, which others call
 * read committed), to depend on t2 directly (read atomic), or in any number of steps (causal).
 * The history has the model if these constraints, with the dependencies, form no cycle.
 *
 * Sources: Biswas, Enea, "On the Complexity of Checking Transactional Consistency" (OOPSLA 2019),
 * for the axioms; Moeldrup, Pavlogiannis, "AWDIT" (PLDI 2025), for read committed and read
 * atomic in O(n^1.5); columns of one session at a time for causal, O(n) for each session.
 */
import { causalConstraints } from './causal.ts';
import { type Cycle, wholeCycle } from './classify.ts';
import { type Constraints, constrain, type InitialReadViolation } from './constraints.ts';
import { EdgeList, SEEN, SO, VIA_RT, VIA_RW, WR, WW } from './edges.ts';
import type { VisibilityRule } from './model-conditions.ts';
import { COMMITTED, type Transactions, WRITE } from './transactions-of.ts';
import { SESSIONS } from './views.ts';

/** What contradicts a weak model; null where nothing does, undefined where the budget ran out. */
export function weakViolation(
  txns: Transactions,
  known: EdgeList,
  sees: VisibilityRule,
  time: number,
  budget: number,
): Cycle | InitialReadViolation | null | undefined {
  const edges = new EdgeList(known.rows, known.nodes);
  for (let i = 0; i < known.length; i++) {
    const kind = known.kind[i];
    if (kind === WW || kind === WR || (kind === SO && time === SESSIONS))
      edges.add(known.from[i], known.to[i], kind, known.seen[i], known.made[i]);
  }
  const constraints: Constraints = { edges, violations: [] };
  if (sees === 'read-before') {
    for (let row = 0; row < txns.rows; row++)
      if (txns.status[row] === COMMITTED) monotonicReads(txns, row, constraints);
  }
  if (sees === 'direct') directVisibility(txns, time, constraints);
  if (sees === 'causal' && !causalConstraints(txns, known, time, constraints, budget)) return undefined;
  return constraints.violations[0] ?? wholeCycle(edges, ALL);
}

/** Every kind of edge there is in a graph of constraints. */
const ALL = (1 << WW) | (1 << WR) | (1 << SO) | (1 << SEEN) | (1 << VIA_RW) | (1 << VIA_RT);

/** A read from outside a transaction; `from` is the committed transaction that wrote the version, or -1. */
interface Read {
  readonly version: number;
  readonly from: number;
}

/** What a transaction read from others, in program order. */
function readsOf(txns: Transactions, row: number): Read[] {
  const { first, effect, version, writer, status } = txns;
  const reads: Read[] = [];
  for (let place = first[row]; place < first[row + 1]; place++) {
    if (effect[place] === WRITE || version[place] < 0) continue;
    const from = writer[version[place]];
    if (from !== row)
      reads.push({ version: version[place], from: from >= 0 && status[from] === COMMITTED ? from : -1 });
  }
  return reads;
}

/** The keys that a transaction writes, each once. */
function writesOf(txns: Transactions, row: number): ReadonlySet<number> {
  const keys = new Set<number>();
  for (let place = txns.first[row]; place < txns.first[row + 1]; place++)
    if (txns.effect[place] === WRITE) keys.add(txns.key[place]);
  return keys;
}

/**
 * From the last read to the first: `near` holds for each key the two nearest later
 * versions by different writers. A transaction gives a constraint only where it is
 * first read from, and only with the nearest: later reads follow from that one.
 */
function monotonicReads(txns: Transactions, row: number, constraints: Constraints): void {
  const reads = readsOf(txns, row);
  const near = new Map<number, readonly [number, number]>();
  for (let at = reads.length - 1; at >= 0; at--) {
    const { version, from } = reads[at];
    if (from >= 0 && reads.findIndex((read) => read.from === from) === at) {
      for (const [, [a, b]] of shared(near, writesOf(txns, from))) {
        const other = txns.writer[a] === from ? b : a;
        if (other >= 0) constrain(txns, constraints, from, row, other);
      }
    }
    const [a, b] = near.get(txns.versionKey[version]) ?? [-1, -1];
    near.set(txns.versionKey[version], [version, a >= 0 && txns.writer[a] !== txns.writer[version] ? a : b]);
  }
}

/** The entries whose keys are in the set, by way of the smaller of the two. */
function* shared<T>(entries: ReadonlyMap<number, T>, keys: ReadonlySet<number>): Iterable<readonly [number, T]> {
  if (entries.size < keys.size) {
    for (const entry of entries) if (keys.has(entry[0])) yield entry;
    return;
  }
  for (const key of keys) {
    const value = entries.get(key);
    if (value !== undefined) yield [key, value];
  }
}

/** No read of a transaction may miss a write of a transaction that it read from, or that its session made before. */
function directVisibility(txns: Transactions, time: number, constraints: Constraints): void {
  const { session } = txns;
  const sessions = new Map<number, Map<number, number>>();
  for (let row = 0; row < txns.rows; row++) {
    if (txns.status[row] !== COMMITTED) continue;
    const reads = readsOf(txns, row);
    const read = new Map(reads.map(({ version }) => [txns.versionKey[version], version]));
    const sources = new Set(reads.map(({ from }) => from).filter((from) => from >= 0));
    for (const from of sources)
      for (const [, version] of shared(read, writesOf(txns, from))) constrain(txns, constraints, from, row, version);
    if (time !== SESSIONS || session[row] < 0) continue;
    const last = sessions.get(session[row]) ?? new Map<number, number>();
    sessions.set(session[row], last);
    for (const [key, version] of read) {
      const before = last.get(key);
      if (before !== undefined) constrain(txns, constraints, before, row, version);
    }
    for (const key of writesOf(txns, row)) last.set(key, row);
  }
}
