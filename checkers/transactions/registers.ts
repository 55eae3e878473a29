/**
 * Transactions over registers: `['w', k, v]` and `['r', k, v]`, every value written at most once to a key.
 *
 * A read names its writer by its value; a key that was never
 * written holds the initial value. Linear in the micro-operations.
 */
import { FAIL, type History, INFO, OK } from '../history.ts';
import { sessionNumbers } from '../session-numbers.ts';
import { findInRegisters } from './register-findings.ts';
import {
  COMMITTED,
  INITIAL,
  initialStatus,
  type Mop,
  mopsOf,
  NOBODY,
  OWN_READ,
  READ,
  type RegisterTransactions,
  shortJson,
  show,
  type TransactionFinding,
  transactionRows,
  UNSEEN,
  WRITE,
} from './transactions-of.ts';
import { UNREADABLE, Unreadable } from './unreadable.ts';
import { VersionNumbers } from './version-numbers.ts';
import { widened } from './widened.ts';

interface Draft {
  readonly history: History;
  readonly first: Int32Array;
  /** Micro-operations so far. */
  length: number;
  readonly effect: Uint8Array;
  readonly key: Int32Array;
  readonly version: Int32Array;
  readonly numbers: VersionNumbers;
  /** Where each key was last written, and last read from outside: of the same transaction where that is in its row. */
  written: Int32Array;
  read: Int32Array;
  readonly findings: TransactionFinding[];
  readonly repeated: Set<number>;
  readonly unreadable: Unreadable;
}

/**
 * Reads a history of register transactions. Everything that is wrong in it is a finding or a problem; it never throws.
 */
export function registersOf(history: History, initialValue: unknown = null): RegisterTransactions {
  const rows = history.length;
  const isTransaction = transactionRows(history);
  const most = mopsAtMost(history);
  const draft: Draft = {
    history,
    first: new Int32Array(rows + 1),
    length: 0,
    effect: new Uint8Array(most),
    key: new Int32Array(most),
    version: new Int32Array(most),
    numbers: new VersionNumbers(initialValue, (most >> 1) + 64),
    written: new Int32Array(64).fill(-1),
    read: new Int32Array(64).fill(-1),
    findings: [],
    repeated: new Set(),
    unreadable: new Unreadable(),
  };
  for (let row = 0; row < rows; row++) {
    draft.first[row] = draft.length;
    if (isTransaction(row)) ingest(draft, row);
  }
  draft.first[rows] = draft.length;
  return finish(draft);
}

/** No transaction has more micro-operations than were asked for or returned. */
function mopsAtMost({ columns, length }: History): number {
  let most = 0;
  for (let row = 0; row < length; row++) {
    const asked = columns.input[row];
    const returned = columns.output[row];
    most += Math.max(Array.isArray(asked) ? asked.length : 0, Array.isArray(returned) ? returned.length : 0);
  }
  return most;
}

function problem(draft: Draft, row: number, kind: keyof typeof UNREADABLE, what: () => string): void {
  draft.unreadable.add(UNREADABLE[kind], () => `operation ${draft.history.columns.start[row]} ${what()}`);
}

function ingest(draft: Draft, row: number): void {
  const mops = mopsOf(draft.history, row);
  if (mops === null) {
    problem(draft, row, 'shape', () => `has ${shortJson(draft.history.columns.input[row])}`);
    return;
  }
  for (const mop of mops) {
    if (!Array.isArray(mop) || (mop[0] !== 'w' && mop[0] !== 'r')) {
      problem(draft, row, 'mop', () => `has ${shortJson(mop)}, which is neither w nor r`);
      push(draft, READ, 0, -1);
      continue;
    }
    const key = keyOf(draft, mop[1]);
    if (mop[0] === 'r') ingestRead(draft, row, key, mop);
    else {
      const version = draft.numbers.versionOf(key, mop[2]);
      claim(draft, row, version, mop);
      draft.written[key] = draft.length;
      push(draft, WRITE, key, version);
    }
  }
}

function keyOf(draft: Draft, raw: unknown): number {
  const key = draft.numbers.keyOf(raw);
  while (key >= draft.written.length) {
    const known = draft.written.length;
    draft.written = widened(draft.written).fill(-1, known);
    draft.read = widened(draft.read).fill(-1, known);
  }
  return key;
}

