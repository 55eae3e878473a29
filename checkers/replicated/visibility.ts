/**
 * How much of what had happened a read of a replicated object has to show: levels of visibility, each implying those
 * before it. The versions that operations name say which updates each of them knew, so every level is decided exactly.
 *
 * @see Emmi & Enea, "Weak-Consistency Specification via Visibility Relaxation", POPL 2019: the levels. What happened
 * before is here what came earlier in the same session; for `complete`, what had ended before the read began.
 */
import type { Anomaly, Checker } from '../checker.ts';
import { type Api, type Columns, type History, NEVER_COLUMN, OK } from '../history.ts';
import { anomaly, ofKey, say, verdictOf } from '../monitors/findings.ts';
import { NO_REAL_TIME } from '../monitors/real-time.ts';
import { rowsByKey } from '../monitors/timeline.ts';
import { versionOf } from './final-reads.ts';
import { isVector } from './growth.ts';

/**
 * What a read shows. `basic`: all updates of its own session before. `monotonic`: also all that its session had
 * shown or known before. `peer`: with every update also those before it in that update's session. `causal`:
 * with every update all that this had known. `complete`: every update that had ended before the read began.
 */
export type Visibility = (typeof LEVELS)[number];

const LEVELS = ['basic', 'monotonic', 'peer', 'causal', 'complete'] as const;

const SAYS: Readonly<Record<Visibility, string>> = {
  basic: 'which its session had made before',
  monotonic: 'which its session had known before',
  peer: 'though it shows a later one of the same session',
  causal: 'though it shows one that had known of it',
  complete: 'which had ended before it began',
};

const UNTIMED = `${NO_REAL_TIME}, so it is unknown which updates had ended before a read began`;

/**
 * Whether every read admits this level, or a higher one. Unknown where no read names a vector
 * as its version, and `complete` without real time. O(n log n) for a given number of nodes.
 */
export function visibility<A extends Api = Api>(level: Visibility): Checker<A> {
  return {
    name: `${level}-visibility`,
    check(history) {
      const judged = judgedReads(history);
      if (judged.length === 0) return { type: 'unknown', reason: 'no read names a vector as its version' };
      const demanded = LEVELS.slice(0, LEVELS.indexOf(level) + 1);
      const verdict = verdictOf(
        judged.flatMap(({ missing }) => {
          const first = demanded.find((one) => missing[one]);
          return first ? [missing[first] as Anomaly] : [];
        }),
      );
      const { realTime, final } = history.columns;
      const told = realTime || level !== 'complete' || judged.every(({ row }) => final.has(row));
      return told || verdict.type === 'invalid' ? verdict : { type: 'unknown', reason: UNTIMED };
    },
  };
}

/**
 * How many reads admit each level and none higher; `weak` are those
 * that may show anything. Reads that name no vector are not counted.
 */
export function visibilityReport<A extends Api>(history: History<A>): Readonly<Record<'weak' | Visibility, number>> {
  const counts = { weak: 0, basic: 0, monotonic: 0, peer: 0, causal: 0, complete: 0 };
  for (const { missing } of judgedReads(history)) {
    const broken = LEVELS.findIndex((level) => missing[level]);
    counts[broken < 0 ? 'complete' : broken === 0 ? 'weak' : (LEVELS[broken - 1] as Visibility)]++;
  }
  return counts;
}

/** A read, and for each level an update that it should show and does not. */
interface JudgedRead {
  readonly row: number;
  readonly missing: Partial<Record<Visibility, Anomaly>>;
}

type Vector = Readonly<Record<string, number>>;
/**
 * Of each node the number of updates that must be visible, the row that
 * says so, and the shown update through which it does, if it is another.
 */
type Floor = ReadonlyMap<string, { readonly count: number; readonly row: number; readonly through?: number }>;

/** An operation with the updates that it knew; `own` is its place among its node's, if it is one. */
interface Known {
  readonly row: number;
  readonly vector: Vector;
  readonly own?: readonly [node: string, count: number];
}

function judgedReads<A extends Api>(history: History<A>): readonly JudgedRead[] {
  return rowsByKey(history.columns).flatMap((rows) => judgeKey(history.columns, rows));
}

function judgeKey(columns: Columns, rows: readonly number[]): readonly JudgedRead[] {
  const operations = rows.flatMap((row) => knownBy(columns, row));
  const updates = operations.filter(({ own }) => own !== undefined);
  const sessions = sessionFloors(columns, operations);
  const causes = new Demands(updates, ({ vector, row }) => floorOf(vector, row));
  const peers = new Demands(updates, ({ row: through }) => {
    const own = sessions.get(through)?.own ?? [];
    return new Map([...own].map(([node, demand]) => [node, { ...demand, through }]));
  });
  const ended = endedBefore(columns, operations);
  return operations
    .filter(({ own }) => own === undefined)
    .map(({ row, vector }) => {
      const session = sessions.get(row);
      const floors: Record<Visibility, Floor | undefined> = {
        basic: session?.own,
        monotonic: session?.known,
        peer: peers.of(vector),
        causal: causes.of(vector),
        complete: ended.get(row),
      };
      const missing: Partial<Record<Visibility, Anomaly>> = {};
      for (const level of LEVELS) {
        const problem = lacking(columns, row, vector, floors[level], level);
        if (problem) missing[level] = problem;
      }
      return { row, missing };
    });
}

