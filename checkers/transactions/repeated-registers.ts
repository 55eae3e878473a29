/**
 * Registers of which a value was written several times, as a riddle: a read may be of any transaction that committed,
 * or may have, and left that value in the key, or of the initial value.
 */
import { FAIL, type History, INFO, OK } from '../history.ts';
import { type OpenRead, type Riddle, type Riddles, SILENT, type Source } from '../sources/riddle.ts';
import { initialOf } from './initial-of.ts';
import { likelySources } from './likely-sources.ts';
import { changed, eachMop, valueName } from './micro-operations.ts';
import { mopText } from './reasons.ts';
import { type Mop, mopsOf, plain, show } from './transactions-of.ts';

/** What a read may be of, by model. */
export interface SourceRules {
  /** Whether a model allows reads of what a transaction overwrote itself. */
  readonly intermediate: boolean;
  /** Whether a model allows a transaction to read two values of a key without having written it. */
  readonly fuzzy: boolean;
}

/** That a row wrote a value, in these places of its micro-operations, and whether that is what it left. */
interface Write extends Source {
  readonly places: number[];
  readonly name: string;
  readonly last: boolean;
}

/** A key and a value, as one text. */
const idOf = (key: unknown, value: unknown): string => `${valueName(key)}\n${valueName(value)}`;

/** More possible sources than this, in all, are not looked at. */
const MOST_SOURCES = 1_000_000;
const FEWEST_SOURCES = 8;
const PARTIAL = 'values repeat, and reads have so many possible writers that not all of them are tried';

/** Riddles of registers that hold `initial` at first. */
export function registerRiddles(initial: unknown, rules: SourceRules): Riddles {
  return {
    of: (history) => riddleOf(history, initial, rules),
    part: (history, rows) => part(history, initial, rows),
    sources: (history, rows) => sourceRows(history, initial, rows),
    say: (history, row) => (mopsOf(history, row) ?? []).map(mopText).join(', '),
  };
}

function riddleOf(history: History, initial: unknown, rules: SourceRules): Riddle | null {
  const writes = repeatedWrites(history, initial);
  if (writes.size === 0) return null;
  const names = new Map<string, string>();
  for (const all of writes.values())
    for (const { row, places, name } of all) for (const at of places) names.set(`${row} ${at}`, name);
  const { readings, places, partial } = readingsOf(history, initial, rules, writes);
  let writers: ReadonlyMap<string, readonly number[]> | null = null;
  const isTold = (mop: Mop, rows: ReadonlySet<number>): boolean => {
    writers ??= writersOf(history, initial);
    return (writers.get(idOf(mop[1], mop[2] ?? null)) ?? []).every((row) => rows.has(row));
  };
  const read = (mop: Mop, reading: number, source: number): Mop | null => {
    if (source === SILENT) return null;
    const { row, name } = readings[reading].sources[source];
    return row < 0 ? mop : ['r', mop[1], name];
  };
  const told = (chosen: Int32Array, rows: ReadonlySet<number> | null = null): History =>
    changed(history, rows, (row, at, mop) => {
      const place = `${row} ${at}`;
      if (mop[0] === 'w') return ['w', mop[1], names.get(place) ?? mop[2]];
      const reading = places.get(place);
      if (reading !== undefined) return read(mop, reading, chosen[reading]);
      return mop[0] !== 'r' || rows === null || isTold(mop, rows) ? mop : null;
    });
  const byRow = new Map<number, number[]>();
  readings.forEach(({ row }, at) => {
    byRow.set(row, [...(byRow.get(row) ?? []), at]);
  });
  const within = (rows: ReadonlySet<number>): number[] => [...rows].flatMap((row) => byRow.get(row) ?? []);
  return { history, readings, partial, within, told };
}

/** Histories so short that every guess is as good as another. */
const SHORT = 24;
const guesses = new WeakMap<History, ReadonlyMap<string, number> | null>();

