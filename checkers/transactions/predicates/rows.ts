/**
 * Transactions over rows that are read by key and by predicate, as what each wrote for good and what it saw of others.
 *
 * A row is unborn until it is written, and dead once it is deleted; both are absent to a read. A read by predicate
 * sees every row there is: of those that it shows it read the value, of all others that they did not match, which
 * any version can explain that does not match, an absent one too (Adya 1999, 4.3: the version set of a predicate).
 */
import { isMap } from '../../datatypes/shape.ts';
import { FAIL, type History, OK } from '../../history.ts';
import { holds, type Predicate, type PredicateMop } from '../../models/predicate-registers.ts';
import type { Value } from '../../models/register.ts';
import { sessionNumbers } from '../../session-numbers.ts';

/** What a row holds; undefined where there is none. */
export type RowValue = Value | undefined;

/** What a transaction saw of a row that it had not written itself: its value, or that it did not match. */
export interface Sight {
  readonly key: number;
  /** Whether the row itself was read, and not only that it did not match. */
  readonly item: boolean;
  fits(value: RowValue): boolean;
  /** What was seen in words: `saw x = 3`, `saw no row x`, `saw no row x with ["=",3]`. */
  readonly says: string;
}

/** One transaction: its row in the history, what it saw, and what it left, by key. */
export interface RowTransaction {
  readonly row: number;
  /** Whether it certainly happened. */
  readonly certain: boolean;
  readonly session: number;
  readonly sights: readonly Sight[];
  readonly writes: ReadonlyMap<number, RowValue>;
  /**
   * Rows that it deleted and did nothing else to: who deletes a row that is not there writes
   * nothing, and has only seen that it is not (Adya: a dead version follows a visible one).
   */
  readonly deletes: ReadonlySet<number>;
}

/** Something wrong whatever the order of transactions. */
export interface RowFinding {
  readonly name: 'garbage-read' | 'internal' | 'G1a' | 'G1b' | 'predicate-read-miss';
  readonly row: number;
  readonly says: string;
}

/** A history as transactions over rows. */
export interface RowHistory {
  readonly history: History;
  readonly keys: readonly string[];
  readonly initial: readonly RowValue[];
  readonly txns: readonly RowTransaction[];
  readonly findings: readonly RowFinding[];
}

/** Every value that a key was given, by how: what stayed, what its writer replaced, and what was aborted. */
interface Given {
  readonly final: RowValue[];
  readonly replaced: RowValue[];
  readonly aborted: RowValue[];
}

interface Draft {
  readonly places: Map<string, number>;
  readonly keys: string[];
  /** What a read by predicate sees of each row that it does not show, by predicate: most reads see the same. */
  readonly unmatched: Map<string, readonly Sight[]>;
}

function keyOf(draft: Draft, raw: unknown): number {
  const name = String(raw);
  const known = draft.places.get(name);
  if (known !== undefined) return known;
  draft.places.set(name, draft.keys.length);
  draft.keys.push(name);
  return draft.keys.length - 1;
}

/** The micro-operations of an operation; `init` writes its rows. */
function mopsIn({ columns }: History, row: number): readonly PredicateMop[] {
  const input = columns.input[row];
  if (columns.fNames[columns.f[row]] === 'init')
    return Object.entries(isMap(input) ? input : {}).map(([key, value]): PredicateMop => ['w', key, value as Value]);
  const mops = columns.type[row] === OK ? columns.output[row] : input;
  // `abort` names no row.
  return Array.isArray(mops) ? (mops as readonly PredicateMop[]).filter(([f]) => (f as string) !== 'abort') : [];
}

const writtenBy = ([f, , value]: PredicateMop): RowValue => (f === 'delete' ? undefined : (value as Value));
const isRead = ([f]: PredicateMop): boolean => f === 'r' || f === 'rp';

