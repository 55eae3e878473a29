/**
 * Lists to which an element was appended several times, as a riddle: each place of a list that shows the element may
 * be of any of these appends, and no two places are of the same.
 *
 * All reads of a key that are beginnings of its longest list show the same elements in the same places.
 */
import { FAIL, type History, INFO, OK } from '../history.ts';
import type { OpenRead, Riddle, Riddles, Source } from '../sources/riddle.ts';
import { SILENT } from '../sources/riddle.ts';
import { changed, eachMop, valueName } from './micro-operations.ts';
import { mopText } from './reasons.ts';
import { elementName, elementsShownTwice } from './shown-twice.ts';
import { type Mop, mopsOf, show } from './transactions-of.ts';

/** An append, with what its element is called instead. */
interface Append extends Source {
  readonly at: number;
  readonly name: string;
}

const PARTIAL = 'elements repeat, and so often that not all of their possible appends are tried';
const MOST_SOURCES = 200_000;

/** Riddles of lists. */
export const listRiddles: Riddles = {
  of: riddleOf,
  part,
  sources: sourceRows,
  say: (history, row) => (mopsOf(history, row) ?? []).map(mopText).join(', '),
};

/** The elements of a list that a micro-operation read. */
function elementsOf([f, , value]: Mop): readonly unknown[] {
  return f === 'r' && Array.isArray(value) ? value : [];
}

function riddleOf(history: History): Riddle | null {
  const twice = elementsShownTwice(history);
  const appends = repeatedAppends(history, twice);
  if (appends.size === 0) return null;
  return new ListRiddle(history, appends, twice);
}

/**
 * The appends of each element of which it is not known who appended it: several that happened or several that failed,
 * or one of each where some list shows the element twice, since else the one that happened is shown.
 */
function repeatedAppends(history: History, twice: ReadonlySet<string>): ReadonlyMap<string, readonly Append[]> {
  const { type, start } = history.columns;
  const counts = new Map<string, { happened: number; failed: number }>();
  const texts = new Set<string>();
  eachMop(history, (row, _, [f, key, value]) => {
    if (f !== 'append') return;
    if (typeof value === 'string') texts.add(value);
    const id = elementName(key, value);
    const count = counts.get(id) ?? { happened: 0, failed: 0 };
    counts.set(id, count);
    count[type[row] === FAIL ? 'failed' : 'happened']++;
  });
  const repeats = (id: string): boolean => {
    const { happened = 0, failed = 0 } = counts.get(id) ?? {};
    return happened > 1 || failed > 1 || (happened + failed > 1 && twice.has(id));
  };
  const out = new Map<string, Append[]>();
  const used = new Set<string>();
  eachMop(history, (row, at, [f, key, value]) => {
    const id = f === 'append' ? elementName(key, value) : '';
    if (!repeats(id)) return;
    const list = out.get(id) ?? [];
    out.set(id, list);
    const earlier = list.filter((append) => append.row === row).length;
    let name = `${show(value)} (of operation ${start[row]}${earlier > 0 ? `, number ${earlier + 1}` : ''})`;
    while (texts.has(name) || used.has(elementName(key, name))) name += "'";
    used.add(elementName(key, name));
    list.push({ row, at, name });
  });
  return out;
}

class ListRiddle implements Riddle {
  readonly history: History;
  readonly readings: (OpenRead & { readonly id: string })[] = [];
  readonly apart: (readonly [number, number])[] = [];
  partial: string | null = null;
  private readonly appends: ReadonlyMap<string, readonly Append[]>;
  /** Elements that some list shows twice. */
  private readonly twice: ReadonlySet<string>;
  /** For each read that shows such elements, the reading of each of its places, or -1. */
  private readonly places = new Map<string, Int32Array>();
  private readonly names = new Map<string, string>();
  private readonly byRow = new Map<number, Set<number>>();
  private left = MOST_SOURCES;

  constructor(history: History, appends: ReadonlyMap<string, readonly Append[]>, twice: ReadonlySet<string>) {
    this.history = history;
    this.appends = appends;
    this.twice = twice;
    for (const all of appends.values()) for (const { row, at, name } of all) this.names.set(`${row} ${at}`, name);
    const longest = this.longest();
    eachMop(history, (row, at, mop) => {
      if (history.columns.type[row] === OK && elementsOf(mop).length > 0) this.read(row, at, mop, longest);
    });
  }

  /** The readings of the longest list of each key, with that list. */
  private longest(): Map<string, { readonly list: readonly unknown[]; readonly of: Int32Array }> {
    const best = new Map<string, { row: number; mop: Mop }>();
    eachMop(this.history, (row, _, mop) => {
      if (this.history.columns.type[row] !== OK) return;
      const known = best.get(valueName(mop[1]));
      if (elementsOf(mop).length > (known ? elementsOf(known.mop).length : 0))
        best.set(valueName(mop[1]), { row, mop });
    });
    return new Map(
      [...best].map(([key, { row, mop }]) => [key, { list: elementsOf(mop), of: this.readingsOf(row, mop) }] as const),
    );
  }

  private read(row: number, at: number, mop: Mop, longest: ReturnType<ListRiddle['longest']>): void {
    const list = elementsOf(mop);
    const best = longest.get(valueName(mop[1]));
    const fits = best && list.every((element, i) => valueName(element) === valueName(best.list[i]));
    const of = best && fits ? best.of.subarray(0, list.length) : this.readingsOf(row, mop);
    if (!of.some((reading) => reading >= 0)) return;
    this.places.set(`${row} ${at}`, of);
    const mine = this.byRow.get(row) ?? new Set();
    this.byRow.set(row, mine);
    for (const reading of of) if (reading >= 0) mine.add(reading);
  }

