/**
 * The models of rows that are read by predicate by their definition: some order of the versions of every row, some
 * version of every row that a read by predicate looked at, and the cycles of Adya's graph that a model forbids.
 *
 * Transcribed from Adya, "Weak Consistency" (MIT thesis, 1999), chapters 4 and 5. Everything is tried.
 */
import { type History, NEVER, type Operation } from 'elle-ts';

type Mop = readonly [f: string, what: unknown, value?: unknown];
type Cell = unknown;

interface Txn {
  readonly start: number;
  readonly end: number;
  readonly process: number;
  readonly ok: boolean;
  readonly mops: readonly Mop[];
  readonly writes: ReadonlyMap<string, Cell>;
  /** Rows that it did nothing to but delete them: where one is not there it has only seen that. */
  readonly deletes: readonly string[];
}

/** What was seen of one row; `row` where the row itself was read. */
interface Seen {
  readonly reader: number;
  readonly key: string;
  readonly row: boolean;
  readonly fits: (cell: Cell) => boolean;
}

const ABSENT = Symbol('absent');

function matches(predicate: unknown, cell: Cell): boolean {
  if (cell === ABSENT) return false;
  if (predicate === 'true') return true;
  const [kind, a, b] = predicate as [string, number, number];
  if (kind === '=') return cell === a;
  if (typeof cell !== 'number') return false;
  return kind === 'mod' ? cell % a === b : a <= cell && cell <= b;
}

const after = (mop: Mop): Cell => (mop[0] === 'delete' ? ABSENT : mop[2]);
const writing = (mop: Mop): boolean => mop[0] !== 'r' && mop[0] !== 'rp';

function txnOf(o: Operation): Txn {
  const mops = (o.f === 'init'
    ? Object.entries(o.input as object).map(([key, value]) => ['w', key, value])
    : o.outcome.type === 'ok'
      ? o.outcome.output
      : o.input) as unknown as readonly Mop[];
  const writes = new Map(mops.filter(writing).map((mop) => [String(mop[1]), after(mop)]));
  const deletes = [...writes.keys()].filter((key) =>
    mops.every((mop) => !writing(mop) || String(mop[1]) !== key || mop[0] === 'delete'),
  );
  return { start: o.start, end: o.end, process: o.process, ok: o.outcome.type === 'ok', mops, writes, deletes };
}

/** What a transaction saw of others, and whether it saw its own writes. */
function seenBy(txn: Txn, reader: number, keys: readonly string[]): { seen: Seen[]; internal: boolean } {
  const own = new Map<string, Cell>();
  const all: Seen[] = [];
  let internal = false;
  for (const mop of txn.mops) {
    const [f, what, value] = mop;
    let here: Seen[] = [];
    if (f === 'r') {
      const fits = (cell: Cell) => (value === null ? cell === ABSENT || cell === null : cell === value);
      here = [{ reader, key: String(what), row: true, fits }];
    } else if (f === 'rp') {
      const rows = value as Record<string, unknown>;
      here = keys.map((key) =>
        key in rows
          ? { reader, key, row: true, fits: (cell) => cell === rows[key] && matches(what, cell) }
          : { reader, key, row: false, fits: (cell) => !matches(what, cell) },
      );
    } else own.set(String(what), after(mop));
    for (const one of here) {
      if (own.has(one.key) && one.fits(own.get(one.key))) continue;
      if (own.has(one.key)) internal = true;
      all.push(one);
    }
  }
  return { seen: all, internal };
}

type Edge = readonly [from: number, to: number, kind: 'd' | 'item' | 'predicate'];

const permutations = <T>(values: readonly T[]): T[][] =>
  values.length === 0
    ? [[]]
    : values.flatMap((v, i) => permutations(values.toSpliced(i, 1)).map((rest) => [v, ...rest]));

