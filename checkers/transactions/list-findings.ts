/**
 * What is wrong in list transactions without looking for cycles: reads of aborted, intermediate, future and unwritten
 * elements, lists that contradict each other, updates that were lost or that build on an aborted one.
 *
 * Each is one pass over the columns. At most `LIMIT` of a name are kept.
 */
import { FAIL, OK } from '../history.ts';
import { type ListKey, type ListTransactions, listAt, rowAt } from './lists.ts';
import { lostUpdates } from './lost-updates.ts';
import { ABORTED, COMMITTED, NOBODY, plain, READ, show, type TransactionFinding, WRITE } from './transactions-of.ts';

const LIMIT = 10;

/** Everything that is wrong without a cycle. */
export function findInLists(lists: ListTransactions): TransactionFinding[] {
  const out = new Map<string, TransactionFinding[]>();
  const report = (finding: TransactionFinding): void => {
    const known = out.get(finding.name) ?? [];
    if (known.length < LIMIT) known.push(finding);
    out.set(finding.name, known);
  };
  const bad = firstBad(lists, report);
  const strays = new Set(lists.strays);
  for (let row = 0; row < lists.rows; row++)
    if (lists.status[row] === COMMITTED) findInRow(lists, row, bad, strays, report);
  for (const place of lists.strays) findStray(lists, place, report);
  lostUpdates(lists, report, strays);
  return [...out.values()].flat();
}

type Report = (finding: TransactionFinding) => void;

/** Where in each key's order the first element stands that was aborted, and that nobody wrote; 0 for none. */
interface Bad {
  readonly aborted: Int32Array;
  readonly garbage: Int32Array;
}

function firstBad(lists: ListTransactions, report: Report): Bad {
  const bad: Bad = { aborted: new Int32Array(lists.lists.length), garbage: new Int32Array(lists.lists.length) };
  lists.lists.forEach((list, key) => {
    for (let at = list.longest.length; at > 0; at--) {
      const writer = lists.writer[list.base + at];
      if (writer === NOBODY) bad.garbage[key] = at;
      else if (lists.status[writer] === ABORTED) bad.aborted[key] = at;
    }
    if (bad.aborted[key] > 0) dirtyUpdate(lists, list, bad.aborted[key], report);
  });
  return bad;
}

/** An element of an aborted transaction with a committed one after it: the update rests on an aborted one. */
function dirtyUpdate(lists: ListTransactions, list: ListKey, aborted: number, report: Report): void {
  const { type, start } = lists.history.columns;
  for (let at = aborted + 1; at <= list.longest.length; at++) {
    const row = lists.writer[list.base + at];
    if (row < 0 || type[row] !== OK) continue;
    const dirty = lists.writer[list.base + aborted];
    report({
      name: 'dirty-update',
      message: `a committed append to ${show(list.name)} follows one that was aborted`,
      steps: [
        `operation ${start[dirty]} appended ${show(list.longest[aborted - 1])} to ${show(list.name)} and failed`,
        `operation ${start[row]} appended ${show(list.longest[at - 1])}, and operation ${start[list.longestRow]} read it after the failed append`,
      ],
      rows: [dirty, row, list.longestRow],
    });
    return;
  }
}

function findInRow(lists: ListTransactions, row: number, bad: Bad, strays: ReadonlySet<number>, report: Report): void {
  const { effect, key, version, full, first } = lists;
  if (lists.history.columns.type[row] !== OK) return;
  for (let place = first[row]; place < first[row + 1]; place++) {
    const list = lists.lists[key[place]];
    if (effect[place] === WRITE) {
      futureRead(lists, row, place, strays, report);
      continue;
    }
    const length = full[place];
    // What a read has that is no prefix of the longest list is looked at element by element.
    if (length <= 0 || strays.has(place)) continue;
    if (bad.aborted[key[place]] > 0 && length >= bad.aborted[key[place]]) abortedRead(lists, row, place, bad, report);
    if (bad.garbage[key[place]] > 0 && length >= bad.garbage[key[place]])
      garbageRead(lists, row, place, list, bad, report);
    if (effect[place] !== READ || version[place] < 0) continue;
    const writer = lists.writer[version[place]];
    if (writer >= 0 && writer !== row && lists.intermediate[version[place]] === 1)
      intermediateRead(lists, row, place, report);
  }
}

function elementAt(lists: ListTransactions, place: number, version: number): unknown {
  const list = lists.lists[lists.key[place]];
  return list.longest[version - list.base - 1];
}

function abortedRead(lists: ListTransactions, row: number, place: number, bad: Bad, report: Report): void {
  const { start } = lists.history.columns;
  const list = lists.lists[lists.key[place]];
  const at = bad.aborted[lists.key[place]];
  const writer = lists.writer[list.base + at];
  report({
    name: 'G1a',
    message: `a transaction read ${show(list.longest[at - 1])} from ${show(list.name)}, which a failed one had appended`,
    steps: [
      `operation ${start[writer]} appended ${show(list.longest[at - 1])} to ${show(list.name)} and failed`,
      `operation ${start[row]} read a list of ${show(list.name)} with ${show(list.longest[at - 1])} in it`,
    ],
    rows: [writer, row],
  });
}

