import type { Message, RunPage } from './data.ts';
import type { Grouping } from './lanes.ts';
import type { Operations } from './operations.ts';
import { Store } from './store.ts';
import { around, clamped, type View } from './view.ts';

/** A run that is being looked at: what it was, and what of it is on the screen. */
export interface Run {
  readonly page: RunPage;
  readonly ops: Operations;
  readonly messages: Store<readonly Message[]>;
  /** All of the run's time. */
  readonly bounds: View;
  /** For each operation the number of the first anomaly that it proves, from one; 0 for none. */
  readonly marked: Uint8Array;
  /** The rows that are marked, ascending. */
  readonly markedRows: readonly number[];
  /** When anomalies were seen that are moments, in nanoseconds. */
  readonly momentsNs: readonly number[];
  readonly view: Store<View>;
  readonly grouping: Store<Grouping>;
  readonly search: Store<string>;
  /** The number of the only anomaly that the timeline shows; 0 where it shows all. */
  readonly only: Store<number>;
  /** The row of the selected operation, or -1. */
  readonly selected: Store<number>;
}

/** Sets out a run: everything in view, nothing selected. */
export function openRun(page: RunPage, ops: Operations): Run {
  const bounds = boundsOf(page, ops);
  const marked = markedBy(page, ops);
  return {
    page,
    ops,
    messages: new Store<readonly Message[]>([]),
    bounds,
    marked,
    markedRows: [...new Set(page.anomalies.flatMap(({ operations }) => operations))]
      .map((start) => ops.row(start))
      .filter((row) => row >= 0)
      .sort((a, b) => a - b),
    momentsNs: page.anomalies.flatMap(({ at }) => (at ? [at.ms * 1e6] : [])),
    view: new Store(bounds),
    grouping: new Store<Grouping>(foldable(page, ops) ? 'client' : 'process'),
    search: new Store(''),
    only: new Store(0),
    selected: new Store(-1),
  };
}

/** Whether processes are clients that went on under new numbers, as in every run of the harness with lost answers. */
export function foldable(page: RunPage, ops: Operations): boolean {
  const { worker, process } = ops.columns;
  return !worker.includes(-1) && process.some((one) => one >= page.setting.options.clients);
}

/** Selects an operation and brings it into the middle of the view. */
export function select(run: Run, row: number, move = true): void {
  run.selected.set(row);
  if (row < 0 || !move) return;
  run.view.set(around(run.ops.columns.startNs[row]!, run.ops.endNs(row), run.bounds));
}

/** Goes where a link points: `#op-12`, `#t-1234.5` in milliseconds, or an element of the page. */
export function follow(run: Run, hash: string): void {
  const [, what, number] = /^#(op|t)-(\d+(?:\.\d+)?)$/.exec(hash) ?? [];
  if (what === 'op') {
    const row = run.ops.row(Number(number));
    if (row >= 0) select(run, row);
  }
  if (what === 't') {
    const at = Number(number) * 1e6;
    const span = Math.min(run.view.value.to - run.view.value.from, 1e8);
    run.view.set(clamped({ from: at - span / 2, to: at + span / 2 }, run.bounds));
  }
  if (what) document.getElementById('timeline')?.scrollIntoView();
  const target = what ? null : document.getElementById(hash.slice(1));
  for (let part: Element | null = target; part; part = part.parentElement) {
    if (part instanceof HTMLDetailsElement) part.open = true;
  }
  target?.scrollIntoView();
}

function boundsOf(page: RunPage, ops: Operations): View {
  const ends = page.faults.map((fault) => fault.toMs * 1e6).filter(Number.isFinite);
  const to = Math.max(ops.length > 0 ? ops.toNs : 0, ...ends, page.healedMs * 1e6 || 0, 1e6);
  const from = ops.length > 0 ? Math.min(ops.fromNs, ...page.faults.map((fault) => fault.fromMs * 1e6)) : 0;
  const margin = (to - from) * 0.01;
  return { from: Math.max(from - margin, Math.min(from, 0)), to: to + margin };
}

function markedBy(page: RunPage, ops: Operations): Uint8Array {
  const marked = new Uint8Array(ops.length);
  page.anomalies.forEach((anomaly, place) => {
    for (const start of anomaly.operations) {
      const row = ops.row(start);
      if (row >= 0) marked[row] ||= Math.min(place + 1, 255);
    }
  });
  return marked;
}

/** The operations of one anomaly, as `marked` and `markedRows` have those of all. */
export function markedOf({ page, ops }: Run, number: number): Pick<Run, 'marked' | 'markedRows'> {
  const rows = (page.anomalies[number - 1]?.operations ?? []).map((start) => ops.row(start)).filter((row) => row >= 0);
  const marked = new Uint8Array(ops.length);
  for (const row of rows) marked[row] = 1;
  return { marked, markedRows: rows.sort((a, b) => a - b) };
}

/** How messages name this operation where it began what led to them. */
export function rootOf(run: Run, row: number): string {
  return `operation ${run.ops.columns.start[row]}`;
}