/** Whose write each read is by an order in real time, if one is soon found. */
function guessed(history: History, initial: unknown): ReadonlyMap<string, number> | null {
  if (history.length < SHORT) return null;
  const known = guesses.get(history);
  if (known !== undefined) return known;
  const likely = likelySources(history, initial);
  guesses.set(history, likely);
  return likely;
}

/** The writes of each value of a key that several rows wrote, or one that was there from the beginning. */
function repeatedWrites(history: History, initial: unknown): ReadonlyMap<string, readonly Write[]> {
  const { type, start } = history.columns;
  const writers = new Map<string, number>();
  const several = new Set<string>();
  const texts = new Set<string>();
  const used = new Set<string>();
  eachMop(history, (row, _, [f, key, value]) => {
    if (f !== 'w') return;
    if (typeof value === 'string') texts.add(value);
    if (type[row] === FAIL) return;
    const id = idOf(key, value);
    const other = writers.get(id);
    if ((other ?? row) !== row || valueName(value) === valueName(initialOf(initial, key))) several.add(id);
    writers.set(id, row);
  });
  const unusedName = (key: unknown, value: unknown, operation: number): string => {
    let name = `${show(value)} (of operation ${operation})`;
    while (texts.has(name) || used.has(idOf(key, name))) name += "'";
    used.add(idOf(key, name));
    return name;
  };
  const out = new Map<string, Write[]>();
  if (several.size === 0) return out;
  eachMop(history, (row, at, [f, key, value], mops) => {
    const id = f === 'w' ? idOf(key, value) : '';
    if (!several.has(id)) return;
    const list = out.get(id) ?? [];
    out.set(id, list);
    const written = mops.findLast((mop) => mop[0] === 'w' && plain(mop[1]) === plain(key));
    const last = valueName(written?.[2]) === valueName(value);
    const earlier = list.find((write) => write.row === row);
    if (earlier) earlier.places.push(at);
    else list.push({ row, places: [at], name: unusedName(key, value, start[row]), last });
  });
  return out;
}

interface Readings {
  readonly readings: readonly OpenRead[];
  /** The reading of each read, by row and place. */
  readonly places: ReadonlyMap<string, number>;
  readonly partial: string | null;
}

function readingsOf(
  history: History,
  initial: unknown,
  rules: SourceRules,
  writes: ReadonlyMap<string, readonly Write[]>,
): Readings {
  const readings: OpenRead[] = [];
  const places = new Map<string, number>();
  let partial: string | null = null;
  const before = new Map<string, number>();
  const { type } = history.columns;
  const likely = guessed(history, initial);
  const most = Math.max(FEWEST_SOURCES, Math.floor(MOST_SOURCES / Math.max(1, readsAmong(history, writes))));
  eachMop(history, (row, at, [f, key, value], mops) => {
    if (f !== 'r' || type[row] !== OK) return;
    const id = idOf(key, value ?? null);
    const all = writes.get(id);
    const isInitial = valueName(value ?? null) === valueName(initialOf(initial, key));
    if (!all) return;
    const own = mops.slice(0, at).findLast((mop) => mop[0] === 'w' && plain(mop[1]) === plain(key));
    const joined = own === undefined && !rules.fuzzy ? before.get(`${row}\n${id}`) : undefined;
    if (joined !== undefined) {
      places.set(`${row} ${at}`, joined);
      return;
    }
    const guess = likely?.get(`${row} ${at}`);
    const sources = sourcesOf(history, rules, { row, at, value: value ?? null, own, isInitial, guess, most }, all);
    if (sources.partial) partial = PARTIAL;
    before.set(`${row}\n${id}`, readings.length);
    places.set(`${row} ${at}`, readings.length);
    const isPlain = (source: Source): boolean =>
      source.row < 0 || (source.row !== row && type[source.row] !== FAIL && (source as Write).last);
    const of = own === undefined && sources.list.every(isPlain) ? { of: key } : {};
    readings.push({ row, key: show(key), ...of, sources: sources.list });
  });
  return { readings, places, partial };
}

/** How many reads there are of values that repeat. */
function readsAmong(history: History, writes: ReadonlyMap<string, unknown>): number {
  let count = 0;
  eachMop(history, (_, __, [f, key, value]) => {
    if (f === 'r' && writes.has(idOf(key, value ?? null))) count++;
  });
  return count;
}

