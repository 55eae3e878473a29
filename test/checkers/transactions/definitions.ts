/**
 * The consistency models of transactions by their definitions, for histories
 * of a handful of transactions: some total order of the commits, a visibility that
 * the model closes under its rules, and reads that return the last visible write.
 *
 * Transcribed from Cerone, Bernardi, Gotsman (CONCUR 2015) and Biswas, Enea (OOPSLA 2019). All orders are tried.
 */
import { type History, NEVER, type Operation } from 'elle-ts';

type Mop = readonly [string, string, unknown];

export interface Txn {
  /** A process that continues after an `info` is a new session. */
  readonly session: number;
  readonly start: number;
  readonly end: number;
  readonly type: 'ok' | 'info' | 'fail';
  readonly mops: readonly Mop[];
}

/**
 * A read of a key from outside the transaction: the transaction that wrote the version last, -1 for the initial one.
 */
interface Read {
  readonly reader: number;
  readonly at: number;
  readonly key: string;
  readonly from: number;
}

interface Facts {
  readonly txns: readonly Txn[];
  readonly reads: readonly Read[];
  /** Pairs of transactions whose writes of one key were seen in this order. */
  readonly versions: readonly (readonly [number, number])[];
  readonly bad: ReadonlySet<string>;
}

const writes = (txn: Txn): readonly Mop[] => txn.mops.filter(([f]) => f !== 'r');
const known = new WeakMap<Txn, ReadonlySet<string>>();

function keysWritten(txn: Txn): ReadonlySet<string> {
  const keys = known.get(txn) ?? new Set(writes(txn).map(([, key]) => key));
  known.set(txn, keys);
  return keys;
}

/** What is visible, and from when, in each model; `times` says which order is imposed. */
interface Definition {
  readonly sees: 'nothing' | 'monotonic' | 'direct' | 'causal' | 'conflicts' | 'prefix' | 'snapshot' | 'everything';
  readonly time: 'none' | 'session' | 'real';
  readonly internal: boolean;
  readonly committed: boolean;
}

const define = (sees: Definition['sees'], time: Definition['time'], internal = true, committed = true): Definition => ({
  sees,
  time,
  internal,
  committed,
});

export const definitions: Readonly<Record<string, Definition>> = {
  'read-uncommitted': define('nothing', 'none', false, false),
  'strong-session-read-uncommitted': define('nothing', 'session', false, false),
  'strong-read-uncommitted': define('nothing', 'real', false, false),
  'read-committed': define('nothing', 'none', false),
  'strong-session-read-committed': define('nothing', 'session', false),
  'strong-read-committed': define('nothing', 'real', false),
  'monotonic-atomic-view': define('monotonic', 'none', false),
  'strong-session-monotonic-atomic-view': define('monotonic', 'session', false),
  'read-atomic': define('direct', 'none'),
  'strong-session-read-atomic': define('direct', 'session'),
  'causal-cerone': define('causal', 'none'),
  causal: define('causal', 'session'),
  'consistent-view': define('conflicts', 'none', false),
  'parallel-snapshot-isolation': define('conflicts', 'none'),
  'strong-session-parallel-snapshot-isolation': define('conflicts', 'session'),
  prefix: define('prefix', 'none'),
  'strong-session-prefix': define('prefix', 'session'),
  'snapshot-isolation': define('snapshot', 'none'),
  'strong-session-snapshot-isolation': define('snapshot', 'session'),
  'strong-snapshot-isolation': define('snapshot', 'real'),
  'repeatable-read': define('everything', 'none', false),
  serializable: define('everything', 'none'),
  'strong-session-serializable': define('everything', 'session'),
  'strict-serializable': define('everything', 'real'),
};

/** Pairs of transactions whose writes of one key are taken to be in this order; null where that contradicts itself. */
export type Assumed = (txns: readonly Txn[], all: readonly Txn[]) => readonly (readonly [number, number])[] | null;

/** The models of a history, by trying everything. */
export function modelsThatHold(history: History, assumed: Assumed = () => []): ReadonlySet<string> {
  const all = transactionsIn(history);
  const certain = all.filter((txn) => txn.type === 'ok');
  const possible = all.filter((txn) => txn.type === 'info');
  const seen = sights(certain, isList(all));
  // An effect that was seen happened: without this, reading uncommitted data would excuse everything.
  const needed = possible.map((txn) =>
    writes(txn).some(([, k, v]) => seen.some(({ key, list }) => key === k && list.includes(v))),
  );
  const models = new Set<string>();
  for (let mask = 0; mask < 1 << possible.length; mask++) {
    if (needed.some((need, i) => need && !((mask >> i) & 1))) continue;
    const seenThen = factsOf([...certain, ...possible.filter((_, i) => (mask >> i) & 1)], all);
    const more = assumed(seenThen.txns, all);
    if (more === null) continue;
    const facts = { ...seenThen, versions: [...seenThen.versions, ...more] };
    const orders = permutations(facts);
    for (const [model, definition] of Object.entries(definitions))
      if (!models.has(model) && holdsFor(facts, definition, orders)) models.add(model);
  }
  return models;
}

