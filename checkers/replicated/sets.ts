/**
 * Replicated sets. Shapiro et al., "A comprehensive study of convergent
 * and commutative replicated data types", INRIA RR-7506, 2011.
 */
import type { Anomaly, Checker } from '../checker.ts';
import { type Columns, FAIL, OK } from '../history.ts';
import type { Elements } from '../models/set.ts';
import { ADDED, baseless, untimed, untimedReason } from '../monitors/begun.ts';
import { anomaly, say, short } from '../monitors/findings.ts';
import { identity } from '../monitors/identity.ts';
import { endedBefore } from '../monitors/real-time.ts';
import { type Judged, type ReplicatedType, replicated } from './convergence.ts';
import { shown } from './final-reads.ts';
import { forgets } from './forgetting.ts';
import { isVector } from './growth.ts';
import { knownTo } from './replica-order.ts';
import { untouchedElements } from './unanswered.ts';

/**
 * A set that only grows: in the end it has all that was acknowledged and
 * some of what crashed, and no replica ever forgets. O(size of the reads).
 */
export function gSet(): Checker<Elements> {
  return replicated(setOf('g-set', () => [], forgets));
}

/**
 * A set in which what was removed never comes back: whatever was removed
 * for certain is absent, what nobody tried to remove is present.
 */
export function twoPhaseSet(): Checker<Elements> {
  return replicated(setOf('2p-set', twoPhase));
}

/**
 * A set in which an addition wins over a concurrent removal: a removal takes away the additions that
 * its replica knew. An element is present for certain if some acknowledged addition was begun after all
 * its removals had ended, and absent if each of its additions was known to the replica of an acknowledged
 * removal. Between the two either is right. O(n + pairs of additions and removals of one element).
 */
export function orSet(): Checker<Elements> {
  return replicated(setOf('or-set', addWins));
}

/** What makes two values of a replicated set the same. */
export const sameSets = {
  unordered: true,
  silentNull: true,
  certain: untouchedElements((columns, row) => [columns.input[row]]),
} as const;

/** An element's updates by row; failed ones left out. */
interface Updates {
  readonly adds: number[];
  readonly removes: number[];
  /** Reads that show it, and `contains` of it that returned true; `soonest` is the one that ended first. */
  readonly reads: number[];
  soonest: number;
  failed: number;
}

/** A rule says of an element that must not be where it is, or not be absent: which operations prove it. */
type Rule = (columns: Columns, updates: Updates, present: boolean) => readonly number[];

/**
 * Nothing is ever shown before somebody began to add it; what is
 * there in the end is up to the rule, what is always so to `more`.
 */
function setOf(name: string, rule: Rule, more?: (columns: Columns, rows: readonly number[]) => readonly Anomaly[]) {
  const judge = (columns: Columns, rows: readonly number[], final: readonly number[]): Judged => {
    const elements = updatesOf(columns, rows);
    const read = final.at(-1);
    return {
      always: [...made(columns, elements), ...(more?.(columns, rows) ?? [])],
      final: read === undefined ? [] : [...repeated(columns, read), ...misplaced(columns, rule, elements, read)],
      unsure: untold(columns, elements),
    };
  };
  return { name, ...sameSets, judge } satisfies ReplicatedType;
}

/** Elements that were shown when nobody had begun to add them. */
function made(columns: Columns, elements: ReadonlyMap<unknown, Updates>): readonly Anomaly[] {
  const anomalies: Anomaly[] = [];
  for (const [name, { adds, failed, soonest }] of elements) {
    if (soonest < 0) continue;
    const asked = columns.fNames[columns.f[soonest]] === 'contains';
    const element = short(asked ? columns.input[soonest] : elementOf(columns, soonest, name));
    const shows = asked ? `${element} is said to be in the set` : `A read shows ${element}`;
    const problem = baseless(columns, ADDED, shows, soonest, { begun: adds, failed });
    if (problem) anomalies.push(problem);
  }
  return anomalies;
}

/** Why nobody can tell whether all elements were added before they were shown, where there is no real time. */
function untold(columns: Columns, elements: ReadonlyMap<unknown, Updates>): string | undefined {
  if (columns.realTime) return undefined;
  for (const { adds, failed, reads } of elements.values()) {
    const early = reads.find((row) => untimed(columns, { begun: adds, failed }, row));
    if (early !== undefined) return untimedReason(columns, early);
  }
  return undefined;
}

function elementOf(columns: Columns, read: number, name: unknown): unknown {
  return contentOf(columns, read).find((element) => identity(element) === name);
}

/** Elements that a read shows twice. */
function repeated(columns: Columns, read: number): readonly Anomaly[] {
  const seen = new Set<unknown>();
  return contentOf(columns, read).flatMap((element) => {
    const again = seen.has(identity(element));
    seen.add(identity(element));
    if (!again) return [];
    const message = `The final read shows ${short(element)} twice.`;
    return [anomaly(columns, 'duplicate', message, [read], [say(columns, read)])];
  });
}

/** What a read showed; nothing where it did not succeed. */
function contentOf(columns: Columns, row: number): readonly unknown[] {
  const content = columns.type[row] === OK ? shown(columns, row) : undefined;
  return Array.isArray(content) ? content : [];
}

