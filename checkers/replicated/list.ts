/**
 * Replicated lists and texts: elements are distinct, are inserted and removed, and stay in one
 * order for ever. The strong list specification of Attiya, Burckhardt, Gotsman, Morrison,
 * Yang and Zawirski, "Specification and complexity of collaborative text editing", PODC 2016.
 */
import type { Anomaly, Checker, CycleEdge } from '../checker.ts';
import { type Columns, FAIL, OK } from '../history.ts';
import { baseless, type Deed, untimed, untimedReason } from '../monitors/begun.ts';
import { anomaly, say, short } from '../monitors/findings.ts';
import { identity } from '../monitors/identity.ts';
import { type ReplicatedType, replicated } from './convergence.ts';
import { shown } from './final-reads.ts';
import { knownTo } from './replica-order.ts';
import { untouchedElements } from './unanswered.ts';

/** A list of distinct elements. `insert` may name the element after which it puts its own, null for the beginning. */
export type ReplicatedList = {
  insert(input: { readonly value: unknown; readonly after?: unknown; readonly index?: number }): null;
  remove(value: unknown): null;
  read(input: null): readonly unknown[];
};

const INSERTED: Deed = { did: 'inserted it', doing: 'inserting it', to: 'insert it' };

/** What makes two values of a replicated list the same. */
export const sameLists = {
  silentNull: true,
  certain: untouchedElements((columns, row) =>
    columns.fNames[columns.f[row]] === 'remove' ? columns.input[row] : inserted(columns, row).value,
  ),
} as const;

/**
 * Whether replicas of a list agree in the end, on all that was inserted and not removed,
 * and whether all reads of all replicas at all times, removed elements included, fit into one
 * order. Where an element was inserted twice only agreement is judged, and whether it was shown
 * more often than anybody had begun to insert it; else unknown. O(total length of the reads).
 */
export function replicatedList(): Checker<ReplicatedList> {
  return replicated({
    name: 'list',
    ...sameLists,
    judge: (columns, rows, final) => {
      const stories = storiesOf(columns, rows);
      const made = madeUp(columns, rows, stories);
      const twice = [...stories.values()].find(({ inserts }) => inserts.length > 1);
      const unsure = twice
        ? `${short(inserted(columns, twice.inserts[0]).value)} was inserted twice`
        : untold(columns, stories);
      if (twice || made.length > 0) return { always: made, unsure };
      const read = final.at(-1);
      return {
        always: judgeOrder(columns, rows, stories),
        final: read === undefined ? [] : judgeContent(columns, stories, read),
        unsure,
      };
    },
  } satisfies ReplicatedType);
}

/**
 * The rows of an element's insertions, of attempts to remove it,
 * of reads that show it, and of an insertion that failed (-1 for none).
 */
interface Story {
  readonly inserts: number[];
  readonly removes: number[];
  readonly reads: number[];
  failed: number;
}