/** Anomalies of the history itself, apart from order: with these, a model without `internal` is left undefined here. */
export function oddities(history: History): ReadonlySet<string> {
  const all = transactionsIn(history);
  return factsOf(
    all.filter((txn) => txn.type !== 'fail'),
    all,
  ).bad;
}

function transactionsIn(history: History): Txn[] {
  const current = new Map<number, number>();
  const sessionOf = (o: Operation): number => {
    const session = current.get(o.process) ?? o.start;
    if (o.outcome.type === 'info') current.delete(o.process);
    else current.set(o.process, session);
    return session;
  };
  return [...history].map((o) => ({
    session: sessionOf(o),
    start: o.start,
    end: o.end,
    type: o.outcome.type,
    mops: (o.outcome.type === 'ok' ? o.outcome.output : o.input) as readonly Mop[],
  }));
}

/** The places that each transaction can have in an order of commits that agrees with the versions seen. */
function permutations({ txns, versions }: Facts): number[][] {
  const orders: number[][] = [];
  const place = txns.map(() => -1);
  const extend = (next: number): void => {
    if (next === place.length) orders.push([...place]);
    for (let i = 0; i < place.length; i++) {
      if (place[i] !== -1 || versions.some(([a, b]) => b === i && place[a] === -1)) continue;
      place[i] = next;
      extend(next + 1);
      place[i] = -1;
    }
  };
  extend(0);
  return orders;
}

function holdsFor(facts: Facts, definition: Definition, orders: readonly (readonly number[])[]): boolean {
  const { bad } = facts;
  if (bad.has('garbage')) return false;
  if (definition.internal && bad.has('internal')) return false;
  if (definition.committed && (bad.has('uncommitted') || bad.has('incompatible'))) return false;
  const base = imposed(facts, definition);
  return orders.some(
    (place) =>
      base.every(([a, b]) => (place[a] as number) < (place[b] as number)) &&
      (definition.sees === 'nothing' || readsFit(facts, definition.sees, base, place)),
  );
}

function before(a: Txn, b: Txn, time: Definition['time']): boolean {
  if (time === 'none' || a.end === NEVER || a.end >= b.start) return false;
  return time === 'real' || a.session === b.session;
}

/** The pairs that are ordered whatever the commits: by time, and by a read of the one by the other. */
function imposed({ txns, reads }: Facts, definition: Definition): [number, number][] {
  const base: [number, number][] = [];
  txns.forEach((one, a) => {
    txns.forEach((other, b) => {
      if (a !== b && before(one, other, definition.time)) base.push([a, b]);
    });
  });
  if (definition.committed)
    for (const read of reads) if (read.from >= 0 && read.from !== read.reader) base.push([read.from, read.reader]);
  return base;
}

/** Whether every read returned the last of the writes that it could see. */
function readsFit(
  { txns, reads }: Facts,
  rule: Definition['sees'],
  base: readonly (readonly [number, number])[],
  place: readonly number[],
): boolean {
  const sees = visibility(txns, rule, base, place);
  const visible = (other: number, read: Read): boolean =>
    rule === 'monotonic'
      ? reads.some((r) => r.reader === read.reader && r.at < read.at && r.from === other)
      : sees(other, read.reader);
  return reads.every((read) =>
    txns.every((txn, other) => {
      if (other === read.from || other === read.reader || !keysWritten(txn).has(read.key)) return true;
      return !visible(other, read) || (read.from >= 0 && (place[other] as number) < (place[read.from] as number));
    }),
  );
}

/** The least visibility that a model's rules allow for an order of commits. */
function visibility(
  txns: readonly Txn[],
  rule: Definition['sees'],
  base: readonly (readonly [number, number])[],
  place: readonly number[],
): (a: number, b: number) => boolean {
  const n = txns.length;
  const see = Array.from({ length: n * n }, () => false);
  const earlier = (a: number, b: number): boolean => (place[a] as number) < (place[b] as number);
  for (const [a, b] of base) see[a * n + b] = true;
  const pairs = Array.from({ length: n * n }, (_, i) => [Math.floor(i / n), i % n] as const);
  const conflict = (a: number, b: number): boolean =>
    [...keysWritten(txns[a] as Txn)].some((key) => keysWritten(txns[b] as Txn).has(key));
  for (const [a, b] of pairs) {
    const ordered = rule === 'everything' || ((rule === 'conflicts' || rule === 'snapshot') && conflict(a, b));
    if (ordered && earlier(a, b)) see[a * n + b] = true;
  }
  const prefix = rule === 'prefix' || rule === 'snapshot';
  if (rule !== 'direct') close(see, n, (a, b) => see[a * n + b] || (prefix && earlier(a, b)));
  return (a, b) => see[a * n + b] ?? false;
}

