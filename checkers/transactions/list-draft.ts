/** The first pass over list transactions: their micro-operations as columns, and the longest list read of each key. */
import { type History, OK } from '../history.ts';
import { firstDifference, versionsIn } from './list-findings.ts';
import { type ListKey, type ListTransactions, listAt } from './lists.ts';
import {
  type Mop,
  mopsOf,
  OWN_READ,
  plain,
  READ,
  shortJson,
  show,
  type TransactionFinding,
  transactionRows,
  WRITE,
} from './transactions-of.ts';
import { UNREADABLE, Unreadable } from './unreadable.ts';

/** A history of list transactions while it is read: columns whose versions are not numbered yet. */
export interface Draft {
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
  /** The elements that some list shows twice, once somebody has asked; see shown-twice.ts. */
  shownTwice: ReadonlySet<string> | null;
  readonly unreadable: Unreadable;
  /** Row and place of the last micro-operation on a key, to see whether a transaction met the key before. */
  lastRow: Int32Array;
}

/** Reads the micro-operations of all transactions in one pass. */
export function ingest(history: History): Draft {
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
    shownTwice: null,
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

/** Notes why a history cannot be judged. */
export function problem(draft: Draft, row: number, kind: keyof typeof UNREADABLE, what: () => string): void {
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
export function settleConflicts(draft: Draft): void {
  if (!draft.lists.some((list) => list.conflict)) return;
  for (let row = 0; row < draft.history.length; row++)
    for (let place = draft.first[row]; place < draft.first[row + 1]; place++) {
      if (draft.full[place] < 0 || !draft.lists[draft.key[place]].conflict) continue;
      const raw = listAt(draft.history, row, place - draft.first[row]);
      if (!sameStart(raw, draft.lists[draft.key[place]].longest)) draft.full[place] = -2 - raw.length;
    }
}
