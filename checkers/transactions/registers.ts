/**
 * Transactions over registers: `['w', k, v]` and `['r', k, v]`, every value written at most once to a key.
 *
 * A read names its writer by its value; a key that was never
 * written holds the initial value. Linear in the micro-operations.
 */
import { FAIL, type History, INFO, OK } from '../history.ts';
import { sessionNumbers } from '../session-numbers.ts';
import { initialOf } from './initial-of.ts';
import { findInRegisters } from './register-findings.ts';
import {
  COMMITTED,
  INITIAL,
  initialStatus,
  type Mop,
  mopsOf,
  NOBODY,
  OWN_READ,
  plain,
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

interface Draft {
  readonly history: History;
  readonly initialValue: unknown;
  readonly first: Int32Array;
  readonly effect: number[];
  readonly key: number[];
  readonly version: number[];
  readonly keys: unknown[];
  readonly places: Map<unknown, number>;
  readonly initial: number[];
  readonly values: Map<unknown, number>[];
  readonly versionKey: number[];
  readonly writer: number[];
  readonly findings: TransactionFinding[];
  readonly repeated: Set<number>;
  readonly unreadable: Unreadable;
}

/**
 * Reads a history of register transactions. Everything that is wrong in it is a finding or a problem; it never throws.
 */
export function registersOf(history: History, initialValue: unknown = null): RegisterTransactions {
  const rows = history.length;
  const draft: Draft = {
    history,
    initialValue,
    first: new Int32Array(rows + 1),
    effect: [],
    key: [],
    version: [],
    keys: [],
    places: new Map(),
    initial: [],
    values: [],
    versionKey: [],
    writer: [],
    findings: [],
    repeated: new Set(),
    unreadable: new Unreadable(),
  };
  const isTransaction = transactionRows(history);
  for (let row = 0; row < rows; row++) {
    draft.first[row] = draft.effect.length;
    if (isTransaction(row)) ingest(draft, row);
  }
  draft.first[rows] = draft.effect.length;
  return finish(draft);
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
  const current = new Map<number, { version: number; own: boolean }>();
  for (const mop of mops) {
    if (!Array.isArray(mop) || (mop[0] !== 'w' && mop[0] !== 'r')) {
      problem(draft, row, 'mop', () => `has ${shortJson(mop)}, which is neither w nor r`);
      push(draft, READ, 0, -1);
      continue;
    }
    const key = keyOf(draft, mop[1]);
    if (mop[0] === 'w') {
      const version = versionOf(draft, key, mop[2]);
      claim(draft, row, version, mop);
      push(draft, WRITE, key, version);
      current.set(key, { version, own: true });
    } else ingestRead(draft, row, key, mop, current);
  }
}

function push(draft: Draft, effect: number, key: number, version: number): void {
  draft.effect.push(effect);
  draft.key.push(key);
  draft.version.push(version);
}

function ingestRead(
  draft: Draft,
  row: number,
  key: number,
  mop: Mop,
  current: Map<number, { version: number; own: boolean }>,
): void {
  if (draft.history.columns.type[row] !== OK) {
    push(draft, READ, key, -1);
    return;
  }
  const version = versionOf(draft, key, mop[2] ?? null);
  const known = current.get(key);
  push(draft, known?.own && known.version === version ? OWN_READ : READ, key, version);
  if (known && known.version !== version) internal(draft, row, mop, known, version);
  // Whatever a transaction reads of a key that it wrote, what it should read is its own.
  if (!known?.own) current.set(key, { version, own: false });
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

function valueText(draft: Draft, version: number): string {
  const key = draft.versionKey[version];
  if (version === draft.initial[key]) return 'the initial value';
  for (const [value, other] of draft.values[key]) if (other === version) return show(value);
  return 'nothing';
}

function keyOf(draft: Draft, raw: unknown): number {
  const name = plain(raw);
  let key = draft.places.get(name);
  if (key !== undefined) return key;
  key = draft.keys.length;
  draft.places.set(name, key);
  draft.keys.push(raw);
  draft.initial.push(draft.versionKey.length);
  draft.values.push(new Map([[plain(initialOf(draft.initialValue, raw)), draft.versionKey.length]]));
  draft.versionKey.push(key);
  draft.writer.push(INITIAL);
  return key;
}

function versionOf(draft: Draft, key: number, raw: unknown): number {
  const value = plain(raw);
  const known = draft.values[key].get(value);
  if (known !== undefined) return known;
  const version = draft.versionKey.length;
  draft.values[key].set(value, version);
  draft.versionKey.push(key);
  draft.writer.push(NOBODY);
  return version;
}

/** Enters the writer of a version. Two possible writers of one value make a history that cannot be judged. */
function claim(draft: Draft, row: number, version: number, mop: Mop): void {
  const { type, start } = draft.history.columns;
  const other = draft.writer[version];
  if (other === NOBODY || (other >= 0 && type[other] === FAIL && type[row] !== FAIL)) {
    draft.writer[version] = row;
    return;
  }
  if (other === row || type[row] === FAIL) return;
  draft.repeated.add(draft.versionKey[version]);
  const also = other === INITIAL ? 'which is the initial value' : `as operation ${start[other]} does`;
  problem(draft, row, 'written', () => `writes ${show(mop[2])} to ${show(mop[1])}, ${also}`);
}

function finish(draft: Draft): RegisterTransactions {
  const { history, first } = draft;
  const status = initialStatus(history);
  const effect = Uint8Array.from(draft.effect);
  const key = Int32Array.from(draft.key);
  const version = Int32Array.from(draft.version);
  const writer = Int32Array.from(draft.writer);
  const intermediate = new Uint8Array(writer.length);
  const last = new Int32Array(draft.keys.length).fill(-1);
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
    keys: draft.keys,
    versions: writer.length,
    versionKey: Int32Array.from(draft.versionKey),
    writer,
    initial: Int32Array.from(draft.initial),
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
