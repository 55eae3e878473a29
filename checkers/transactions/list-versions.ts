/** The second pass over list transactions: versions get numbers, writers and readers. */
import { FAIL, type History, INFO } from '../history.ts';
import { sessionNumbers } from '../session-numbers.ts';
import { type Draft, problem } from './list-draft.ts';
import { findInLists } from './list-findings.ts';
import { type ListKey, type ListTransactions, listAt, Places } from './lists.ts';
import { elementName, elementsShownTwice } from './shown-twice.ts';
import {
  COMMITTED,
  INITIAL,
  initialStatus,
  mopsOf,
  NOBODY,
  show,
  type TransactionFinding,
  UNSEEN,
  WRITE,
} from './transactions-of.ts';

/** The transactions with a number for each version, of which the longest lists have the first `observed`. */
export function numberVersions(draft: Draft, observed: number): ListTransactions {
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

function elementAt(draft: Draft, place: number): unknown {
  return draft.elements.has(place) ? draft.elements.get(place) : draft.version[place];
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
    claim(draft, row, made, value, numbering);
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
function claim(draft: Draft, row: number, version: number, element: unknown, numbering: Numbering): void {
  const { type, start } = draft.history.columns;
  const other = numbering.writer[version];
  if (other < 0) {
    numbering.writer[version] = row;
    return;
  }
  const key = numbering.versionKey[version];
  const list = draft.lists[key];
  // Of one that failed and one that did not, the latter's is shown; where both are, either may be either's.
  if ((type[row] === FAIL) !== (type[other] === FAIL)) {
    if (type[other] === FAIL) {
      numbering.writer[version] = row;
      numbering.intermediate[version] = 0;
    }
    if (!isShownTwice(draft, list.name, element)) return;
  }
  draft.repeated.add(key);
  problem(draft, row, 'appended', () => {
    return `appends ${show(element)} to ${show(list.name)}, as operation ${start[other]} does`;
  });
}

/** Whether some list has an element of this key twice. */
function isShownTwice(draft: Draft, key: unknown, element: unknown): boolean {
  draft.shownTwice ??= elementsShownTwice(draft.history);
  return draft.shownTwice.has(elementName(key, element));
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
