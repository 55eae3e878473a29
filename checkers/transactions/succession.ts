/**
 * One order of the versions of each key: who overwrote a version that it had read comes right after it, and chains of
 * such versions of which nobody knows the order follow one another as time has it.
 *
 * Where every write follows a read of its key in the same transaction, as in the mini-transactions of Huang et al.,
 * "MTC" (arXiv 2504.02344), this is the only order there can be. Elsewhere it is a guess: an order of transactions that
 * agrees with it proves a model, and none proves nothing. Linear, but for a sort of the chains of a key.
 */
import { NEVER_COLUMN } from '../history.ts';
import type { VersionReaders } from './register-edges.ts';
import type { RegisterTransactions } from './transactions-of.ts';
import { COMMITTED, INITIAL, OWN_READ, READ } from './transactions-of.ts';

/** The version after each, -1 after the last of a key and for what nobody committed; and where reads begin. */
export interface Succession {
  readonly next: Int32Array;
  /** By micro-operation: 1 where a committed transaction first reads a key from outside, 2 where it writes it last. */
  readonly acts: Uint8Array;
}

/** What `acts` says. */
export const READS = 1;
export const WRITES = 2;

/** Of a chain: when the first transaction that used it ended, and when the last one began. */
interface Chain {
  readonly head: number;
  readonly tail: number;
  readonly middle: number;
}

/** An order of the versions of each key, or null where two transactions overwrote the same one. */
export function successionOf(registers: RegisterTransactions, readers: VersionReaders): Succession | null {
  const { versions, writer, versionKey, initial, keys } = registers;
  const next = new Int32Array(versions).fill(-1);
  const follows = new Uint8Array(versions);
  const acts = new Uint8Array(registers.effect.length);
  if (!chain(registers, next, follows, acts)) return null;
  const by = latest(registers, readers);
  const heads: number[][] = [];
  for (let version = 0; version < versions; version++) {
    if (follows[version] === 1 || !isFinal(registers, version) || writer[version] === INITIAL) continue;
    const own = heads[versionKey[version]];
    if (own) own.push(version);
    else heads[versionKey[version]] = [version];
  }
  for (let key = 0; key < keys.length; key++) {
    const own = heads[key];
    if (!own) continue;
    const chains = own.map((head) => chainFrom(registers, readers, next, by, head));
    let tail = initial[key];
    while (next[tail] >= 0) tail = next[tail];
    for (const one of chains.sort((a, b) => a.middle - b.middle)) {
      next[tail] = one.head;
      tail = one.tail;
    }
  }
  return { next, acts };
}

/** Whether a version is one that others can see. */
function isFinal({ writer, status, intermediate }: RegisterTransactions, version: number): boolean {
  const row = writer[version];
  return row === INITIAL || (row >= 0 && status[row] === COMMITTED && intermediate[version] === 0);
}

/** Where a transaction first read each key, and where it last wrote it; of the row at hand, if in it. */
interface Places {
  readonly read: Int32Array;
  readonly written: Int32Array;
}

/** Puts each version after the one that its writer had read; false where two come after the same. */
function chain(registers: RegisterTransactions, next: Int32Array, follows: Uint8Array, acts: Uint8Array): boolean {
  const { rows, first, version, status, keys } = registers;
  const places = { read: new Int32Array(keys.length).fill(-1), written: new Int32Array(keys.length).fill(-1) };
  for (let row = 0; row < rows; row++) {
    if (status[row] !== COMMITTED) continue;
    for (let at = first[row]; at < first[row + 1]; at++) {
      acts[at] = actOf(registers, places, row, at);
      const read = places.read[registers.key[at]];
      if (acts[at] !== WRITES || read < first[row]) continue;
      if (next[version[read]] >= 0) return false;
      next[version[read]] = version[at];
      follows[version[at]] = 1;
    }
  }
  return true;
}

/** What a micro-operation is to others, and enters it among the places. */
function actOf(registers: RegisterTransactions, { read, written }: Places, row: number, at: number): number {
  const { first, effect, key, version, writer, intermediate } = registers;
  const own = key[at];
  if (version[at] < 0 || effect[at] === OWN_READ) return 0;
  if (effect[at] === READ) {
    if (read[own] >= first[row]) return 0;
    read[own] = at;
    return READS;
  }
  const isLast = writer[version[at]] === row && intermediate[version[at]] === 0;
  if (!isLast || written[own] >= first[row]) return 0;
  written[own] = at;
  return WRITES;
}

/** When each transaction took effect at the latest: before its own end, and before that of each who read from it. */
function latest({ rows, versions, writer, history }: RegisterTransactions, readers: VersionReaders): Int32Array {
  const { end } = history.columns;
  const by = end.slice(0, rows);
  for (let version = 0; version < versions; version++) {
    const row = writer[version];
    if (row < 0) continue;
    for (let i = readers.offset[version]; i < readers.offset[version + 1]; i++)
      by[row] = Math.min(by[row], end[readers.reader[i]]);
  }
  return by;
}

/** The chain that a version begins. */
function chainFrom(
  { writer, history }: RegisterTransactions,
  readers: VersionReaders,
  next: Int32Array,
  by: Int32Array,
  head: number,
): Chain {
  const { start } = history.columns;
  let ended = NEVER_COLUMN;
  let begun = -1;
  let tail = head;
  for (let version = head; version >= 0; version = next[version]) {
    tail = version;
    ended = Math.min(ended, by[writer[version]]);
    begun = Math.max(begun, start[writer[version]]);
    for (let i = readers.offset[version]; i < readers.offset[version + 1]; i++) {
      ended = Math.min(ended, by[readers.reader[i]]);
      begun = Math.max(begun, start[readers.reader[i]]);
    }
  }
  return { head, tail, middle: ended + begun };
}