function knownBy(columns: Columns, row: number): readonly Known[] {
  const vector = columns.type[row] === OK ? versionOf(columns, row) : undefined;
  if (!isVector(vector)) return [];
  const node = columns.nodeNames[columns.node[row]];
  if (columns.fNames[columns.f[row]] === 'read') return [{ row, vector }];
  return node !== undefined && node in vector ? [{ row, vector, own: [node, vector[node]] }] : [];
}

function lacking(
  columns: Columns,
  row: number,
  vector: Vector,
  floor: Floor | undefined,
  level: Visibility,
): Anomaly | undefined {
  for (const [node, { count, row: because, through }] of floor ?? []) {
    if ((vector[node] ?? 0) >= count) continue;
    const key = ofKey(columns.keyNames[columns.key[row]]);
    const message = `A read${key} does not show an update of ${node}, ${SAYS[level]}.`;
    const steps = [`${say(columns, because)} says so.`, say(columns, row)];
    const named = through === undefined ? [because, row] : [because, through, row];
    return anomaly(columns, `not-${level}`, message, named, steps);
  }
  return undefined;
}

/** For each row what its session had made, and known, when it began. */
function sessionFloors(
  columns: Columns,
  operations: readonly Known[],
): ReadonlyMap<number, { own: Floor; known: Floor }> {
  const now = new Map<number, { own: Floor; known: Floor }>();
  const floors = new Map<number, { own: Floor; known: Floor }>();
  for (const { row, vector, own } of operations) {
    const before = now.get(columns.process[row]) ?? { own: new Map(), known: new Map() };
    floors.set(row, before);
    now.set(columns.process[row], {
      own: own ? raised(before.own, [own], row) : before.own,
      known: raised(before.known, Object.entries(vector), row),
    });
  }
  return floors;
}

/** For each read the updates that had ended when it began. */
function endedBefore(columns: Columns, operations: readonly Known[]): ReadonlyMap<number, Floor> {
  if (!columns.realTime) return knownToHaveEnded(columns, operations);
  const ending = operations
    .filter(({ own, row }) => own && columns.end[row] !== NEVER_COLUMN)
    .sort((a, b) => columns.end[a.row] - columns.end[b.row]);
  const floors = new Map<number, Floor>();
  let floor: Floor = new Map();
  let next = 0;
  for (const { row } of operations) {
    for (; next < ending.length && columns.end[ending[next].row] < columns.start[row]; next++) {
      const update = ending[next];
      floor = raised(floor, update.own ? [update.own] : [], update.row);
    }
    floors.set(row, floor);
  }
  return floors;
}

/** Without real time that is known of reads of the last round alone. */
function knownToHaveEnded(columns: Columns, operations: readonly Known[]): ReadonlyMap<number, Floor> {
  let all: Floor = new Map();
  for (const { row, own } of operations)
    if (own && columns.end[row] !== NEVER_COLUMN && !columns.final.has(row)) all = raised(all, [own], row);
  return new Map(operations.filter(({ row }) => columns.final.has(row)).map(({ row }) => [row, all]));
}

/**
 * Which updates must be visible where an update is: by node, in the order
 * of the node's updates, each with what all up to it demand.
 */
class Demands {
  private readonly byNode = new Map<string, { readonly count: number; readonly floor: Floor }[]>();

  constructor(updates: readonly Known[], demand: (update: Known) => Floor) {
    const inOrder = [...updates].sort((a, b) => (a.own?.[1] ?? 0) - (b.own?.[1] ?? 0));
    for (const update of inOrder) {
      const [node, count] = update.own as readonly [string, number];
      const before = this.byNode.get(node) ?? [];
      this.byNode.set(node, before);
      before.push({ count, floor: joined(before.at(-1)?.floor ?? new Map(), demand(update)) });
    }
  }

  /** Which updates must be visible where all updates are that the vector covers. */
  of(vector: Vector): Floor {
    let floor: Floor = new Map();
    for (const [node, count] of Object.entries(vector)) {
      const updates = this.byNode.get(node) ?? [];
      const at = lastUpTo(updates, count);
      if (at >= 0) floor = joined(floor, updates[at].floor);
    }
    return floor;
  }
}

function lastUpTo(updates: readonly { readonly count: number }[], count: number): number {
  let [low, high] = [0, updates.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (updates[middle].count <= count) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function floorOf(vector: Vector, row: number): Floor {
  return raised(new Map(), Object.entries(vector), row);
}

function raised(floor: Floor, counts: readonly (readonly [node: string, count: number])[], row: number): Floor {
  return joined(floor, new Map(counts.map(([node, count]) => [node, { count, row }])));
}

function joined(a: Floor, b: Floor): Floor {
  const more = [...b].filter(([node, { count }]) => count > (a.get(node)?.count ?? 0));
  return more.length === 0 ? a : new Map([...a, ...more]);
}

/** A checker for each level, the strongest first. */
export function visibilities<A extends Api = Api>(): readonly Checker<A>[] {
  return [...LEVELS].reverse().map((level) => visibility<A>(level));
}
