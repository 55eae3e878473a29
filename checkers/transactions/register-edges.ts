/**
 * The data dependencies of register transactions that need no search: who read whose write, and what the known pairs of
 * versions say of writers and readers. Everything overwrites the initial version.
 */
import { EdgeList, RW, WR, WW } from './edges.ts';
import { Overlooked } from './overlooked.ts';
import type { Registers } from './registers.ts';
import { COMMITTED, INITIAL, READ } from './transactions-of.ts';
import type { VersionPairs } from './version-order.ts';

/** The committed readers of each version, as compressed rows: those of v are `reader[offset[v]]` to before `offset[v + 1]`. */
export interface Readers {
  readonly offset: Int32Array;
  readonly reader: Int32Array;
}

/** The final versions of each key, by committed transactions. */
export function writtenVersions(registers: Registers): number[][] {
  const out: number[][] = registers.keys.map(() => []);
  for (let version = 0; version < registers.versions; version++) {
    const writer = registers.writer[version];
    if (writer >= 0 && registers.status[writer] === COMMITTED && registers.intermediate[version] === 0)
      out[registers.versionKey[version]].push(version);
  }
  return out;
}

/** Who read each version from outside. */
export function readersOf(registers: Registers): Readers {
  const offset = new Int32Array(registers.versions + 1);
  const each = (visit: (row: number, version: number) => void): void => {
    const { first, effect, version, status, rows } = registers;
    for (let row = 0; row < rows; row++) {
      if (status[row] !== COMMITTED) continue;
      for (let place = first[row]; place < first[row + 1]; place++)
        if (effect[place] === READ && version[place] >= 0) visit(row, version[place]);
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
export function registerEdges(registers: Registers, pairs: VersionPairs, readers: Readers): EdgeList {
  const edges = new EdgeList(registers.rows);
  const { writer } = registers;
  const written = writtenVersions(registers);
  for (let version = 0; version < registers.versions; version++) {
    const initial = writer[version] === INITIAL;
    const all = initial ? new Overlooked(edges, writer, written[registers.versionKey[version]]) : null;
    const read = !initial && isCommitted(registers, version);
    for (let i = readers.offset[version]; i < readers.offset[version + 1]; i++) {
      const row = readers.reader[i];
      if (read && writer[version] !== row) edges.add(writer[version], row, WR, version, version);
      all?.addReader(row, version);
    }
  }
  for (let i = 0; i < pairs.before.length; i++) addPair(registers, readers, edges, pairs.before[i], pairs.after[i]);
  return edges;
}

function isCommitted({ writer, status }: Registers, version: number): boolean {
  return writer[version] >= 0 && status[writer[version]] === COMMITTED;
}

/** A version overwrites another: its writer follows the other's writer and all its readers. */
function addPair(registers: Registers, readers: Readers, edges: EdgeList, before: number, after: number): void {
  const { writer } = registers;
  if (!isCommitted(registers, after) || writer[before] === INITIAL) return;
  if (isCommitted(registers, before) && writer[before] !== writer[after])
    edges.add(writer[before], writer[after], WW, before, after);
  for (let r = readers.offset[before]; r < readers.offset[before + 1]; r++)
    if (readers.reader[r] !== writer[after]) edges.add(readers.reader[r], writer[after], RW, before, after);
}