  /** New readings for what a list shows of elements that repeat; -1 for other places. */
  private readingsOf(row: number, mop: Mop): Int32Array {
    const before = new Map<string, number[]>();
    return Int32Array.from(elementsOf(mop), (element) => {
      const id = elementName(mop[1], element);
      const appends = this.appends.get(id);
      if (!appends) return -1;
      const earlier = before.get(id) ?? [];
      const reading = this.readings.length;
      for (const other of earlier) this.apart.push([other, reading]);
      before.set(id, [...earlier, reading]);
      this.readings.push({ row, id, key: show(mop[1]), sources: this.likeliest(id, appends, earlier.length) });
      return reading;
    });
  }

  /** The appends of an element, that which comes at its turn in time first. */
  private likeliest(id: string, appends: readonly Append[], turn: number): readonly Append[] {
    const { type, start, end } = this.history.columns;
    const moment = ({ row }: Append): number => (type[row] === INFO ? start[row] : end[row]);
    const failed = ({ row }: Append): number => (type[row] === FAIL ? 1 : 0);
    const happened = appends.filter((append) => failed(append) === 0);
    const sorted = (happened.length === 1 && !this.twice.has(id) ? happened : [...appends]).sort(
      (a, b) => failed(a) - failed(b) || moment(a) - moment(b),
    );
    const distance = new Map(sorted.map((append, at) => [append, failed(append) * 1e6 + Math.abs(at - turn)]));
    const all = sorted.sort((a, b) => (distance.get(a) ?? 0) - (distance.get(b) ?? 0));
    const kept = all.slice(0, Math.max(1, this.left));
    this.left -= kept.length;
    if (kept.length < all.length) this.partial = PARTIAL;
    return kept;
  }

  within(rows: ReadonlySet<number>): number[] {
    return [...new Set([...rows].flatMap((row) => [...(this.byRow.get(row) ?? [])]))];
  }

  told(chosen: Int32Array, rows: ReadonlySet<number> | null = null): History {
    const kept = rows && this.keptAppends(chosen);
    const there = rows && elementsBy(this.history, rows);
    return changed(this.history, rows, (row, at, mop) => {
      const place = `${row} ${at}`;
      const name = this.names.get(place);
      if (name !== undefined) return kept === null || kept.has(place) ? [mop[0], mop[1], name] : null;
      if (mop[0] !== 'r' || !Array.isArray(mop[2])) return mop;
      const of = this.places.get(place);
      const elements = elementsOf(mop).flatMap((element, i): unknown[] => {
        const reading = of?.[i] ?? -1;
        if (reading >= 0)
          return chosen[reading] === SILENT ? [] : [this.readings[reading].sources[chosen[reading]].name];
        return there === null || there(mop[1], element) ? [element] : [];
      });
      return ['r', mop[1], elements];
    });
  }

  /** The appends that were chosen, and all of an element of which no place is silent: the others nobody read. */
  private keptAppends(chosen: Int32Array): ReadonlySet<string> {
    const kept = new Set<string>();
    const silent = new Set<string>();
    this.readings.forEach(({ id, sources }, at) => {
      const source = chosen[at] === SILENT ? null : (sources[chosen[at]] as Append);
      if (source) kept.add(`${source.row} ${source.at}`);
      else silent.add(id);
    });
    for (const [id, all] of this.appends) if (!silent.has(id)) for (const { row, at } of all) kept.add(`${row} ${at}`);
    return kept;
  }
}

/** By element the rows that appended it: those that failed only where no other did. */
function appendersOf(history: History): ReadonlyMap<string, readonly number[]> {
  const { type } = history.columns;
  const all = new Map<string, number[]>();
  eachMop(history, (row, _, [f, key, value]) => {
    if (f !== 'append') return;
    const id = elementName(key, value);
    all.set(id, [...(all.get(id) ?? []), row]);
  });
  for (const [id, rows] of all) {
    const happened = rows.filter((row) => type[row] !== FAIL);
    if (happened.length > 0) all.set(id, happened);
  }
  return all;
}

const appenders = new WeakMap<History, ReadonlyMap<string, readonly number[]>>();

/** Tells whether an element was appended by these rows, or by nobody at all. */
function elementsBy(history: History, rows: ReadonlySet<number>): (key: unknown, element: unknown) => boolean {
  const all = appenders.get(history) ?? appendersOf(history);
  appenders.set(history, all);
  return (key, element) => (all.get(elementName(key, element)) ?? []).every((row) => rows.has(row));
}

/** Some rows, without elements that others may have appended. */
function part(history: History, rows: ReadonlySet<number>): History {
  const there = elementsBy(history, rows);
  return changed(history, rows, (_, __, mop) => {
    if (mop[0] === 'append') return there(mop[1], mop[2]) ? mop : null;
    if (mop[0] !== 'r' || !Array.isArray(mop[2])) return mop;
    return ['r', mop[1], elementsOf(mop).filter((element) => there(mop[1], element))];
  });
}

function sourceRows(history: History, rows: ReadonlySet<number>): ReadonlySet<number> {
  const all = appendersOf(history);
  const out = new Set(rows);
  eachMop(history, (row, _, mop) => {
    if (!rows.has(row)) return;
    for (const element of mop[0] === 'append' ? [mop[2]] : elementsOf(mop))
      for (const appender of all.get(elementName(mop[1], element)) ?? []) out.add(appender);
  });
  return out;
}