interface Read {
  readonly row: number;
  readonly at: number;
  readonly value: unknown;
  /** What the transaction itself had last written to the key. */
  readonly own: Mop | undefined;
  readonly isInitial: boolean;
  /** The row that is most likely to have written it, if one is. */
  readonly guess: number | undefined;
  readonly most: number;
}

/** Whose write a read may be, the likeliest first: the last that had ended, or begun, when the read ended. */
function sourcesOf(
  history: History,
  rules: SourceRules,
  read: Read,
  all: readonly Write[],
): { readonly list: readonly Source[]; readonly partial: boolean } {
  const { type, start, end } = history.columns;
  const mine = all.find(({ row, places }) => row === read.row && places.some((at) => at < read.at));
  if (mine && read.own && valueName(read.own[2]) === valueName(read.value)) return { list: [mine], partial: false };
  const near = nearest(history, read, all);
  const happened = near.filter(({ row }) => type[row] !== FAIL);
  const others = happened.filter(({ row, last }) => row !== read.row && last);
  const initial: readonly Source[] = read.isInitial ? [{ row: -1, name: read.value }] : [];
  const strict = [...others, ...initial];
  const sources: readonly Source[] = rules.intermediate || strict.length === 0 ? [...happened, ...initial] : strict;
  const moment = ({ row }: Source): number => {
    if (row === read.guess) return Number.POSITIVE_INFINITY;
    if (row < 0) return -1;
    const late = start[row] > end[read.row];
    const at = type[row] === INFO ? start[row] : end[row];
    return late ? -2 - start[row] : at;
  };
  return { list: [...sources].sort((a, b) => moment(b) - moment(a)), partial: near.length < all.length };
}

/** Of very many writes those that began shortly before the read ended, and the one that is guessed. */
function nearest(
  { columns: { start, end } }: History,
  { row, guess, most }: Read,
  all: readonly Write[],
): readonly Write[] {
  if (all.length <= most) return all;
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (start[all[middle].row] > end[row]) high = middle;
    else low = middle + 1;
  }
  const near = all.slice(Math.max(0, low - most), Math.max(low, most));
  const guessed = all.find((write) => write.row === guess);
  return guessed && !near.includes(guessed) ? [...near, guessed] : near;
}

/** The rows that a read of each value may be of: those that failed only where it was not there otherwise. */
function writersOf(history: History, initial: unknown): ReadonlyMap<string, readonly number[]> {
  const { type } = history.columns;
  const all = new Map<string, number[]>();
  const there = new Set<string>();
  eachMop(history, (row, _, [f, key, value]) => {
    if (f !== 'w') return;
    const id = idOf(key, value);
    const list = all.get(id);
    if (list) list.push(row);
    else all.set(id, [row]);
    if (valueName(value) === valueName(initialOf(initial, key))) there.add(id);
  });
  for (const [id, rows] of all) {
    const happened = rows.filter((row) => type[row] !== FAIL);
    if (happened.length > 0 || there.has(id)) all.set(id, happened);
  }
  return all;
}

/** The rows of which these may have read, themselves included. */
function sourceRows(history: History, initial: unknown, rows: ReadonlySet<number>): ReadonlySet<number> {
  const writers = writersOf(history, initial);
  const all = new Set(rows);
  eachMop(history, (row, _, [f, key, value]) => {
    if (f !== 'r' || !rows.has(row) || history.columns.type[row] !== OK) return;
    for (const writer of writers.get(idOf(key, value ?? null)) ?? []) all.add(writer);
  });
  return all;
}

/** Some rows, without reads of what others may have written. */
function part(history: History, initial: unknown, rows: ReadonlySet<number>): History {
  const writers = writersOf(history, initial);
  return changed(history, rows, (_, __, mop) => {
    const all = mop[0] === 'r' ? (writers.get(idOf(mop[1], mop[2] ?? null)) ?? []) : [];
    return all.every((row) => rows.has(row)) ? mop : null;
  });
}