/** Reads a history. `initial` are the first rows. O(n k) for n micro-operations and k rows. */
export function rowsOf(history: History, initial: Readonly<Record<string, unknown>> = {}): RowHistory {
  const draft: Draft = { places: new Map(), keys: [], unmatched: new Map() };
  const all = Array.from({ length: history.length }, (_, row) => mopsIn(history, row));
  for (const key of Object.keys(initial)) keyOf(draft, key);
  for (const mops of all)
    for (const mop of mops)
      if (mop[0] !== 'rp') keyOf(draft, mop[1]);
      else for (const key of Object.keys(mop[2] ?? {})) keyOf(draft, key);
  const first = draft.keys.map((key) => initial[key] as RowValue);
  const given = givenIn(history, draft, all, first);
  const session = sessionNumbers(history.columns);
  const findings: RowFinding[] = [];
  const seen = (key: number, fits: Sight['fits'], how: keyof Given): boolean => (given[key] as Given)[how].some(fits);
  const txns = all.flatMap((mops, row): RowTransaction[] => {
    const type = history.columns.type[row];
    if (type === FAIL) return [];
    const sights = type === OK ? sightsIn(mops, row, draft, findings) : [];
    for (const sight of sights) judgeSight(sight, row, findings, seen);
    return [
      {
        row,
        certain: type === OK,
        session: session[row],
        sights,
        writes: finalWrites(draft, mops),
        deletes: deletedOnly(draft, mops),
      },
    ];
  });
  return { history, keys: draft.keys, initial: first, txns: happened(draft.keys.length, txns), findings };
}

function givenIn(
  history: History,
  draft: Draft,
  all: readonly (readonly PredicateMop[])[],
  first: readonly RowValue[],
) {
  const given = draft.keys.map((_, key): Given => ({ final: [first[key]], replaced: [], aborted: [] }));
  for (const [row, mops] of all.entries()) {
    const last = finalWrites(draft, mops);
    for (const mop of mops) {
      if (isRead(mop)) continue;
      const key = keyOf(draft, mop[1]);
      const value = writtenBy(mop);
      const how = history.columns.type[row] === FAIL ? 'aborted' : last.get(key) === value ? 'final' : 'replaced';
      (given[key] as Given)[how].push(value);
    }
  }
  return given;
}

function finalWrites(draft: Draft, mops: readonly PredicateMop[]): Map<number, RowValue> {
  return new Map(mops.flatMap((mop) => (isRead(mop) ? [] : [[keyOf(draft, mop[1]), writtenBy(mop)] as const])));
}

function deletedOnly(draft: Draft, mops: readonly PredicateMop[]): ReadonlySet<number> {
  const written = new Set(mops.flatMap((mop) => (isRead(mop) || mop[0] === 'delete' ? [] : [keyOf(draft, mop[1])])));
  const deleted = mops.flatMap((mop) => (mop[0] === 'delete' ? [keyOf(draft, mop[1])] : []));
  return new Set(deleted.filter((key) => !written.has(key)));
}

/** What a transaction saw of rows that it had not written before; what contradicts its own writes is a finding. */
function sightsIn(mops: readonly PredicateMop[], row: number, draft: Draft, findings: RowFinding[]): Sight[] {
  const own = new Map<number, RowValue>();
  const sights: Sight[] = [];
  for (const mop of mops) {
    const found = mop[0] === 'r' ? [itemSight(draft, mop)] : mop[0] === 'rp' ? rowSights(draft, mop) : [];
    if (!isRead(mop)) own.set(keyOf(draft, mop[1]), writtenBy(mop));
    for (const sight of found) {
      if (own.has(sight.key) && sight.fits(own.get(sight.key))) continue;
      if (own.has(sight.key))
        findings.push({ name: 'internal', row, says: `${sight.says}, which it had itself written otherwise` });
      sights.push(sight);
    }
    if (mop[0] === 'rp') findings.push(...unmatchedRows(mop, row));
  }
  return sights;
}

function itemSight(draft: Draft, [, key, value]: PredicateMop): Sight {
  const shown = (value ?? null) as Value;
  const fits = shown === null ? (one: RowValue) => one === undefined || one === null : (one: RowValue) => one === shown;
  return {
    key: keyOf(draft, key),
    item: true,
    fits,
    says: shown === null ? `saw no row ${key}` : `saw ${key} = ${JSON.stringify(shown)}`,
  };
}