function garbageRead(
  lists: ListTransactions,
  row: number,
  place: number,
  list: ListKey,
  bad: Bad,
  report: Report,
): void {
  const element = show(list.longest[bad.garbage[lists.key[place]] - 1]);
  report({
    name: 'garbage-read',
    message: `a transaction read ${element} from ${show(list.name)}, which no transaction appended`,
    steps: [`operation ${lists.history.columns.start[row]} read a list of ${show(list.name)} with ${element} in it`],
    rows: [row],
  });
}

function intermediateRead(lists: ListTransactions, row: number, place: number, report: Report): void {
  const { start } = lists.history.columns;
  const name = show(lists.lists[lists.key[place]].name);
  const element = show(elementAt(lists, place, lists.version[place]));
  const writer = lists.writer[lists.version[place]];
  report({
    name: 'G1b',
    message: `a transaction read ${name} in the middle of another's appends to it`,
    steps: [
      `operation ${start[writer]} appended ${element} to ${name}, and more after it`,
      `operation ${start[row]} read a list of ${name} that ends with ${element}`,
    ],
    rows: [writer, row],
  });
}

/** The transaction had read the element that it only appends now. */
function futureRead(
  lists: ListTransactions,
  row: number,
  place: number,
  strays: ReadonlySet<number>,
  report: Report,
): void {
  const { key, version, full, first, effect } = lists;
  const list = lists.lists[key[place]];
  const at = version[place] - list.base;
  if (at > list.longest.length) return;
  for (let i = first[row]; i < place; i++) {
    // The length of a list that is no prefix of the longest does not say what is in it.
    if (key[i] !== key[place] || effect[i] === WRITE || full[i] < at || strays.has(i)) continue;
    report({
      name: 'future-read',
      message: `a transaction read ${show(list.longest[at - 1])} from ${show(list.name)} before it appended it itself`,
      steps: [
        `operation ${lists.history.columns.start[row]} read a list of ${show(list.name)} with ${show(list.longest[at - 1])} in it, and appended it later`,
      ],
      rows: [row],
    });
    return;
  }
}

function findStray(lists: ListTransactions, place: number, report: Report): void {
  const { history } = lists;
  const row = rowAt(lists, place);
  const key = lists.key[place];
  const list = lists.lists[key];
  const raw = listAt(history, row, place - lists.first[row]);
  report({
    name: 'incompatible-order',
    message: `two reads of ${show(list.name)} saw its elements in orders of which neither continues the other`,
    steps: [
      `operation ${history.columns.start[row]} read ${show(raw)}`,
      `operation ${history.columns.start[list.longestRow]} read ${show(list.longest)}`,
    ],
    rows: [row, list.longestRow],
    about: firstDifference(lists, key, raw, list.longest),
  });
  const twice = raw.filter((element, at) => raw.findIndex((other) => plain(other) === plain(element)) < at);
  if (twice.length > 0)
    report({
      name: 'duplicate-elements',
      message: `${show(list.name)} was read with an element twice in one list`,
      steps: [`operation ${history.columns.start[row]} read ${show(raw)} from ${show(list.name)}`],
      rows: [row],
      about: versionsIn(lists, key, twice.slice(0, 1)),
    });
  for (const element of raw) findStrayElement(lists, row, key, element, report);
}

/** The versions of the first elements in which two lists of a key differ. */
export function firstDifference(
  lists: Pick<ListTransactions, 'lists' | 'places'>,
  key: number,
  one: readonly unknown[],
  other: readonly unknown[],
): number[] {
  const length = Math.max(one.length, other.length);
  for (let at = 0; at < length; at++)
    if (at >= one.length || at >= other.length || plain(one[at]) !== plain(other[at]))
      return versionsIn(lists, key, [...one.slice(at, at + 1), ...other.slice(at, at + 1)]);
  return [];
}

/** The versions of elements, without those that nobody appended and no list has. */
export function versionsIn(
  { lists, places }: Pick<ListTransactions, 'lists' | 'places'>,
  key: number,
  elements: readonly unknown[],
): number[] {
  return elements.map((element) => places.get(key, element)).flatMap((at) => (at < 0 ? [] : [lists[key].base + at]));
}

function findStrayElement(lists: ListTransactions, row: number, key: number, element: unknown, report: Report): void {
  const list = lists.lists[key];
  const at = lists.places.get(key, element);
  const { start, type } = lists.history.columns;
  const writer = at < 0 ? NOBODY : lists.writer[list.base + at];
  if (writer === NOBODY)
    report({
      name: 'garbage-read',
      message: `a transaction read ${show(element)} from ${show(list.name)}, which no transaction appended`,
      steps: [`operation ${start[row]} read a list of ${show(list.name)} with ${show(element)} in it`],
      rows: [row],
    });
  else if (type[writer] === FAIL)
    report({
      name: 'G1a',
      message: `a transaction read ${show(element)} from ${show(list.name)}, which a failed one had appended`,
      steps: [
        `operation ${start[writer]} appended ${show(element)} to ${show(list.name)} and failed`,
        `operation ${start[row]} read a list of ${show(list.name)} with ${show(element)} in it`,
      ],
      rows: [writer, row],
    });
}