function storiesOf(columns: Columns, rows: readonly number[]): ReadonlyMap<unknown, Story> {
  const stories = new Map<unknown, Story>();
  const of = (element: unknown): Story => {
    const name = identity(element);
    const story = stories.get(name) ?? { inserts: [], removes: [], reads: [], failed: -1 };
    stories.set(name, story);
    return story;
  };
  for (const row of rows) {
    const f = columns.fNames[columns.f[row]];
    const failed = columns.type[row] === FAIL;
    if (f === 'read') for (const element of contentOf(columns, row)) of(element).reads.push(row);
    else if (f === 'remove') of(columns.input[row]).removes.push(...(failed ? [] : [row]));
    else if (failed) of(inserted(columns, row).value).failed = row;
    else of(inserted(columns, row).value).inserts.push(row);
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

/** Reads that show an element more often than anybody had begun to insert it: the first of each element and count. */
function madeUp(columns: Columns, rows: readonly number[], stories: ReadonlyMap<unknown, Story>): readonly Anomaly[] {
  const soonest = new Map<string, { readonly element: unknown; readonly row: number; readonly copies: number }>();
  for (const row of rows) {
    const counts = new Map<unknown, number>();
    if (columns.fNames[columns.f[row]] !== 'read') continue;
    for (const element of contentOf(columns, row)) {
      const name = identity(element);
      const copies = (counts.get(name) ?? 0) + 1;
      counts.set(name, copies);
      const place = `${copies} ${typeof name} ${String(name)}`;
      const before = soonest.get(place);
      if (!before || columns.end[row] < columns.end[before.row]) soonest.set(place, { element, row, copies });
    }
  }
  const told = new Set<unknown>();
  return [...soonest.values()].flatMap(({ element, row, copies }) => {
    const name = identity(element);
    const { inserts, failed } = stories.get(name) as Story;
    const shows = `A read shows ${short(element)}`;
    const problem = baseless(columns, INSERTED, shows, row, { begun: inserts, failed }, copies);
    if (!problem || told.has(name)) return [];
    told.add(name);
    return [problem];
  });
}

/** Why nobody can tell whether all elements were inserted before they were shown, where there is no real time. */
function untold(columns: Columns, stories: ReadonlyMap<unknown, Story>): string | undefined {
  if (columns.realTime) return undefined;
  for (const { inserts, failed, reads } of stories.values()) {
    const early = reads.find((row) => untimed(columns, { begun: inserts, failed }, row));
    if (early !== undefined) return untimedReason(columns, early);
  }
  return undefined;
}

function judgeContent(columns: Columns, stories: ReadonlyMap<unknown, Story>, read: number): readonly Anomaly[] {
  const content = new Set(contentOf(columns, read).map(identity));
  const anomalies: Anomaly[] = [];
  for (const [name, { inserts, removes, reads }] of stories) {
    const [insert] = inserts;
    if (insert === undefined) continue;
    const element = short(inserted(columns, insert).value);
    // A removal at a replica that did not know the element yet had nothing to remove.
    const witness = (row: number): number | undefined =>
      columns.type[row] === OK ? [insert, ...reads].find((known) => knownTo(columns, known, row)) : undefined;
    const removed = content.has(name) ? removes.find((row) => witness(row) !== undefined) : undefined;
    if (removed !== undefined) {
      const named = [...new Set([insert, witness(removed) as number, removed, read])];
      const steps = named.map((row) => say(columns, row));
      const message = `${element} is there in the end, though it was removed.`;
      anomalies.push(anomaly(columns, 'resurrected', message, named, steps));
    }
    if (content.has(name) || removes.length > 0 || columns.type[insert] !== OK) continue;
    const message = `${element} was inserted and never removed, and is missing at the end.`;
    anomalies.push(anomaly(columns, 'lost', message, [insert, read], [say(columns, insert), say(columns, read)]));
  }
  return anomalies;
}

/** One element right before another, and the row that says so. */
interface Adjacency {
  readonly from: number;
  readonly to: number;
  readonly row: number;
}

function judgeOrder(
  columns: Columns,
  rows: readonly number[],
  stories: ReadonlyMap<unknown, Story>,
): readonly Anomaly[] {
  const places = new Map<unknown, number>();
  const elements: unknown[] = [];
  const place = (element: unknown): number => {
    const before = places.get(identity(element)) ?? elements.push(element) - 1;
    places.set(identity(element), before);
    return before;
  };
  const steps = new Map<string, Adjacency>();
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
    for (let i = 1; i < content.length; i++) follows(content[i - 1], content[i], row);
  }
  const cycle = shortCycle(elements.length, [...steps.values()]);
  return cycle.length === 0 ? [] : [disorder(columns, elements, cycle, stories)];
}

/** Named with the elements' insertions: without them the reads would show what nobody inserted. */
function disorder(
  columns: Columns,
  elements: readonly unknown[],
  cycle: readonly Adjacency[],
  stories: ReadonlyMap<unknown, Story>,
): Anomaly {
  const names = cycle.map(({ from }) => short(elements[from]));
  const steps = cycle.map(
    ({ from, to, row }) => `${short(elements[from])} is before ${short(elements[to])}, says ${say(columns, row)}.`,
  );
  const message = `Reads disagree on the order of ${names.join(', ')}.`;
  const insertOf = (element: number): number | undefined => stories.get(identity(elements[element]))?.inserts[0];
  const inserts = cycle.flatMap(({ from }) => stories.get(identity(elements[from]))?.inserts ?? []);
  const edges = cycle.flatMap(({ from, to, row }, at): CycleEdge[] => {
    const [first, second] = [insertOf(from), insertOf(to)];
    if (first === undefined || second === undefined) return [];
    const edge = { from: columns.start[first], to: columns.start[second], kind: 'version', why: steps[at] } as const;
    return [row === second ? edge : { ...edge, via: [columns.start[row]] }];
  });
  const found = anomaly(columns, 'order-cycle', message, [...inserts, ...cycle.map(({ row }) => row)], steps);
  // An element of the initial list was inserted by no operation.
  return edges.length === cycle.length ? { ...found, cycle: edges } : found;
}

/** A shortest cycle through one of the steps that lie on any; empty where there is none. */
function shortCycle(count: number, steps: readonly Adjacency[]): readonly Adjacency[] {
  const leaving: Adjacency[][] = Array.from({ length: count }, () => []);
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
  let best: readonly Adjacency[] = [];
  for (const step of left) {
    const cycle = wayBack(leaving, step, best.length > 0 ? best.length : Number.POSITIVE_INFINITY);
    if (cycle.length > 0) best = cycle;
    if (best.length > 0 && (best.length === 2 || left.length > 1000)) break;
  }
  return best;
}

function wayBack(leaving: readonly (readonly Adjacency[])[], step: Adjacency, limit: number): readonly Adjacency[] {
  const reached = new Map<number, Adjacency>([[step.to, step]]);
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

function trail(reached: ReadonlyMap<number, Adjacency>, step: Adjacency): readonly Adjacency[] {
  const cycle: Adjacency[] = [];
  let by = reached.get(step.from) as Adjacency;
  for (; by !== step; by = reached.get(by.from) as Adjacency) cycle.unshift(by);
  return [step, ...cycle];
}
