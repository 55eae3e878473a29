/**
 * Sets that only grow, with reads of all elements: exact, and linear in the sizes of the reads.
 *
 * Reads must be ordered by inclusion. The additions of what the smallest read shows come first, then
 * that read, then the additions of what the next larger one shows besides, and so on; acknowledged
 * additions that no read shows come last. The history is linearizable exactly when reads are so
 * ordered and nothing ended before something began that comes earlier in this order. An element that
 * was added several times counts as added once, from the first start to the first end. An addition
 * that was refused because the element was there counts as an end of adding it, at its own end.
 */
import type { Anomaly, Checker } from '../checker.ts';
import { type Columns, FAIL, OK } from '../history.ts';
import { type Elements, set } from '../models/set.ts';
import { ADDED, baseless } from './begun.ts';
import { anomaly, say, short } from './findings.ts';
import { identity } from './identity.ts';
import { type Additions, groupsOf, misplaced, orderOf, type Read } from './inclusion-order.ts';
import { type Finding, found, generally, type MonitorOptions, monitor, unsupportedOperations } from './monitor.ts';
import type { Timeline } from './timeline.ts';

/**
 * Whether a set that only grows is linearizable. Removals go to the general search. `model` says which failures are
 * observations; the set's own where none is given.
 */
export function growOnlySet(options: MonitorOptions = {}, model: typeof set = set): Checker<Elements> {
  return monitor('grow-only-set', (timeline) => judge(timeline, options), generally(model, options), model);
}

function judge(timeline: Timeline, options: MonitorOptions): Finding {
  const unsupported = unsupportedOperations(timeline, ['add', 'read']);
  if (unsupported) return unsupported;
  const anomalies: Anomaly[] = [];
  const additions = additionsOf(timeline, anomalies);
  const reads = readsOf(timeline, additions, anomalies);
  if (anomalies.length > 0) return found(anomalies);
  reads.sort((a, b) => a.elements.length - b.elements.length);
  const shownBy = new Int32Array(additions.first.length).fill(-1);
  const torn = chain(timeline, additions, reads, shownBy);
  if (torn) return found([torn]);
  const groups = groupsOf(additions, reads, shownBy);
  const late = misplaced(timeline, additions, groups, shownBy);
  if (late) return found([late]);
  if (!options.certificate || additions.again) return { type: 'valid' };
  return { type: 'valid', order: orderOf(timeline, groups, additions) };
}

function additionsOf(timeline: Timeline, anomalies: Anomaly[]): Additions {
  const { columns, rows, ret } = timeline;
  const add = columns.fNames.indexOf('add');
  const ids = new Map<unknown, number>();
  const first: number[] = [];
  const ended: number[] = [];
  const failed = new Map<unknown, number>();
  let again = false;
  for (const row of rows) {
    if (columns.f[row] !== add) continue;
    const element = identity(columns.input[row]);
    if (columns.type[row] === FAIL) {
      if (!timeline.refused(row)) failed.set(element, row);
      continue;
    }
    const done = columns.type[row] === OK ? row : -1;
    const id = ids.get(element);
    if (id === undefined) {
      ids.set(element, first.push(row) - 1);
      ended.push(done);
      continue;
    }
    again = true;
    if (done < 0) continue;
    if (ended[id] < 0 || ret[done] < ret[ended[id]]) ended[id] = done;
  }
  const found = rows.filter((row) => timeline.refused(row));
  const additions = { ids, first, ended, again: again || found.length > 0, failed };
  for (const row of found) noteRefusal(timeline, additions, row, anomalies);
  return additions;
}

/** Notes an addition that was refused because its element was there: by its end that had been added. */
function noteRefusal({ columns, ret }: Timeline, additions: Additions, row: number, anomalies: Anomaly[]): void {
  const { ids, ended } = additions;
  const id = ids.get(identity(columns.input[row]));
  const early = unfounded(columns, additions, columns.input[row], row);
  if (early || id === undefined) anomalies.push(...(early ? [early] : []));
  else if (ended[id] < 0 || ret[row] < ret[ended[id]]) ended[id] = row;
}

function readsOf({ columns, rows }: Timeline, additions: Additions, anomalies: Anomaly[]): Read[] {
  const add = columns.fNames.indexOf('add');
  const reads: Read[] = [];
  const stamp = new Int32Array(additions.first.length).fill(-1);
  for (const row of rows) {
    const content = columns.output[row];
    if (columns.f[row] === add || columns.type[row] !== OK) continue;
    if (!Array.isArray(content)) {
      anomalies.push(
        anomaly(columns, 'unexpected', `A read returned what is not a list: ${say(columns, row)}.`, [row]),
      );
      continue;
    }
    reads.push({ row, elements: elementsOf(columns, row, additions, stamp, anomalies) });
  }
  return reads;
}

/** The elements that a read shows, by place; `stamp` holds the last read that showed each. */
function elementsOf(
  columns: Columns,
  row: number,
  additions: Additions,
  stamp: Int32Array,
  anomalies: Anomaly[],
): readonly number[] {
  const elements: number[] = [];
  for (const element of columns.output[row] as readonly unknown[]) {
    const id = additions.ids.get(identity(element));
    if (id === undefined) {
      anomalies.push(unfounded(columns, additions, element, row) as Anomaly);
      continue;
    }
    if (stamp[id] === row) {
      const message = `A read shows ${short(element)} twice.`;
      anomalies.push(anomaly(columns, 'duplicate', message, [additions.first[id], row]));
    } else elements.push(id);
    stamp[id] = row;
  }
  return elements;
}

/** What is wrong with a read that shows an element, or a refusal that found it, when nobody had begun to add it. */
function unfounded(
  columns: Columns,
  { ids, first, failed }: Additions,
  element: unknown,
  row: number,
): Anomaly | undefined {
  const id = ids.get(identity(element));
  const origin = { begun: id === undefined ? [] : [first[id]], failed: failed.get(identity(element)) ?? -1 };
  const shows = columns.type[row] === FAIL ? 'An addition found' : 'A read shows';
  return baseless(columns, ADDED, `${shows} ${short(element)}`, row, origin);
}

/** Notes by which class of reads each element is first shown; returns two reads neither of which includes the other. */
function chain(
  { columns }: Timeline,
  additions: Additions,
  reads: readonly Read[],
  shownBy: Int32Array,
): Anomaly | undefined {
  let shown = 0;
  for (let at = 0; at < reads.length; at++) {
    const { row, elements } = reads[at];
    for (const element of elements) {
      if (shownBy[element] >= 0) continue;
      shownBy[element] = at;
      shown++;
    }
    if (shown === elements.length) continue;
    // An element is missing that an earlier read shows; that read is not larger, so it misses something too.
    const here = new Set(elements);
    const other = reads.findIndex((read) => read.elements.some((element) => !here.has(element)));
    const there = new Set(reads[other].elements);
    const onlyIn = (one: ReadonlySet<number>, two: ReadonlySet<number>): number =>
      additions.first[[...one].find((candidate) => !two.has(candidate)) as number];
    const [mine, theirs] = [onlyIn(here, there), onlyIn(there, here)];
    const message = `One read shows ${short(columns.input[mine])} and not ${short(columns.input[theirs])}, another the other way round.`;
    const steps = [say(columns, row), say(columns, reads[other].row)];
    return anomaly(columns, 'long-fork', message, [mine, theirs, row, reads[other].row], steps);
  }
  return undefined;
}
