/**
 * The data dependencies of register transactions that need no search: who read whose write, and what the known pairs of
 * versions say of writers and readers. Everything overwrites the initial version.
 */

import { AntiDependencies } from './anti-dependencies.ts';
import { EdgeList, RW, WR, WW } from './edges.ts';
import type { RegisterTransactions } from './transactions-of.ts';
import { COMMITTED, INITIAL, isCommitted, READ } from './transactions-of.ts';
import type { VersionPairs } from './version-order.ts';

/**
 * The committed readers of each version, as compressed rows:
 * those of v are `reader[offset[v]]` to before `offset[v + 1]`.
 */
export interface VersionReaders {
  readonly offset: Int32Array;
  readonly reader: Int32Array;
}

/** The final versions of each key, by committed transactions. */
export function writtenVersions(registers: RegisterTransactions): number[][] {
  const out: number[][] = registers.keys.map(() => []);
  for (let version = 0; version < registers.versions; version++) {
    const writer = registers.writer[version];
    if (writer >= 0 && registers.status[writer] === COMMITTED && registers.intermediate[version] === 0)
      out[registers.versionKey[version]].push(version);
  }
  return out;
}

/** Whether a micro-operation is its transaction's first read of a version from outside. */
export function readsAnew({ first, effect, version }: RegisterTransactions, row: number, place: number): boolean {
  if (effect[place] !== READ || version[place] < 0) return false;
  for (let i = first[row]; i < place; i++) if (version[i] === version[place] && effect[i] === READ) return false;
  return true;
}

/** Who read each version from outside. */
export function readersOf(registers: RegisterTransactions): VersionReaders {
  const offset = new Int32Array(registers.versions + 1);
  const each = (visit: (row: number, version: number) => void): void => {
    const { first, version, status, rows } = registers;
    for (let row = 0; row < rows; row++) {
      if (status[row] !== COMMITTED) continue;
      for (let place = first[row]; place < first[row + 1]; place++)
        if (readsAnew(registers, row, place)) visit(row, version[place]);
    }
  };
  each((_, version) => {
    offset[version + 1]++;
  });
  for (let version = 0; version < registers.versions; version++) offset[version + 1] += offset[version];
  const next = offset.slice();
  const reader = new Int32Array(offset[registers.versions]);
  each((row, version) => {
    reader[next[version]++] = row;
  });
  return { offset, reader };
}

/** The dependencies that are known. */
export function registerEdges(registers: RegisterTransactions, pairs: VersionPairs, readers: VersionReaders): EdgeList {
  const edges = new EdgeList(registers.rows);
  const { writer } = registers;
  const written = writtenVersions(registers);
  for (let version = 0; version < registers.versions; version++) {
    const initial = writer[version] === INITIAL;
    const all = initial ? new AntiDependencies(edges, writer, written[registers.versionKey[version]]) : null;
    const read = !initial && isCommitted(registers, version);
    for (let i = readers.offset[version]; i < readers.offset[version + 1]; i++) {
      const row = readers.reader[i];
      if (read && writer[version] !== row) edges.add(writer[version], row, WR, version, version);
      all?.addReader(row, version);
    }
  }
  for (let i = 0; i < pairs.before.length; i++) addPair(registers, readers, edges, pairs, i);
  return edges;
}

/**
 * A version overwrites another: its writer follows the other's writer and all its readers.
 * Where it had read the other, that it follows the writer is known already, and is a read.
 */
function addPair(
  registers: RegisterTransactions,
  readers: VersionReaders,
  edges: EdgeList,
  pairs: VersionPairs,
  at: number,
): void {
  const { writer } = registers;
  const before = pairs.before[at];
  const after = pairs.after[at];
  if (!isCommitted(registers, after) || writer[before] === INITIAL) return;
  if (pairs.read[at] === 0 && isCommitted(registers, before) && writer[before] !== writer[after])
    edges.add(writer[before], writer[after], WW, before, after);
  for (let r = readers.offset[before]; r < readers.offset[before + 1]; r++)
    if (readers.reader[r] !== writer[after]) edges.add(readers.reader[r], writer[after], RW, before, after);
}
