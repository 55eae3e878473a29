/** What operations on a list say of its elements: who inserted, removed and showed them, and in which order. */
import type { Anomaly, CycleEdge } from '../checker.ts';
import { type Columns, FAIL, OK } from '../history.ts';
import { anomaly, say, short } from '../monitors/findings.ts';
import { identity } from '../monitors/identity.ts';
import { around } from './difference.ts';
import { shown } from './final-reads.ts';

/**
 * The rows of an element's insertions, of attempts to remove it,
 * of reads that show it, and of an insertion that failed (-1 for none).
 */
export interface Story {
  readonly element: unknown;
  readonly inserts: number[];
  readonly removes: number[];
  readonly reads: number[];
  failed: number;
}

/** The story of each element. */
export function storiesOf(columns: Columns, rows: readonly number[]): ReadonlyMap<unknown, Story> {
  const stories = new Map<unknown, Story>();
  const of = (element: unknown): Story => {
    const name = identity(element);
    const story = stories.get(name) ?? { element, inserts: [], removes: [], reads: [], failed: -1 };
    stories.set(name, story);
    return story;
  };
  for (const row of rows) {
    const f = columns.fNames[columns.f[row]];
    const failed = columns.type[row] === FAIL;
    if (f === 'read') for (const element of contentOf(columns, row)) of(element).reads.push(row);
    else if (f === 'insert')
      tellInsertion(
        inserted(columns, row).map(({ value }) => of(value)),
        row,
        failed,
      );
    else if (!failed) for (const element of removed(columns, row)) of(element).removes.push(row);
  }
  return stories;
}

function tellInsertion(stories: readonly Story[], row: number, failed: boolean): void {
  for (const story of stories) {
    if (failed) story.failed = row;
    else story.inserts.push(row);
  }
}

/** What an operation inserts, and after what: of a run each element after the one before it. */
export function inserted(
  columns: Columns,
  row: number,
): readonly { readonly value: unknown; readonly after?: unknown }[] {
  const input = columns.input[row] as { readonly after?: unknown };
  const run = runIn(input);
  if (run) return run.map((value, at) => ({ value, after: at === 0 ? input.after : run[at - 1] }));
  return [
    typeof input === 'object' && input !== null && 'value' in input ? (input as { value: unknown }) : { value: input },
  ];
}

/** The elements that an operation removes: one, or those of a range. */
export function removed(columns: Columns, row: number): readonly unknown[] {
  return runIn(columns.input[row]) ?? [columns.input[row]];
}

/** Several elements that an operation names at once, as a text is typed and cut: `{ values }`. */
function runIn(input: unknown): readonly unknown[] | undefined {
  const values = (input as { readonly values?: unknown } | null | undefined)?.values;
  return Array.isArray(values) ? values : undefined;
}

/** What a read showed; nothing where it did not succeed. */
export function contentOf(columns: Columns, row: number): readonly unknown[] {
  const content = columns.type[row] === OK ? shown(columns, row) : undefined;
  return Array.isArray(content) ? content : [];
}

/** One element right before another, and the row that says so. */
interface Adjacency {
  readonly from: number;
  readonly to: number;
  readonly row: number;
}

/** What reads and insertions disagree on: a cycle of elements each of which is before the next. */
export function judgeOrder(
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
      for (const { value, after } of inserted(columns, row))
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
  const steps = cycle.map(({ from, to, row }) => {
    const [first, second] = [elements[from], elements[to]];
    return `${short(first)} is before ${short(second)} in ${placeOf(columns, row, [first, second])}.`;
  });
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

/** A read as text, cut around these elements; of an insertion all of it. */
function placeOf(columns: Columns, row: number, elements: readonly unknown[]): string {
  if (columns.fNames[columns.f[row]] !== 'read') return say(columns, row);
  const { process, start } = columns;
  return `the read of process ${process[row]}: ${around(contentOf(columns, row), elements)} (operation ${start[row]})`;
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