/** The models that hold; null where there would be too much to try. */
export function rowModelsThatHold(history: History): ReadonlySet<string> | null {
  const all = [...history].filter((o) => o.outcome.type !== 'fail').map(txnOf);
  const everything = [...history].map(txnOf);
  const keys = [
    ...new Set(
      everything.flatMap(({ mops }) =>
        mops.flatMap((mop) => (mop[0] === 'rp' ? Object.keys((mop[2] as object | null) ?? {}) : [String(mop[1])])),
      ),
    ),
  ];
  const held = new Set<string>();
  const unsure = all.flatMap(({ ok, writes }, i) => (!ok && writes.size > 0 ? [i] : []));
  if (everyValueWasWritten(everything, all, keys)) held.add('read-uncommitted');
  for (let mask = 0; mask < 1 << unsure.length; mask++) {
    const txns = all.filter(({ ok }, i) => ok || ((mask >> unsure.indexOf(i)) & 1 && unsure.includes(i)));
    const deletes = txns.flatMap(({ deletes: of }, i) => of.map((key) => [i, key] as const));
    for (let absent = 0; absent < 1 << deletes.length; absent++) {
      const idle = deletes.filter((_, bit) => (absent >> bit) & 1);
      if (!tryAll(txns, keys, held, idle)) return null;
    }
  }
  return held;
}

function everyValueWasWritten(everything: readonly Txn[], live: readonly Txn[], keys: readonly string[]): boolean {
  const cells = (key: string): Cell[] => [
    ABSENT,
    ...everything.flatMap(({ mops }) => mops.filter((mop) => writing(mop) && String(mop[1]) === key).map(after)),
  ];
  return live.every((txn, i) => !txn.ok || seenBy(txn, i, keys).seen.every(({ key, fits }) => cells(key).some(fits)));
}

const MOST = 30_000;

/** Adds the models that some orders and versions allow; `idle` found no row to delete. False where it was too much. */
function tryAll(
  all: readonly Txn[],
  keys: readonly string[],
  held: Set<string>,
  idle: readonly (readonly [txn: number, key: string])[],
): boolean {
  const txns = all.map((txn, i): Txn => {
    const isIdle = (key: string): boolean => idle.some(([one, other]) => one === i && other === key);
    return { ...txn, writes: new Map([...txn.writes].filter(([key]) => !isIdle(key))) };
  });
  const read = txns.map((txn, i) => (txn.ok ? seenBy(txn, i, keys) : { seen: [], internal: false }));
  const sights = [
    ...read.flatMap(({ seen }) => seen),
    ...idle.map(([reader, key]): Seen => ({ reader, key, row: false, fits: (one) => one === ABSENT })),
  ];
  const internal = read.some((one) => one.internal);
  const writers = keys.map((key) => txns.flatMap(({ writes }, i) => (writes.has(key) ? [i] : [])));
  const cell = (key: string, writer: number): Cell => (writer < 0 ? ABSENT : txns[writer]!.writes.get(key));
  const choices = sights.map(({ key, reader, fits }) =>
    [-1, ...writers[keys.indexOf(key)]!].filter((w) => w !== reader && fits(cell(key, w))),
  );
  const orders = writers.reduce<number[][][]>(
    (some, of) => some.flatMap((before) => permutations(of).map((order) => [...before, order])),
    [[]],
  );
  const count = choices.reduce((product, of) => product * of.length, orders.length);
  if (count > MOST) return false;
  for (const order of orders) {
    if (!deletesWhatIsThere(txns, keys, order)) continue;
    let picks: number[][] = [[]];
    for (const of of choices) picks = picks.flatMap((before) => of.map((one) => [...before, one]));
    for (const pick of picks) {
      if (!picksPrecedeOwn(sights, pick, keys, order)) continue;
      const edges = graphOf(txns, keys, order, sights, pick, cell);
      for (const model of models)
        if (!held.has(model.name) && model.allows(txns, edges, internal)) held.add(model.name);
    }
  }
  return true;
}

/** Whether each that only deleted a row follows a version that is there. */
function deletesWhatIsThere(
  txns: readonly Txn[],
  keys: readonly string[],
  orders: readonly (readonly number[])[],
): boolean {
  return keys.every((key, k) =>
    (orders[k] as readonly number[]).every((writer, at, order) => {
      if (!txns[writer]!.deletes.includes(key)) return true;
      return at > 0 && txns[order[at - 1]!]!.writes.get(key) !== ABSENT;
    }),
  );
}

