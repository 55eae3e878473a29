/**
 * How a container is judged: values pair up, removals that found nothing are right,
 * and values come out in the container's order. What is left is what removals that never
 * returned may have done: each took one of the values that were never seen again, or nothing.
 */

import type { Anomaly, Checker } from '../checker.ts';
import { counted } from '../explain/grammar.ts';
import { type Api, INFO, NEVER_COLUMN, OK } from '../history.ts';
import type { Model } from '../model.ts';
import { type Contents, contentsOf } from './container.ts';
import { falseEmpties } from './empties.ts';
import { anomaly, say, short } from './findings.ts';
import { identity } from './identity.ts';
import { explains, type Finding, found, generally, type MonitorOptions, monitor } from './monitor.ts';
import type { Timeline } from './timeline.ts';

/** What is particular about a container. */
export interface Discipline {
  readonly name: string;
  readonly add: string;
  readonly remove: string;
  /** What is wrong with the order in which values come out; at least the first that is. */
  readonly disorder: (contents: Contents) => readonly Anomaly[];
  /**
   * Whether `disorder` takes into account what removals that never
   * returned may have done; otherwise `hides` is used for that.
   */
  readonly knowsPending?: boolean;
  /**
   * Whether a value that is inside while another comes out would have had to come out first:
   * by places. Called for values that were inside before the other began to come out.
   */
  readonly hides?: (contents: Contents, inside: number, out: number) => boolean;
  /** An order that explains contents in which nothing is wrong, by rows, and a fresh container to replay it on. */
  readonly order?: (contents: Contents) => readonly number[] | undefined;
  readonly replay?: () => Container;
}

/** A container to replay orders on; `take` returns null where nothing is inside. */
export interface Container {
  put(value: unknown): void;
  take(): unknown;
}

/** The monitor of a container. */
export function containerMonitor<A extends Api, S>(
  discipline: Discipline,
  model: Model<A, S>,
  options: MonitorOptions,
): Checker<A> {
  return monitor<A>(
    discipline.name,
    (timeline) => judgeContainer(discipline, timeline, options),
    generally(model, options),
    model,
  );
}

/**
 * Judges a container. If the history holds without the help of crashed removals, or with each taking the value that had
 * to be removed soonest, it holds. If more values had to be removed than removals crashed in time, or if it fails
 * even where a crashed removal may remove any remaining element, it fails. Otherwise the general search decides.
 */
export function judgeContainer(discipline: Discipline, timeline: Timeline, options: MonitorOptions = {}): Finding {
  const contents = contentsOf(timeline, discipline.add, discipline.remove);
  if ('type' in contents) return contents;
  const wrong = (some: Contents): readonly Anomaly[] => [...falseEmpties(some), ...discipline.disorder(some)];
  const holds = (some: Contents): Finding => valid(discipline, some, options);
  if (contents.pending.length === 0 || discipline.knowsPending) {
    const anomalies = wrong(contents);
    return anomalies.length > 0 ? found(anomalies) : holds(inOrder(contents));
  }
  if (wrong({ ...contents, pending: [] }).length === 0) return holds({ ...contents, pending: [] });
  const urgent = urgentValues(discipline, contents);
  const missing = unaccounted(contents, urgent);
  if (missing) return found([missing]);
  if (wrong(taken(contents, urgent)).length === 0) return holds(taken(contents, urgent));
  const helped = wrong(generous(contents));
  if (helped.length > 0) return found(helped);
  return { type: 'unsure', reason: `"${discipline.remove}" crashed, and may have taken a value with it` };
}

/**
 * A value that was never seen again, by when it must be gone, the row
 * of the removal that says so, and the value that came out by it.
 */
interface Urgent {
  readonly value: number;
  readonly deadline: number;
  readonly because: number;
  readonly out: number;
}

/** How many values that never came out are looked at one by one. */
const LOOKED_AT = 20_000_000;

/**
 * The values that must be gone, the most urgent first: something came out that they hide, or a removal found nothing.
 */