function push(draft: Draft, effect: number, key: number, version: number): void {
  const at = draft.length++;
  draft.effect[at] = effect;
  draft.key[at] = key;
  draft.version[at] = version;
}

function ingestRead(draft: Draft, row: number, key: number, mop: Mop): void {
  if (draft.history.columns.type[row] !== OK) {
    push(draft, READ, key, -1);
    return;
  }
  const { first, written, read } = draft;
  const version = draft.numbers.versionOf(key, mop[2] ?? null);
  const own = written[key] >= first[row];
  const before = own ? written[key] : read[key];
  const known = before >= first[row] ? draft.version[before] : -1;
  if (known >= 0 && known !== version) internal(draft, row, mop, { own, version: known }, version);
  // Whatever a transaction reads of a key that it wrote, what it should read is its own.
  if (!own) read[key] = draft.length;
  push(draft, own && known === version ? OWN_READ : READ, key, version);
}

function internal(draft: Draft, row: number, mop: Mop, known: { version: number; own: boolean }, read: number): void {
  const key = show(mop[1]);
  const before = valueText(draft, known.version);
  draft.findings.push({
    name: 'internal',
    message: `a transaction read ${show(mop[2] ?? null)} from ${key} where its own earlier steps leave ${before}`,
    steps: [
      `operation ${draft.history.columns.start[row]} had ${known.own ? 'written' : 'read'} ${key} = ${before} before it read ${show(mop[2] ?? null)}`,
    ],
    rows: [row],
    about: [known.version, read],
  });
}

function valueText({ numbers }: Draft, version: number): string {
  return version === numbers.initial[numbers.key[version]] ? 'the initial value' : show(numbers.valueOf(version));
}

/** Enters the writer of a version. Two possible writers of one value make a history that cannot be judged. */
function claim(draft: Draft, row: number, version: number, mop: Mop): void {
  const { type, start } = draft.history.columns;
  const { writer, key } = draft.numbers;
  const other = writer[version];
  if (other === NOBODY || (other >= 0 && type[other] === FAIL && type[row] !== FAIL)) {
    writer[version] = row;
    return;
  }
  if (other === row || type[row] === FAIL) return;
  draft.repeated.add(key[version]);
  const also = other === INITIAL ? 'which is the initial value' : `as operation ${start[other]} does`;
  problem(draft, row, 'written', () => `writes ${show(mop[2])} to ${show(mop[1])}, ${also}`);
}

function finish(draft: Draft): RegisterTransactions {
  const { history, first, numbers } = draft;
  const status = initialStatus(history);
  const effect = draft.effect.subarray(0, draft.length);
  const key = draft.key.subarray(0, draft.length);
  const version = draft.version.subarray(0, draft.length);
  const writer = numbers.writer.subarray(0, numbers.count);
  const intermediate = new Uint8Array(writer.length);
  const last = new Int32Array(numbers.keys.length).fill(-1);
  for (let row = 0; row < history.length; row++)
    for (let place = first[row]; place < first[row + 1]; place++) {
      if (effect[place] === READ && version[place] >= 0) see(history, status, writer[version[place]]);
      if (effect[place] !== WRITE) continue;
      const before = last[key[place]];
      // A failed transaction that wrote the same says nothing of its version.
      if (writer[version[place]] === row) intermediate[version[place]] = 0;
      if (before >= first[row] && version[before] !== version[place] && writer[version[before]] === row)
        intermediate[version[before]] = 1;
      last[key[place]] = place;
    }
  const registers: RegisterTransactions = {
    history,
    rows: history.length,
    status,
    session: sessionNumbers(history.columns),
    first,
    effect,
    key,
    version,
    keys: numbers.keys,
    versions: writer.length,
    versionKey: numbers.key.subarray(0, numbers.count),
    writer,
    initial: Int32Array.from(numbers.initial),
    intermediate,
    findings: draft.findings,
    repeated: draft.repeated,
    problems: draft.unreadable.sentences(),
  };
  draft.findings.push(...findInRegisters(registers));
  return registers;
}

/** An `info` of which a write was read happened. */
function see(history: History, status: Uint8Array, row: number): void {
  if (row >= 0 && status[row] === UNSEEN && history.columns.type[row] === INFO) status[row] = COMMITTED;
}