/** Adds what follows by transitivity. */
function close(see: boolean[], n: number, leads: (a: number, b: number) => boolean | undefined): void {
  for (let round = 0; round < n; round++)
    for (let at = 0; at < n * n; at++) {
      const a = Math.floor(at / n);
      for (let c = 0; c < n; c++) if (see[(at % n) * n + c] && leads(a, at % n)) see[a * n + c] = true;
    }
}

/** A read as the history has it, with what the transaction itself had written to the key and would write later. */
interface Sight {
  readonly reader: number;
  readonly at: number;
  readonly key: string;
  readonly list: readonly unknown[];
  readonly own: readonly unknown[];
  readonly later: readonly unknown[];
}

const isList = (all: readonly Txn[]): boolean =>
  all.some((txn) => txn.mops.some(([f, , value]) => f === 'append' || Array.isArray(value)));

function sights(txns: readonly Txn[], lists: boolean): Sight[] {
  return txns.flatMap((txn, reader) =>
    txn.type !== 'ok'
      ? []
      : txn.mops.flatMap(([f, key, value], at): Sight[] => {
          if (f !== 'r') return [];
          const written = (mops: readonly Mop[]) => mops.filter(([g, k]) => g !== 'r' && k === key).map(([, , v]) => v);
          const list = lists ? ((value ?? []) as unknown[]) : value === null ? [] : [value];
          return [
            { reader, at, key, list, own: written(txn.mops.slice(0, at)), later: written(txn.mops.slice(at + 1)) },
          ];
        }),
  );
}

const same = (a: readonly unknown[], b: readonly unknown[]): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What a read saw of other transactions, or null where it saw only its own write. */
function outside(sight: Sight, lists: boolean): { readonly list: readonly unknown[]; readonly fits: boolean } | null {
  const { list, own } = sight;
  if (own.length === 0) return { list, fits: true };
  const expected = lists ? own : own.slice(-1);
  if (!same(list.slice(Math.max(0, list.length - expected.length)), expected)) return { list, fits: false };
  return lists ? { list: list.slice(0, list.length - expected.length), fits: true } : null;
}

const finalWrite = (txn: Txn, key: string): unknown => writes(txn).findLast(([, k]) => k === key)?.[2];

/**
 * What the transactions saw: who wrote each version read, in which order versions were seen, and what is impossible.
 */
function factsOf(txns: readonly Txn[], all: readonly Txn[]): Facts {
  const lists = isList(all);
  const bad = new Set<string>();
  const reads: Read[] = [];
  const first = new Map<string, readonly unknown[]>();
  const wrote = (txn: Txn, key: string, value: unknown): boolean =>
    writes(txn).some(([, k, v]) => k === key && v === value);
  for (const sight of sights(txns, lists)) {
    const { reader, at, key, list, later } = sight;
    if (list.some((element) => !all.some((txn) => wrote(txn, key, element)))) bad.add('garbage');
    if (list.some((element) => !txns.some((txn) => wrote(txn, key, element)))) bad.add('uncommitted');
    if (list.some((element) => later.includes(element))) bad.add('uncommitted').add('internal');
    const seen = outside(sight, lists);
    if (seen === null) continue;
    const before = first.get(`${reader} ${key}`);
    if (!seen.fits || (before && !same(before, seen.list))) bad.add('internal');
    first.set(`${reader} ${key}`, seen.list);
    const last = seen.list.at(-1);
    const from = last === undefined ? -1 : txns.findIndex((txn) => wrote(txn, key, last));
    if (from >= 0 && from !== reader && finalWrite(txns[from] as Txn, key) !== last) bad.add('uncommitted');
    reads.push({ reader, at, key, from });
  }
  return { txns, reads, versions: lists ? versionsOf(txns, all, bad) : [], bad };
}

/** The order in which lists show the writes of each key; what was read comes before what was not. */
function versionsOf(txns: readonly Txn[], all: readonly Txn[], bad: Set<string>): [number, number][] {
  const versions: [number, number][] = [];
  for (const key of new Set(all.flatMap((txn) => txn.mops.map(([, k]) => k)))) {
    const seen = sights(txns, true).filter((sight) => sight.key === key);
    const longest = seen.reduce<readonly unknown[]>((best, { list }) => (list.length > best.length ? list : best), []);
    if (seen.some(({ list }) => !same(list, longest.slice(0, list.length)))) bad.add('incompatible');
    const place = (value: unknown): number =>
      longest.includes(value) ? longest.indexOf(value) : Number.POSITIVE_INFINITY;
    const made = txns.flatMap((txn, row) =>
      writes(txn)
        .filter(([, k]) => k === key)
        .map(([, , value]) => ({ row, at: place(value) })),
    );
    made.forEach((a, i) => {
      for (const b of made) if (a.row !== b.row && a.at < b.at) versions.push([a.row, b.row]);
      // A transaction's own appends stay in their order.
      if (made.slice(0, i).some((b) => b.row === a.row && b.at > a.at)) bad.add('incompatible');
    });
  }
  return versions;
}
