/**
 * Replicated lists and texts: elements are distinct, are inserted and removed, and stay in one order for ever. The strong list specification
 * of Attiya, Burckhardt, Gotsman, Morrison, Yang and Zawirski, "Specification and complexity of collaborative text editing", PODC 2016.
 */
import type { Anomaly, Checker } from '../checker.ts';
import { type Columns, FAIL, OK } from '../history.ts';
import { anomaly, say, short } from '../monitors/findings.ts';
import { identity } from '../monitors/identity.ts';
import { replicated } from './convergence.ts';
import { shown } from './final-reads.ts';
import { knownTo } from './replica-order.ts';

/** A list of distinct elements. `insert` may name the element after which it puts its own, null for the beginning. */
export type ReplicatedList = {
  insert(input: { readonly value: unknown; readonly after?: unknown; readonly index?: number }): null;
  remove(value: unknown): null;
  read(input: null): readonly unknown[];
};

/**
 * Whether replicas of a list agree in the end, on all that was inserted and not removed, and whether all reads of all replicas at all
 * times, removed elements included, fit into one order. O(total length of the reads).
 */
export function replicatedList(): Checker<ReplicatedList> {
  return replicated({ name: 'list', needs: insertedTwice, final: judgeContent, always: judgeOrder });
}

/** The rows of an element's insertion (-1 for none), of attempts to remove it, and of reads that show it. */
interface Story {
  insert: number;
  readonly removes: number[];
  readonly reads: number[];
  failed: number;
}

function storiesOf(columns: Columns, rows: readonly number[]): ReadonlyMap<unknown, Story> {
  const stories = new Map<unknown, Story>();
  const of = (element: unknown): Story => {
    const name = identity(element);
    const story = stories.get(name) ?? { insert: -1, removes: [], reads: [], failed: -1 };
    stories.set(name, story);
    return story;
  };
  for (const row of rows) {
    const f = columns.fNames[columns.f[row]];
    const failed = columns.type[row] === FAIL;
    if (f === 'read') for (const element of contentOf(columns, row)) of(element).reads.push(row);
    else if (f === 'remove') of(columns.input[row]).removes.push(...(failed ? [] : [row]));
    else of(inserted(columns, row).value)[failed ? 'failed' : 'insert'] = row;
  }
  return stories;
}

function inserted(columns: Columns, row: number): { value: unknown; after?: unknown } {
  const input = columns.input[row];
  return typeof input === 'object' && input !== null && 'value' in input ? input : { value: input };
}

/** What a read showed; nothing where it did not succeed. */
function contentOf(columns: Columns, row: number): readonly unknown[] {
  const content = columns.type[row] === OK ? shown(columns, row) : undefined;
  return Array.isArray(content) ? content : [];
}

/** Elements must be distinct: one inserted twice may be in two places. */
function insertedTwice(columns: Columns, rows: readonly number[]): string | undefined {
  const seen = new Set<unknown>();
  for (const row of rows) {
    if (columns.fNames[columns.f[row]] !== 'insert' || columns.type[row] === FAIL) continue;
    const { value } = inserted(columns, row);
    if (seen.has(identity(value))) return `${short(value)} was inserted twice`;
    seen.add(identity(value));
  }
  return undefined;
}

function judgeContent(columns: Columns, rows: readonly number[], read: number): readonly Anomaly[] {
  const content = new Set(contentOf(columns, read).map(identity));
  const anomalies: Anomaly[] = [];
  for (const [name, { insert, removes, reads }] of storiesOf(columns, rows)) {
    if (insert < 0) continue;
    const element = short(inserted(columns, insert).value);
    // A removal at a replica that did not know the element yet had nothing to remove.
    const knew = (row: number): boolean => [insert, ...reads].some((known) => knownTo(columns, known, row));
    const removed = content.has(name) ? removes.find((row) => columns.type[row] === OK && knew(row)) : undefined;
    if (removed !== undefined) {
      const steps = [say(columns, insert), say(columns, removed), say(columns, read)];
      const message = `${element} is there in the end, though it was removed.`;
      anomalies.push(anomaly(columns, 'resurrected', message, [insert, removed, read], steps));
    }
    if (content.has(name) || removes.length > 0 || columns.type[insert] !== OK) continue;
    const message = `${element} was inserted and never removed, and is not there in the end.`;
    anomalies.push(anomaly(columns, 'lost', message, [insert, read], [say(columns, insert), say(columns, read)]));
  }
  return anomalies;
}

/** One element right before another, and the row that says so. */
interface Step {
  readonly from: number;
  readonly to: number;
  readonly row: number;
}