function urgentValues(discipline: Discipline, contents: Contents): readonly Urgent[] {
  const { timeline, count, addRet, removeRow, removeInv, removeRet, empties } = contents;
  const { inv, ret } = timeline;
  const urgent: Urgent[] = [];
  let looks = 0;
  for (let value = 0; value < count; value++) {
    if (removeRow[value] >= 0) continue;
    let deadline = NEVER_COLUMN;
    let because = -1;
    let taken = -1;
    const consider = (end: number, row: number, out: number): void => {
      if (end >= deadline) return;
      deadline = end;
      because = row;
      taken = out;
    };
    for (const row of empties) if (inv[row] > addRet[value]) consider(ret[row], row, -1);
    for (let out = 0; out < count && looks < LOOKED_AT; out++, looks++) {
      if (removeRow[out] < 0 || removeInv[out] < addRet[value] || removeRet[out] >= deadline) continue;
      if (discipline.hides?.(contents, value, out)) consider(removeRet[out], removeRow[out], out);
    }
    if (because >= 0) urgent.push({ value, deadline, because, out: taken });
  }
  return urgent.sort((a, b) => a.deadline - b.deadline);
}

/** The first value for which no crashed removal is left that began in time, with all that are more urgent. */
function unaccounted(contents: Contents, urgent: readonly Urgent[]): Anomaly | undefined {
  const { timeline, addRow, pending } = contents;
  const { columns, inv } = timeline;
  const at = urgent.findIndex(({ deadline }, i) => i >= pending.length || inv[pending[i]] >= deadline);
  if (at < 0) return undefined;
  const all = urgent.slice(0, at + 1);
  const crashed = pending.slice(0, at);
  const name = short(columns.input[addRow[urgent[at].value]]);
  const steps = all.slice(-8).map(({ value, because }) => {
    return `${short(columns.input[addRow[value]])} went in with ${say(columns, addRow[value])}, and must have been gone by ${say(columns, because)}.`;
  });
  steps.push(`Only ${counted(crashed.length, 'removal')} had crashed that can have taken them.`);
  const rows = all.flatMap(({ value, because, out }) => [addRow[value], because, ...(out < 0 ? [] : [addRow[out]])]);
  const message = `${name} went in, was never seen again, and was not there any more.`;
  return anomaly(columns, 'lost', message, [...rows, ...crashed], steps);
}

/** The crashed removals took the urgent values, in order. */
function taken(contents: Contents, urgent: readonly Urgent[]): Contents {
  const { timeline, addInv, pending } = contents;
  const removeInv = contents.removeInv.slice();
  const removeRow = contents.removeRow.slice();
  urgent.forEach(({ value }, i) => {
    removeInv[value] = Math.max(timeline.inv[pending[i]], addInv[value]);
    removeRow[value] = pending[i];
  });
  return { ...contents, removeInv, removeRow, pending: [] };
}

/** The crashed removals took what never came out, in the order in which it was in. */
function inOrder(contents: Contents): Contents {
  const { count, addRet, removeRow, pending } = contents;
  if (pending.length === 0) return contents;
  const left = Array.from({ length: count }, (_, v) => v).filter((v) => removeRow[v] < 0);
  left.sort((a, b) => addRet[a] - addRet[b]);
  const some = left.slice(0, pending.length);
  return taken(
    contents,
    some.map((value) => ({ value, deadline: 0, because: -1, out: -1 })),
  );
}

/** Valid, with an order that was replayed where one was asked for. */
function valid({ order, replay }: Discipline, contents: Contents, { certificate }: MonitorOptions): Finding {
  const rows = certificate ? order?.(contents) : undefined;
  const container = replay?.();
  if (!rows || !container) return { type: 'valid' };
  const { columns } = contents.timeline;
  const adding = new Set(contents.addRow);
  const legal = (row: number): boolean => {
    if (adding.has(row)) container.put(columns.input[row]);
    const out = adding.has(row) ? undefined : container.take();
    if (adding.has(row) || columns.type[row] === INFO) return true;
    return identity(out) === (columns.type[row] === OK ? identity(columns.output[row]) : null);
  };
  if (!explains(contents.timeline, rows, legal))
    throw new Error('a container was judged valid but its order does not replay');
  return { type: 'valid', order: rows };
}

/** Treats a crashed removal as able to remove any remaining element from its invocation on. */
function generous(contents: Contents): Contents {
  const { timeline, pending, addInv, removeRow } = contents;
  const [thief] = pending;
  const first = timeline.inv[thief];
  return {
    ...contents,
    removeInv: contents.removeInv.map((began, v) => (removeRow[v] < 0 ? Math.max(first, addInv[v]) : began)),
    removeRow: removeRow.map((row) => (row < 0 ? thief : row)),
    pending: [],
  };
}