/** Elements that are in the end where they must not be, or not where they must. */
function misplaced(
  columns: Columns,
  rule: Rule,
  elements: ReadonlyMap<unknown, Updates>,
  read: number,
): readonly Anomaly[] {
  const present = new Set(contentOf(columns, read).map(identity));
  const anomalies: Anomaly[] = [];
  for (const [name, updates] of elements) {
    const problem = misjudged(columns, rule, updates, present.has(name), read);
    if (problem) anomalies.push(problem);
  }
  return anomalies;
}

function misjudged(
  columns: Columns,
  rule: Rule,
  updates: Updates,
  present: boolean,
  read: number,
): Anomaly | undefined {
  const { adds, removes } = updates;
  if (adds.length === 0) return undefined;
  const element = short(columns.input[adds[0]]);
  const acked = adds.find((row) => columns.type[row] === OK);
  if (!present && removes.length === 0 && acked !== undefined) {
    const message = `${element} was added and never removed, and is missing at the end.`;
    return anomaly(columns, 'lost', message, [acked, read], [say(columns, acked), say(columns, read)]);
  }
  const proof = rule(columns, updates, present);
  if (proof.length === 0) return undefined;
  const message = present
    ? `${element} is there in the end, although a remove had seen its add.`
    : `${element} is missing at the end, although no remove had seen its add.`;
  const steps = [...proof, read].map((row) => say(columns, row));
  const told = present
    ? steps
    : [say(columns, proof[0]), unseen(columns, proof[0], proof.slice(1)), say(columns, read)];
  return anomaly(columns, present ? 'resurrected' : 'lost', message, [...proof, read], told);
}

/** Why no removal had seen an addition: all had ended before it began; where versions are vectors, what they knew. */
function unseen(columns: Columns, add: number, removes: readonly number[]): string {
  const last = removes.reduce((one, two) => (columns.end[one] < columns.end[two] ? two : one));
  const all = removes.length === 1 ? 'its only remove' : `each of its ${removes.length} removes`;
  const place =
    removes.length === 1 ? `operation ${columns.start[last]}` : `the last was operation ${columns.start[last]}`;
  const ended = `${all} had ended before that add began (${place})`;
  const node = columns.nodeNames[columns.node[add]];
  const [added, known] = [add, last].map((row) => vectorOf(columns, row)?.[node]);
  return added === undefined ? ended : `${ended}, and knew ${node}:${known ?? 0}, while the add is ${node}:${added}`;
}

function vectorOf(columns: Columns, row: number): Readonly<Record<string, number>> | undefined {
  const output = columns.output[row] as { readonly version?: unknown } | null | undefined;
  const version = typeof output === 'object' && output !== null ? output.version : undefined;
  return isVector(version) ? version : undefined;
}

function updatesOf(columns: Columns, rows: readonly number[]): ReadonlyMap<unknown, Updates> {
  const elements = new Map<unknown, Updates>();
  const of = (element: unknown): Updates => {
    const name = identity(element);
    let updates = elements.get(name);
    if (!updates) {
      updates = { adds: [], removes: [], reads: [], soonest: -1, failed: -1 };
      elements.set(name, updates);
    }
    return updates;
  };
  const sees = (updates: Updates, row: number): void => {
    updates.reads.push(row);
    if (updates.soonest < 0 || columns.end[row] < columns.end[updates.soonest]) updates.soonest = row;
  };
  for (const row of rows) {
    const f = columns.fNames[columns.f[row]];
    if (f === 'read') for (const element of contentOf(columns, row)) sees(of(element), row);
    else if (f === 'contains') {
      if (columns.type[row] === OK && shown(columns, row) === true) sees(of(columns.input[row]), row);
    } else if (columns.type[row] !== FAIL)
      (f === 'add' ? of(columns.input[row]).adds : of(columns.input[row]).removes).push(row);
    else if (f === 'add') of(columns.input[row]).failed = row;
  }
  return elements;
}

const twoPhase: Rule = (columns, { adds, removes }, present) => {
  const removed = removes.find((row) => columns.type[row] === OK);
  return present && removed !== undefined ? [adds[0], removed] : [];
};

const addWins: Rule = (columns, { adds, removes, reads }, present) => {
  if (!present) {
    const safe = adds.find(
      (add) => columns.type[add] === OK && removes.every((remove) => endedBefore(columns, remove, add)),
    );
    return safe === undefined || removes.length === 0 ? [] : [safe, ...removes];
  }
  const acked = removes.filter((row) => columns.type[row] === OK);
  const proof: number[] = [];
  for (const add of adds) {
    const remover = acked.find((remove) => knownTo(columns, add, remove));
    const witness = remover === undefined && adds.length === 1 ? readThenRemoved(columns, reads, acked) : undefined;
    if (remover === undefined && witness === undefined) return [];
    proof.push(add, ...(witness ?? [remover as number]));
  }
  return proof;
};

/**
 * A read that shows the element, and a removal that began afterwards
 * at the same replica: of the only addition there is, it knew.
 */
function readThenRemoved(
  columns: Columns,
  reads: readonly number[],
  removes: readonly number[],
): readonly number[] | undefined {
  for (const remove of removes) {
    const read = reads.find((row) => knownTo(columns, row, remove));
    if (read !== undefined) return [read, remove];
  }
  return undefined;
}
