/**
 * Transactions over lists: `['append', k, v]` and `['r', k, list]`. The longest list read of a key is the order of its
 * versions, every other read must be a prefix of it, and appends that nobody read come after all of it.
 *
 * Lists are compared with the longest as they are met and then forgotten: what stays of a read is its length. Time is
 * linear in the total length of all lists, memory in the number of micro-operations.
 *
 * Source: Kingsbury, Alvaro, "Elle: Inferring Isolation Anomalies from Experimental Observations" (VLDB 2021).
 */
import { FAIL, type History, INFO, OK } from '../history.ts';
import { sessionNumbers } from '../session-numbers.ts';
import { findInLists, firstDifference, versionsIn } from './list-findings.ts';
import { type ListKey, type ListTransactions, listAt, Places } from './lists.ts';
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
  readonly first: Int32Array;
  readonly effect: Uint8Array;
  readonly key: Int32Array;
  readonly version: Int32Array;
  readonly full: Int32Array;
  length: number;
  readonly lists: ListKey[];
  readonly places: Map<unknown, number>;
  /** Appended elements that are no 32-bit integers, by their place in the columns. */
  readonly elements: Map<number, unknown>;
  readonly findings: TransactionFinding[];
  /** Findings that wait for the numbers of versions. */
  readonly later: ((numbered: Pick<ListTransactions, 'lists' | 'places'>) => TransactionFinding)[];
  readonly repeated: Set<number>;
  readonly unreadable: Unreadable;
  /** Row and place of the last micro-operation on a key, to see whether a transaction met the key before. */
  lastRow: Int32Array;
}

/** Reads a history of list transactions. Everything that is wrong in it is a finding or a problem; it never throws. */
export function listsOf(history: History): ListTransactions {
  const draft = ingest(history);
  settleConflicts(draft);
  let versions = 0;
  for (const list of draft.lists) {
    list.base = versions;
    versions += list.longest.length + 1;
  }
  return numberVersions(draft, versions);
}

function ingest(history: History): Draft {
  const rows = history.length;
  const isTransaction = transactionRows(history);
  let size = 0;
  for (let row = 0; row < rows; row++) if (isTransaction(row)) size += mopsOf(history, row)?.length ?? 0;
  const draft: Draft = {
    history,
    first: new Int32Array(rows + 1),
    effect: new Uint8Array(size),
    key: new Int32Array(size),
    version: new Int32Array(size),
    full: new Int32Array(size),
    length: 0,
    lists: [],
    places: new Map(),
    elements: new Map(),
    findings: [],
    later: [],
    repeated: new Set(),
    unreadable: new Unreadable(),
    lastRow: new Int32Array(1024).fill(-1),
  };
  for (let row = 0; row < rows; row++) {
    draft.first[row] = draft.length;
    if (!isTransaction(row)) continue;
    const mops = mopsOf(history, row);
    if (mops === null) problem(draft, row, 'shape', () => `has ${shortJson(history.columns.input[row])}`);
    else for (let at = 0; at < mops.length; at++) ingestMop(draft, row, mops, at);
  }
  draft.first[rows] = draft.length;
  return draft;
}

function problem(draft: Draft, row: number, kind: keyof typeof UNREADABLE, what: () => string): void {
  draft.unreadable.add(UNREADABLE[kind], () => `operation ${draft.history.columns.start[row]} ${what()}`);
}

function ingestMop(draft: Draft, row: number, mops: readonly Mop[], at: number): void {
  const mop = mops[at] as Mop;
  const known = Array.isArray(mop) && (mop[0] === 'append' || mop[0] === 'r');
  if (!known) problem(draft, row, 'mop', () => `has ${shortJson(mop)}, which is neither append nor r`);
  const place = draft.length++;
  const key = known ? keyOf(draft, mop[1]) : -1;
  draft.key[place] = key;
  draft.full[place] = -1;
  draft.version[place] = -1;
  draft.effect[place] = known && mop[0] === 'append' ? WRITE : READ;
  if (!known) return;
  if (mop[0] === 'append') keepElement(draft, place, mop[2]);
  if (mop[0] === 'r' && draft.history.columns.type[row] === OK) ingestRead(draft, row, mops, at, place);
  draft.lastRow[key] = row;
}