/** Of every row that there is, what a read by predicate saw of it. */
function rowSights(draft: Draft, [, asked, rows]: PredicateMop): Sight[] {
  const shown = (rows ?? {}) as Readonly<Record<string, Value>>;
  const unmatched = unmatchedOf(draft, asked as Predicate);
  return draft.keys.map((name, key): Sight => {
    if (!Object.hasOwn(shown, name)) return unmatched[key] as Sight;
    const value = shown[name];
    return { key, item: true, fits: (one) => one === value, says: `saw ${name} = ${JSON.stringify(value)}` };
  });
}

function unmatchedOf(draft: Draft, predicate: Predicate): readonly Sight[] {
  const text = JSON.stringify(predicate);
  const known = draft.unmatched.get(text);
  if (known) return known;
  const fits = (one: RowValue): boolean => one === undefined || !holds(predicate, one);
  const all = draft.keys.map(
    (name, key): Sight => ({ key, item: false, fits, says: `saw no row ${name} with ${text}` }),
  );
  draft.unmatched.set(text, all);
  return all;
}

/** Rows that a read shows though its predicate does not hold of them. */
function unmatchedRows([, asked, rows]: PredicateMop, row: number): RowFinding[] {
  return Object.entries((rows ?? {}) as Readonly<Record<string, Value>>)
    .filter(([, value]) => !holds(asked as Predicate, value))
    .map(([key, value]) => ({
      name: 'garbage-read',
      row,
      says: `asked for rows with ${JSON.stringify(asked)} and saw ${key} = ${JSON.stringify(value)}`,
    }));
}

/** Says what is wrong with a sight that no final version explains. */
function judgeSight(
  { key, fits, item, says }: Sight,
  row: number,
  findings: RowFinding[],
  seen: (key: number, fits: Sight['fits'], how: keyof Given) => boolean,
): void {
  if (seen(key, fits, 'final')) return;
  if (seen(key, fits, 'replaced')) findings.push({ name: 'G1b', row, says: `${says}, which its writer replaced` });
  else if (seen(key, fits, 'aborted')) findings.push({ name: 'G1a', row, says: `${says}, which was aborted` });
  else findings.push({ name: item ? 'garbage-read' : 'predicate-read-miss', row, says: `${says}, which never was so` });
}

/**
 * Some of the transactions alone, by their rows in the history: what they saw that one that is left out may have
 * written they have not seen.
 */
export function partOf(rows: RowHistory, kept: ReadonlySet<number>): RowHistory {
  const gone = rows.txns.filter(({ row }) => !kept.has(row));
  const txns = rows.txns
    .filter(({ row }) => kept.has(row))
    .map((txn): RowTransaction => {
      const isKnown = ({ key, fits }: Sight): boolean =>
        !gone.some(({ writes }) => writes.has(key) && fits(writes.get(key)));
      return { ...txn, certain: rows.history.columns.type[txn.row] === OK, sights: txn.sights.filter(isKnown) };
    });
  return { ...rows, txns: happened(rows.keys.length, txns), findings: [] };
}

/** Of each key the transactions that wrote it, by their places and in their order. O(writes). */
export function writersByKey(keys: number, txns: readonly RowTransaction[]): readonly (readonly number[])[] {
  const writers = Array.from({ length: keys }, (): number[] => []);
  for (const [i, { writes }] of txns.entries()) for (const key of writes.keys()) writers[key]?.push(i);
  return writers;
}

/** Without transactions of which nothing is known that wrote nothing; those that were certainly read happened. */
function happened(keys: number, txns: readonly RowTransaction[]): RowTransaction[] {
  const kept = txns.filter(({ certain, writes }) => certain || writes.size > 0);
  const writers = writersByKey(keys, kept);
  const read = new Set<RowTransaction>();
  for (const reader of kept)
    for (const { key, fits, item } of reader.sights) {
      if (!item || fits(undefined)) continue;
      const fitting = (writers[key] as number[]).filter((i) => fits(kept[i]?.writes.get(key)));
      if (fitting.length === 1) read.add(kept[fitting[0] as number] as RowTransaction);
    }
  return kept.map((txn) => (read.has(txn) && !txn.certain ? { ...txn, certain: true } : txn));
}
