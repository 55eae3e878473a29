/** Replicated sets. Shapiro et al., "A comprehensive study of convergent and commutative replicated data types", INRIA RR-7506, 2011. */
import type { Anomaly, Checker } from '../checker.ts';
import { type Columns, FAIL, OK } from '../history.ts';
import type { Elements } from '../models/set.ts';
import { anomaly, say, short } from '../monitors/findings.ts';
import { identity } from '../monitors/identity.ts';
import { replicated } from './convergence.ts';
import { shown } from './final-reads.ts';
import { knownTo, replicaOf, sweep } from './replica-order.ts';

/** A set that only grows: in the end it has all that was acknowledged and some of what crashed, and no replica ever forgets. O(size of the reads). */
export function gSet(): Checker<Elements> {
  return replicated({ name: 'g-set', unordered: true, final: judged(() => []), always: forgets });
}

/** A set in which what was removed never comes back: whatever was removed for certain is absent, what nobody tried to remove is present. */
export function twoPhaseSet(): Checker<Elements> {
  return replicated({ name: '2p-set', unordered: true, final: judged(twoPhase) });
}

/**
 * A set in which an addition wins over a concurrent removal: a removal takes away the additions that its replica knew. An element is present
 * for certain if some acknowledged addition was begun after all its removals had ended, and absent if each of its additions
 * was known to the replica of an acknowledged removal. Between the two either is right. O(n + pairs of additions and removals of one element).
 */
export function orSet(): Checker<Elements> {
  return replicated({ name: 'or-set', unordered: true, final: judged(addWins) });
}

/** An element's updates by row; failed ones left out. */
interface Updates {
  readonly adds: number[];
  readonly removes: number[];
  /** Reads that show it. */
  readonly reads: number[];
  readonly failed: number[];
}

/** A rule says of an element that must not be where it is, or not be absent: which operations prove it. */
type Rule = (columns: Columns, updates: Updates, present: boolean) => readonly number[];

function judged(rule: Rule): (columns: Columns, rows: readonly number[], read: number) => readonly Anomaly[] {
  return (columns, rows, read) => {
    const elements = updatesOf(columns, rows);
    const content = contentOf(columns, read);
    const present = new Set(content.map(identity));
    const anomalies = [...strangers(columns, elements, content, read)];
    for (const [name, updates] of elements) {
      const problem = misjudged(columns, rule, updates, present.has(name), read);
      if (problem) anomalies.push(problem);
    }
    return anomalies;
  };
}

/** Elements that are there twice, or that nobody added. */
function strangers(
  columns: Columns,
  elements: ReadonlyMap<unknown, Updates>,
  content: readonly unknown[],
  read: number,
): readonly Anomaly[] {
  const seen = new Set<unknown>();
  return content.flatMap((element) => {
    const name = identity(element);
    const again = seen.has(name);
    seen.add(name);
    if (again)
      return [
        anomaly(columns, 'duplicate', `The final read shows ${short(element)} twice.`, [read], [say(columns, read)]),
      ];
    const updates = elements.get(name);
    if (updates && updates.adds.length > 0) return [];
    const failed = updates?.failed.slice(0, 1) ?? [];
    const why = failed.length > 0 ? 'adding it had failed' : 'nobody added it';
    return [anomaly(columns, 'unexpected', `The final read shows ${short(element)}, but ${why}.`, [...failed, read])];
  });
}

/** What a read showed; nothing where it did not succeed. */
function contentOf(columns: Columns, row: number): readonly unknown[] {
  const content = columns.type[row] === OK ? shown(columns, row) : undefined;
  return Array.isArray(content) ? content : [];
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
    const message = `${element} was added and never removed, and is not there in the end.`;
    return anomaly(columns, 'lost', message, [acked, read], [say(columns, acked), say(columns, read)]);
  }
  const proof = rule(columns, updates, present);
  if (proof.length === 0) return undefined;
  const message = present
    ? `${element} is there in the end, though it was removed by somebody who knew of it.`
    : `${element} is not there in the end, though it was added after all that could have removed it.`;
  return anomaly(
    columns,
    present ? 'resurrected' : 'lost',
    message,
    [...proof, read],
    [...proof, read].map((row) => say(columns, row)),
  );
}

function updatesOf(columns: Columns, rows: readonly number[]): ReadonlyMap<unknown, Updates> {
  const elements = new Map<unknown, Updates>();
  const of = (element: unknown): Updates => {
    const name = identity(element);
    const updates = elements.get(name) ?? { adds: [], removes: [], reads: [], failed: [] };
    elements.set(name, updates);
    return updates;
  };
  for (const row of rows) {
    const f = columns.fNames[columns.f[row]];
    if (f === 'read') for (const element of contentOf(columns, row)) of(element).reads.push(row);
    else if (f === 'contains') {
      if (columns.type[row] === OK && shown(columns, row) === true) of(columns.input[row]).reads.push(row);
    } else if (columns.type[row] !== FAIL)
      (f === 'add' ? of(columns.input[row]).adds : of(columns.input[row]).removes).push(row);
    else if (f === 'add') of(columns.input[row]).failed.push(row);
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
      (add) => columns.type[add] === OK && removes.every((remove) => columns.end[remove] < columns.start[add]),
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

/** A read that shows the element, and a removal that began afterwards at the same replica: of the only addition there is, it knew. */
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

/** Reads that miss what their replica had acknowledged or shown before. */
function forgets(columns: Columns, rows: readonly number[]): readonly Anomaly[] {
  const anomalies: Anomaly[] = [];
  const known = new Map<number, Map<unknown, number>>();
  const begin = (row: number): void => {
    if (columns.fNames[columns.f[row]] !== 'read' || columns.type[row] !== OK) return;
    const before = known.get(replicaOf(columns, row));
    if (!before) return;
    const here = new Set(contentOf(columns, row).map(identity));
    if (before.size <= here.size && [...before.keys()].every((name) => here.has(name))) return;
    const [name, witness] = [...before].find(([element]) => !here.has(element)) as [unknown, number];
    const element = columns.fNames[columns.f[witness]] === 'add' ? columns.input[witness] : name;
    const steps = [`${say(columns, witness)} ended before ${say(columns, row)} began, at the same replica.`];
    anomalies.push(anomaly(columns, 'nonmonotonic-read', `A replica forgot ${short(element)}.`, [witness, row], steps));
  };
  const end = (row: number): void => {
    if (columns.type[row] !== OK) return;
    const replica = replicaOf(columns, row);
    const seen = known.get(replica) ?? new Map<unknown, number>();
    known.set(replica, seen);
    const content = columns.fNames[columns.f[row]] === 'add' ? [columns.input[row]] : contentOf(columns, row);
    for (const element of content) {
      if (!seen.has(identity(element))) seen.set(identity(element), row);
    }
  };
  sweep(columns, rows, begin, end);
  return anomalies;
}