/**
 * Elements are kept in the version column until they are numbered, so that the
 * history need not be read again; those that are no 32-bit integers beside it.
 */
function keepElement(draft: Draft, place: number, element: unknown): void {
  if (typeof element === 'number' && element === (element | 0)) draft.version[place] = element;
  else draft.elements.set(place, element);
}

function elementAt(draft: Draft, place: number): unknown {
  return draft.elements.has(place) ? draft.elements.get(place) : draft.version[place];
}

function keyOf(draft: Draft, raw: unknown): number {
  const name = plain(raw);
  let key = draft.places.get(name);
  if (key !== undefined) return key;
  key = draft.lists.length;
  draft.places.set(name, key);
  draft.lists.push({ name: raw, longest: [], longestRow: -1, conflict: false, base: 0 });
  if (key === draft.lastRow.length) {
    const wide = new Int32Array(key * 2).fill(-1);
    wide.set(draft.lastRow);
    draft.lastRow = wide;
  }
  return key;
}

function ingestRead(draft: Draft, row: number, mops: readonly Mop[], at: number, place: number): void {
  const raw = (mops[at] as Mop)[2] ?? [];
  if (!Array.isArray(raw)) {
    problem(draft, row, 'list', () => `read ${shortJson(raw)}`);
    return;
  }
  const list = draft.lists[draft.key[place]];
  const longer = raw.length > list.longest.length;
  if (!sameStart(raw, list.longest)) list.conflict = true;
  if (longer) {
    list.longest = raw;
    list.longestRow = row;
  }
  draft.full[place] = raw.length;
  draft.version[place] = raw.length;
  if (draft.lastRow[draft.key[place]] === row) ingestLaterRead(draft, row, mops, at, place, raw);
}

/**
 * A read of a key that the transaction has met before: it must continue what was read, with its own appends at the end.
 */
function ingestLaterRead(
  draft: Draft,
  row: number,
  mops: readonly Mop[],
  at: number,
  place: number,
  list: readonly unknown[],
): void {
  const key = draft.key[place];
  const start = place - at;
  let own: unknown[] = [];
  let before: readonly unknown[] | null = null;
  for (let i = 0; i < at; i++) {
    if (draft.key[start + i] !== key) continue;
    const mop = mops[i] as Mop;
    if (mop[0] === 'append') own.push(mop[2]);
    else if (Array.isArray(mop[2] ?? [])) {
      before = (mop[2] ?? []) as readonly unknown[];
      own = [];
    }
  }
  const outside = list.length - own.length;
  const fits = outside >= 0 && own.every((value, i) => plain(list[outside + i]) === plain(value));
  const continues = before === null || (before.length === outside && sameStart(before, list));
  if (fits && continues) {
    keepOwn(draft, start, at, place, list.length);
    return;
  }
  const expected = [...(before ?? ['...']), ...own];
  draft.later.push((numbered) => ({
    name: 'internal',
    message: `a transaction read ${show(list)} from ${show(draft.lists[key].name)} where its own earlier steps leave ${show(expected)}`,
    steps: [
      `operation ${draft.history.columns.start[row]} had ${before ? `read ${show(before)}` : 'read nothing'}${own.length > 0 ? ` and appended ${own.map(show).join(', ')}` : ''} before it read ${show(list)}`,
    ],
    rows: [row],
    about: before ? firstDifference(numbered, key, list, expected) : versionsIn(numbered, key, intruders(list, own)),
  }));
}

/** Elements that stand where the transaction's own should, at the end of a list that has all of those. */
function intruders(list: readonly unknown[], own: readonly unknown[]): unknown[] {
  const names = list.map(plain);
  if (own.some((value) => !names.includes(plain(value)))) return [];
  return list.slice(list.length - own.length).filter((value, i) => plain(value) !== plain(own[i]));
}