function judgeOrder(columns: Columns, rows: readonly number[]): readonly Anomaly[] {
  const stories = storiesOf(columns, rows);
  const places = new Map<unknown, number>();
  const elements: unknown[] = [];
  const place = (element: unknown): number => {
    const before = places.get(identity(element)) ?? elements.push(element) - 1;
    places.set(identity(element), before);
    return before;
  };
  const anomalies: Anomaly[] = [];
  const steps = new Map<string, Step>();
  const follows = (one: unknown, two: unknown, row: number): void => {
    const [from, to] = [place(one), place(two)];
    if (!steps.has(`${from} ${to}`)) steps.set(`${from} ${to}`, { from, to, row });
  };
  for (const row of rows) {
    if (columns.fNames[columns.f[row]] === 'insert' && columns.type[row] !== FAIL) {
      const { value, after } = inserted(columns, row);
      if (after !== undefined && after !== null) follows(after, value, row);
    }
    const content = columns.fNames[columns.f[row]] === 'read' ? contentOf(columns, row) : [];
    anomalies.push(...strangers(columns, stories, content, row));
    for (let i = 1; i < content.length; i++) follows(content[i - 1], content[i], row);
  }
  if (anomalies.length > 0) return anomalies;
  const cycle = shortCycle(elements.length, [...steps.values()]);
  return cycle.length === 0 ? [] : [circle(columns, elements, cycle)];
}

/** Elements of a read that nobody inserted, that were read before, or that are there twice. */
function strangers(
  columns: Columns,
  stories: ReadonlyMap<unknown, Story>,
  content: readonly unknown[],
  read: number,
): readonly Anomaly[] {
  const anomalies: Anomaly[] = [];
  const seen = new Set<unknown>();
  for (const element of content) {
    const name = identity(element);
    const { insert, failed } = stories.get(name) ?? { insert: -1, failed: -1 };
    if (seen.has(name))
      anomalies.push(
        anomaly(columns, 'duplicate', `A read shows ${short(element)} twice.`, [read], [say(columns, read)]),
      );
    seen.add(name);
    if (insert >= 0 && columns.start[insert] < columns.end[read]) continue;
    const why =
      insert >= 0
        ? 'before anybody began to insert it'
        : failed >= 0
          ? 'though inserting it had failed'
          : 'which nobody inserted';
    const rows = [read, ...[insert, failed].filter((row) => row >= 0)];
    anomalies.push(anomaly(columns, 'unexpected', `A read shows ${short(element)}, ${why}.`, rows));
  }
  return anomalies;
}

function circle(columns: Columns, elements: readonly unknown[], cycle: readonly Step[]): Anomaly {
  const names = cycle.map(({ from }) => short(elements[from]));
  const steps = cycle.map(
    ({ from, to, row }) => `${short(elements[from])} is before ${short(elements[to])}, says ${say(columns, row)}.`,
  );
  const message = `Reads disagree on the order of ${names.join(', ')}.`;
  return anomaly(
    columns,
    'order-cycle',
    message,
    cycle.map(({ row }) => row),
    steps,
  );
}

/** A shortest cycle through one of the steps that lie on any; empty where there is none. */
function shortCycle(count: number, steps: readonly Step[]): readonly Step[] {
  const leaving: Step[][] = Array.from({ length: count }, () => []);
  const entering = new Int32Array(count);
  for (const step of steps) {
    leaving[step.from].push(step);
    entering[step.to]++;
  }
  const free = [...entering.keys()].filter((at) => entering[at] === 0);
  for (let at = free.pop(); at !== undefined; at = free.pop()) {
    for (const { to } of leaving[at]) if (--entering[to] === 0) free.push(to);
  }
  // What is left lies on a cycle or behind one: some step leads back to where it began.
  const left = steps.filter(({ from, to }) => entering[from] > 0 && entering[to] > 0);
  let best: readonly Step[] = [];
  for (const step of left) {
    const cycle = wayBack(leaving, step, best.length > 0 ? best.length : Number.POSITIVE_INFINITY);
    if (cycle.length > 0) best = cycle;
    if (best.length > 0 && (best.length === 2 || left.length > 1000)) break;
  }
  return best;
}

function wayBack(leaving: readonly (readonly Step[])[], step: Step, limit: number): readonly Step[] {
  const reached = new Map<number, Step>([[step.to, step]]);
  let frontier = [step.to];
  for (let length = 1; frontier.length > 0 && length < limit; length++) {
    if (frontier.includes(step.from)) return trail(reached, step);
    const ahead: number[] = [];
    for (const next of frontier.flatMap((at) => leaving[at])) {
      if (reached.has(next.to)) continue;
      reached.set(next.to, next);
      ahead.push(next.to);
    }
    frontier = ahead;
  }
  return [];
}

function trail(reached: ReadonlyMap<number, Step>, step: Step): readonly Step[] {
  const cycle: Step[] = [];
  let by = reached.get(step.from) as Step;
  for (; by !== step; by = reached.get(by.from) as Step) cycle.unshift(by);
  return [step, ...cycle];
}