/** Whether nobody saw a version that comes after the one that it made itself. */
function picksPrecedeOwn(
  sights: readonly Seen[],
  picks: readonly number[],
  keys: readonly string[],
  orders: readonly (readonly number[])[],
): boolean {
  return sights.every(({ key, reader }, i) => {
    const order = orders[keys.indexOf(key)]!;
    return !order.includes(reader) || order.indexOf(picks[i]!) < order.indexOf(reader);
  });
}

/** Adya's direct serialization graph. */
function graphOf(
  txns: readonly Txn[],
  keys: readonly string[],
  orders: readonly (readonly number[])[],
  sights: readonly Seen[],
  picks: readonly number[],
  cell: (key: string, writer: number) => Cell,
): Edge[] {
  const edges: Edge[] = orders.flatMap((order) => order.slice(1).map((to, i): Edge => [order[i]!, to, 'd']));
  for (const [i, { key, reader, row, fits }] of sights.entries()) {
    const versions = [-1, ...orders[keys.indexOf(key)]!];
    const at = versions.indexOf(picks[i]!);
    if (row) {
      if (at > 0) edges.push([versions[at]!, reader, 'd']);
      if (at + 1 < versions.length) edges.push([reader, versions[at + 1]!, 'item']);
      continue;
    }
    const changes = versions.flatMap((writer, place) =>
      place > 0 && fits(cell(key, writer)) !== fits(cell(key, versions[place - 1]!)) ? [place] : [],
    );
    const last = changes.findLast((place) => place <= at);
    if (last !== undefined) edges.push([versions[last]!, reader, 'd']);
    for (const place of changes) if (place > at) edges.push([reader, versions[place]!, 'predicate']);
  }
  return edges.filter(([from, to]) => from !== to && from < txns.length);
}

function timeEdges(txns: readonly Txn[], time: 'none' | 'session' | 'real'): Edge[] {
  if (time === 'none') return [];
  return txns.flatMap((a, i) =>
    txns.flatMap((b, j): Edge[] =>
      a.end !== NEVER && a.end < b.start && (time === 'real' || a.process === b.process) ? [[i, j, 'd']] : [],
    ),
  );
}

/** Whether some cycle exists; with `apart` one without two anti-dependencies that follow each other. */
function cyclic(edges: readonly Edge[], apart: boolean): boolean {
  const place = (txn: number, anti: boolean): number => 2 * txn + (anti ? 1 : 0);
  const isAnti = ([, , kind]: Edge): boolean => apart && kind !== 'd';
  const walk = (start: Edge): boolean => {
    const seen = new Set([place(start[1], isAnti(start))]);
    for (const at of seen) {
      const txn = at >> 1;
      const anti = at % 2 === 1;
      if (txn === start[0] && !(anti && isAnti(start))) return true;
      for (const edge of edges) if (edge[0] === txn && !(anti && isAnti(edge))) seen.add(place(edge[1], isAnti(edge)));
    }
    return false;
  };
  return edges.some(walk);
}

interface Defined {
  readonly name: string;
  allows(txns: readonly Txn[], edges: readonly Edge[], internal: boolean): boolean;
}

function without(
  name: string,
  kinds: readonly Edge[2][],
  time: 'none' | 'session' | 'real',
  own: boolean,
  apart = false,
): Defined {
  return {
    name,
    allows: (txns, edges, internal) =>
      !(own && internal) &&
      !cyclic([...edges.filter(([, , kind]) => kinds.includes(kind)), ...timeEdges(txns, time)], apart),
  };
}

const EVERY = ['d', 'item', 'predicate'] as const;

const models: readonly Defined[] = [
  without('read-committed', ['d'], 'none', false),
  without('repeatable-read', ['d', 'item'], 'none', false),
  without('snapshot-isolation', EVERY, 'none', true, true),
  without('strong-session-snapshot-isolation', EVERY, 'session', true, true),
  without('strong-snapshot-isolation', EVERY, 'real', true, true),
  without('serializable', EVERY, 'none', true),
  without('strong-session-serializable', EVERY, 'session', true),
  without('strict-serializable', EVERY, 'real', true),
];