/** Takes the transaction's own appends off the end of what it read: what is left is what it saw of the others. */
function keepOwn(draft: Draft, start: number, at: number, place: number, length: number): void {
  let own = 0;
  for (let i = 0; i < at; i++)
    if (draft.key[start + i] === draft.key[place] && draft.effect[start + i] === WRITE) own++;
  if (own === 0) return;
  draft.effect[place] = OWN_READ;
  draft.version[place] = Math.max(0, length - own);
}

/** Whether the shorter of two lists is a prefix of the longer. */
function sameStart(a: readonly unknown[], b: readonly unknown[]): boolean {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i] && plain(a[i]) !== plain(b[i])) return false;
  return true;
}

/** Where lists of a key disagree, each read is compared again with the one that turned out longest. */
function settleConflicts(draft: Draft): void {
  if (!draft.lists.some((list) => list.conflict)) return;
  for (let row = 0; row < draft.history.length; row++)
    for (let place = draft.first[row]; place < draft.first[row + 1]; place++) {
      if (draft.full[place] < 0 || !draft.lists[draft.key[place]].conflict) continue;
      const raw = listAt(draft.history, row, place - draft.first[row]);
      if (!sameStart(raw, draft.lists[draft.key[place]].longest)) draft.full[place] = -2 - raw.length;
    }
}

function numberVersions(draft: Draft, observed: number): ListTransactions {
  const { history, lists } = draft;
  const status = initialStatus(history);
  const places = new Places(lists.map((list) => list.longest.length));
  const duplicates = placeElements(draft, places);
  const size = observed + countWrites(draft);
  const versionKey = new Int32Array(size);
  const writer = new Int32Array(size).fill(NOBODY);
  lists.forEach((list, key) => {
    versionKey.fill(key, list.base, list.base + list.longest.length + 1);
    writer[list.base] = INITIAL;
  });
  const numbering: Numbering = {
    places,
    versions: observed,
    observed,
    versionKey,
    writer,
    intermediate: new Uint8Array(size),
    lastWrite: new Int32Array(lists.length).fill(-1),
  };
  for (let row = 0; row < history.length; row++) numberWrites(draft, row, status, numbering);
  const strays = numberReads(draft, status, numbering);
  const result: ListTransactions = {
    history,
    rows: history.length,
    status,
    session: sessionNumbers(history.columns),
    first: draft.first,
    effect: draft.effect,
    key: draft.key,
    version: draft.version,
    full: draft.full,
    keys: lists.map((list) => list.name),
    lists,
    places,
    versions: numbering.versions,
    versionKey,
    writer,
    intermediate: numbering.intermediate,
    strays,
    findings: draft.findings,
    repeated: draft.repeated,
    problems: draft.unreadable.sentences(),
  };
  draft.findings.push(...draft.later.map((finding) => finding(result)), ...duplicates, ...findInLists(result));
  return result;
}

function countWrites(draft: Draft): number {
  let writes = 0;
  for (let place = 0; place < draft.length; place++) if (draft.effect[place] === WRITE) writes++;
  return writes;
}

/** Numbers the elements of each longest list, and finds those that stand in it twice. */
function placeElements(draft: Draft, places: Places): TransactionFinding[] {
  const findings: TransactionFinding[] = [];
  for (const [key, list] of draft.lists.entries()) {
    const { longest } = list;
    for (let i = 0; i < longest.length; i++) {
      const twice = places.get(key, longest[i]) >= 0;
      if (!twice) places.set(key, longest[i], i + 1);
      if (!twice || findings.length >= 10) continue;
      findings.push({
        name: 'duplicate-elements',
        message: `${show(list.name)} was read with ${show(longest[i])} twice in one list`,
        steps: [
          `operation ${draft.history.columns.start[list.longestRow]} read ${show(longest)} from ${show(list.name)}`,
        ],
        rows: [list.longestRow],
        about: [list.base + places.get(key, longest[i])],
      });
    }
  }
  return findings;
}

interface Numbering {
  readonly places: Places;
  versions: number;
  readonly observed: number;
  readonly versionKey: Int32Array;
  readonly writer: Int32Array;
  readonly intermediate: Uint8Array;
  /** The place of the last append to each key. */
  readonly lastWrite: Int32Array;
}

