/**
 * Sets with `add`, `remove` and `contains`, where every element
 * is added at most once and removed at most once: exact and O(n).
 *
 * Elements are independent objects. An element is present from its addition on, and until its removal
 * unless that came first (removing what is not there changes nothing). An addition that was refused
 * because the element was there is a positive observation, a removal that was refused because it was
 * not is a negative one. Let the addition take effect as late and the removal as early as the positive
 * observations allow: if the two then leave a window, no negative observation may lie inside it.
 */
import type { Anomaly, Checker } from '../checker.ts';
import { FAIL, type History, INFO, NEVER_COLUMN, OK } from '../history.ts';
import { historyOf } from '../history-builder.ts';
import { type Elements, set } from '../models/set.ts';
import { anomaly, say, short } from './findings.ts';
import { canonical, identity } from './identity.ts';
import { type Finding, found, generally, type MonitorOptions, monitor, unsupportedOperations } from './monitor.ts';
import { fewest } from './shrink.ts';
import type { Timeline } from './timeline.ts';

/** Whether such a set is linearizable. Elements added or removed twice, and whole reads, go to the general search. */
export function elementSet(options: MonitorOptions = {}): Checker<Elements> {
  const search = generally(set, options);
  return monitor(
    'element-set',
    judge,
    {
      name: search.name,
      check: (history) => search.check(history.columns.fNames.includes('read') ? history : byElement(history)),
    },
    set,
  );
}

/** Each element as an object of its own, which a search decides far sooner. */
function byElement(history: History<Elements>): History<Elements> {
  return historyOf([...history].map((operation) => ({ ...operation, key: canonical(operation.input) })));
}

/** An element's operations by row; -1 where there is none. */
interface ElementOperations {
  add: number;
  remove: number;
  readonly failed: number[];
  /**
   * What said that the element was there, or was not: outputs of `contains`, additions and removals that were refused.
   */
  readonly yes: number[];
  readonly no: number[];
}

function judge(timeline: Timeline): Finding {
  const unsupported = unsupportedOperations(timeline, ['add', 'remove', 'contains']);
  if (unsupported) return unsupported;
  const { rows } = timeline;
  const elements = new Map<unknown, ElementOperations>();
  for (const row of rows) {
    const again = noteOperation(timeline, row, elements);
    if (again) return again;
  }
  const wrong = [...elements.values()].filter((operations) => !possible(timeline, operations));
  return found(wrong.map((operations) => shrunk(timeline, operations)));
}

/** Notes an operation among those of its element. */
function noteOperation(
  { columns, refused }: Timeline,
  row: number,
  elements: Map<unknown, ElementOperations>,
): Finding | undefined {
  const name = identity(columns.input[row]);
  const operations = elements.get(name) ?? { add: -1, remove: -1, failed: [], yes: [], no: [] };
  elements.set(name, operations);
  const f = columns.fNames[columns.f[row]] as 'add' | 'remove' | 'contains';
  if (f === 'contains') {
    if (columns.type[row] === OK) (columns.output[row] === true ? operations.yes : operations.no).push(row);
  } else if (refused(row)) (f === 'add' ? operations.yes : operations.no).push(row);
  else if (columns.type[row] === FAIL) operations.failed.push(row);
  else if (operations[f] >= 0) return { type: 'unsure', reason: `${f}(${short(columns.input[row])}) twice` };
  else operations[f] = row;
  return undefined;
}

/** Whether some choice of which crashed updates happened, in some order of the two, explains the observations. */
function possible(timeline: Timeline, operations: ElementOperations): boolean {
  const { columns } = timeline;
  const optional = (row: number): readonly number[] => (row >= 0 && columns.type[row] === INFO ? [row, -1] : [row]);
  return optional(operations.add).some((add) =>
    optional(operations.remove).some((remove) => {
      if (add < 0) return operations.yes.length === 0;
      if (fromThenOn(timeline, operations, add, remove)) return true;
      return remove >= 0 && between(timeline, operations, add, remove);
    }),
  );
}

/** Present from the addition on, the removal (if any) before it. */
function fromThenOn({ inv, ret }: Timeline, { yes, no }: ElementOperations, add: number, remove: number): boolean {
  let earliest = remove < 0 ? inv[add] : Math.max(inv[add], inv[remove]);
  let latest = ret[add];
  for (const row of no) earliest = Math.max(earliest, inv[row]);
  for (const row of yes) latest = Math.min(latest, ret[row]);
  return earliest < latest;
}

/** Present between the addition and the removal. */
function between({ inv, ret }: Timeline, { yes, no }: ElementOperations, add: number, remove: number): boolean {
  let from = Math.min(ret[add], ret[remove]);
  let to = Math.max(inv[remove], inv[add]);
  for (const row of yes) {
    from = Math.min(from, ret[row]);
    to = Math.max(to, inv[row]);
  }
  if (from < inv[add] || to > ret[remove]) return false;
  return !no.some((row) => from < inv[row] && ret[row] < to);
}

/** The fewest observations that cannot all be right. */
function shrunk(timeline: Timeline, operations: ElementOperations): Anomaly {
  const { columns, inv, ret } = timeline;
  const answers = [...operations.yes, ...operations.no].sort((a, b) => a - b);
  const few = fewest(answers, (rows) => {
    const kept = new Set(rows);
    return !possible(timeline, {
      ...operations,
      yes: operations.yes.filter((row) => kept.has(row)),
      no: operations.no.filter((row) => kept.has(row)),
    });
  });
  const element = short(columns.input[answers[0]]);
  const updates = [operations.add, operations.remove].filter((row) => row >= 0);
  const rows = updates.length > 0 ? [...updates, ...few] : [...operations.failed.slice(0, 1), ...few];
  const steps = [...rows].sort((a, b) => a - b).map((row) => say(columns, row));
  if (operations.add < 0)
    return anomaly(columns, 'unexpected', `${element} is said to be in the set, but it was never added.`, rows, steps);
  const removed = operations.remove >= 0 ? ret[operations.remove] : NEVER_COLUMN;
  const back = few.some((row) => operations.yes.includes(row) && inv[row] > removed);
  const gone = few.some((row) => operations.no.includes(row)) && !back;
  const name = back ? 'resurrected' : gone && operations.remove < 0 ? 'lost' : 'stale-read';
  const message = back
    ? `${element} is in the set again after it was removed.`
    : `The answers about ${element} fit no moment at which it was added${operations.remove < 0 ? '' : ' and removed'}.`;
  return anomaly(columns, name, message, rows, steps);
}