function numberWrites(draft: Draft, row: number, status: Uint8Array, numbering: Numbering): void {
  const { effect, key, version, lists, first } = draft;
  for (let place = first[row]; place < first[row + 1]; place++) {
    if (effect[place] !== WRITE) continue;
    const list = lists[key[place]];
    const value = elementAt(draft, place);
    let at = numbering.places.get(key[place], value);
    if (at < 0) {
      at = numbering.versions++ - list.base;
      numbering.places.set(key[place], value, at);
      numbering.versionKey[list.base + at] = key[place];
    }
    const made = list.base + at;
    claim(draft, row, made, numbering);
    version[place] = made;
    if (made < numbering.observed && status[row] === UNSEEN) status[row] = COMMITTED;
    const before = numbering.lastWrite[key[place]];
    if (before >= first[row]) {
      if (numbering.writer[version[before]] === row) numbering.intermediate[version[before]] = 1;
      if (made < numbering.observed && version[before] > made && status[row] === COMMITTED)
        draft.findings.push(outOfOrder(draft, row, list, before - first[row], place - first[row]));
    }
    numbering.lastWrite[key[place]] = place;
  }
}

/** A list that has a transaction's append before, or without, an earlier one of the same transaction. */
function outOfOrder(draft: Draft, row: number, list: ListKey, ...at: readonly [number, number]): TransactionFinding {
  const { start } = draft.history.columns;
  const [first, second] = at.map((place) => show(mopsOf(draft.history, row)?.[place]?.[2]));
  return {
    name: 'incompatible-order',
    message: `${show(list.name)} was read with ${second} but without ${first} before it, though one transaction appended both in turn`,
    steps: [
      `operation ${start[row]} appended ${first} to ${show(list.name)}, and then ${second}`,
      `operation ${start[list.longestRow]} read ${show(list.longest)}`,
    ],
    rows: [row, list.longestRow],
  };
}

/** Enters the writer of a version. Two possible writers of one element make a history that cannot be judged. */
function claim(draft: Draft, row: number, version: number, numbering: Numbering): void {
  const { type, start } = draft.history.columns;
  const other = numbering.writer[version];
  if (other < 0) {
    numbering.writer[version] = row;
    return;
  }
  if (type[row] === FAIL && type[other] !== FAIL) return;
  if (type[other] === FAIL && type[row] !== FAIL) {
    numbering.writer[version] = row;
    numbering.intermediate[version] = 0;
    return;
  }
  const key = numbering.versionKey[version];
  draft.repeated.add(key);
  const list = draft.lists[key];
  const value = (mopsOf(draft.history, row) ?? []).find(
    (mop) =>
      mop[0] === 'append' &&
      plain(mop[1]) === plain(list.name) &&
      numbering.places.get(key, mop[2]) === version - list.base,
  );
  problem(draft, row, 'appended', () => {
    return `appends ${show(value?.[2])} to ${show(list.name)}, as operation ${start[other]} does`;
  });
}

/**
 * Turns the lengths that reads returned into versions, and gathers the reads that are no prefix of the longest list.
 */
function numberReads(draft: Draft, status: Uint8Array, { places, writer }: Numbering): number[] {
  const { effect, key, version, lists, first, full, history } = draft;
  const strays: number[] = [];
  for (let row = 0; row < history.length; row++)
    for (let place = first[row]; place < first[row + 1]; place++) {
      if (effect[place] === WRITE || version[place] < 0) continue;
      const list = lists[key[place]];
      if (full[place] >= -1) {
        version[place] += list.base;
        continue;
      }
      full[place] = -2 - full[place];
      strays.push(place);
      const raw = listAt(history, row, place - first[row]);
      for (const element of raw) markSeen(list, places.get(key[place], element), status, writer, history);
      const last = places.get(key[place], raw[raw.length - 1]);
      version[place] = last < 0 ? -1 : list.base + last;
    }
  return strays;
}

function markSeen(list: ListKey, at: number, status: Uint8Array, writer: Int32Array, history: History): void {
  const row = at < 0 ? NOBODY : writer[list.base + at];
  if (row >= 0 && history.columns.type[row] === INFO) status[row] = COMMITTED;
}
