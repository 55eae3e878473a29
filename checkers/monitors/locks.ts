/**
 * Locks of one or several holders, in linear time.
 *
 * A process certainly holds the lock from the end of its `acquire` to the beginning of its `release`,
 * or for ever. A history is linearizable exactly when never more holds than permits are certain at once:
 * then acquiring at the end of each `acquire` and releasing at the beginning of each `release` explains
 * it; and otherwise there is a moment at which more have acquired than released, whatever the order.
 * An `acquire` that crashed need not have happened, a `release` that crashed may have at once.
 *
 * An `acquire` that was refused needs a moment of its interval at which as many hold as there are permits:
 * there surely is one where so many holds are certain, and there is none where fewer are possible.
 * With one permit, all that is possible is so at once: acquiring as early and releasing as late as the
 * others' intervals allow (locks-refused.ts). With more, the general search decides what lies between.
 */
import type { Checker } from '../checker.ts';
import { FAIL, INFO, NEVER_COLUMN, OK } from '../history.ts';
import type { Mutex } from '../models/mutex.ts';
import { semaphore } from '../models/semaphore.ts';
import { anomaly, say } from './findings.ts';
import { type Hold, judgeRefusals } from './locks-refused.ts';
import {
  explains,
  type Finding,
  found,
  generally,
  type MonitorOptions,
  monitor,
  unsupportedOperations,
} from './monitor.ts';
import type { Timeline } from './timeline.ts';

/** How to judge a lock. */
export interface LockOptions extends MonitorOptions {
  /**
   * Whether only a holder may release. Without it a release by a process that does
   * not hold the lock is left to the general search, in which any process may release.
   */
  readonly owned?: boolean;
}

/** Whether a lock of one holder is linearizable; see `semaphoreOf`. */
export function mutualExclusion(options: LockOptions = {}): Checker<Mutex> {
  return lock('mutex', 1, options);
}

/**
 * Whether a lock of `permits` holders at once is linearizable.
 * Exact, O(n), where each `release` is by a process that holds it.
 */
export function semaphoreOf(permits: number, options: LockOptions = {}): Checker<Mutex> {
  return lock('semaphore', permits, options);
}

function lock(name: string, permits: number, options: LockOptions): Checker<Mutex> {
  const model = semaphore(permits);
  return monitor(name, (timeline) => judge(timeline, permits, options), generally(model, options), model);
}

function judge(timeline: Timeline, permits: number, options: LockOptions): Finding {
  const unsupported = unsupportedOperations(timeline, ['acquire', 'release']);
  if (unsupported) return unsupported;
  const { columns, size, inv, ret } = timeline;
  const { holds, groundless } = holdsOf(timeline);
  const [baseless] = options.owned ? groundless.filter((row) => columns.type[row] === OK) : groundless;
  if (baseless !== undefined) return notHeld(timeline, baseless, options);
  const certain = new Int32Array(size + 1);
  for (const { acquire, release } of holds) {
    certain[ret[acquire]]++;
    if (release >= 0) certain[inv[release]]--;
  }
  for (let time = 0, depth = 0; time < size; time++) {
    depth += certain[time];
    if (depth > permits) return crowded(timeline, holds, time, permits);
  }
  const refusals = judgeRefusals(timeline, holds, permits);
  if (refusals.type !== 'right') return refusals;
  const order = options.certificate
    ? replayed(timeline, refusals.order ?? orderOf(timeline, holds), permits)
    : undefined;
  return { type: 'valid', ...(order ? { order } : {}) };
}

/** Each `acquire` that succeeded with the process's next `release`, and the releases by processes that held nothing. */
function holdsOf({ columns, rows }: Timeline): { holds: readonly Hold[]; groundless: readonly number[] } {
  const acquire = columns.fNames.indexOf('acquire');
  const holds: (Hold & { release: number })[] = [];
  const groundless: number[] = [];
  const open = new Map<number, readonly (Hold & { release: number })[]>();
  for (const row of rows) {
    const type = columns.type[row];
    const process = columns.process[row];
    const held = open.get(process) ?? [];
    if (type === FAIL || (type === INFO && columns.f[row] === acquire)) continue;
    if (columns.f[row] === acquire) {
      const hold = { acquire: row, release: -1 };
      holds.push(hold);
      open.set(process, [...held, hold]);
    } else if (held.length === 0) groundless.push(row);
    else {
      held[0].release = row;
      open.set(process, held.slice(1));
    }
  }
  return { holds, groundless };
}

function notHeld({ columns }: Timeline, row: number, { owned }: LockOptions): Finding {
  if (!owned) return { type: 'unsure', reason: `a process released what it did not hold: ${say(columns, row)}` };
  const message = `${say(columns, row)} succeeded, though process ${columns.process[row]} did not hold the lock.`;
  return found([anomaly(columns, 'not-held', message, [row])]);
}

function crowded({ columns, inv, ret }: Timeline, holds: readonly Hold[], time: number, permits: number): Finding {
  const leaves = (hold: Hold): number => (hold.release < 0 ? NEVER_COLUMN : inv[hold.release]);
  const held = holds.filter((hold) => ret[hold.acquire] <= time && leaves(hold) > time).slice(-permits - 1);
  const steps = held.map((hold) => {
    const until =
      hold.release < 0 ? 'was never released' : `was not released before ${say(columns, hold.release)} began`;
    return `${say(columns, hold.acquire)} had ended, and ${until}.`;
  });
  const rows = held.flatMap((hold) => (hold.release < 0 ? [hold.acquire] : [hold.acquire, hold.release]));
  const message =
    permits === 1 ? 'Two held the lock at once.' : `${held.length} held a lock of ${permits} permits at once.`;
  return found([anomaly(columns, 'mutual-exclusion', message, rows, steps)]);
}

/** Acquired at the end, released at the beginning: the order that the theorem promises. */
function orderOf(timeline: Timeline, holds: readonly Hold[]): readonly number[] {
  const at: number[] = [];
  for (const { acquire, release } of holds) {
    at[timeline.ret[acquire]] = acquire;
    if (release >= 0) at[timeline.inv[release]] = release;
  }
  return at.filter((row) => row !== undefined);
}

/** The order, replayed. */
function replayed(timeline: Timeline, order: readonly number[], permits: number): readonly number[] {
  const { columns } = timeline;
  const acquiring = columns.fNames.indexOf('acquire');
  let holders = 0;
  const legal = (row: number): boolean => {
    if (columns.type[row] === FAIL) return holders === permits;
    holders += columns.f[row] === acquiring ? 1 : -1;
    return holders >= 0 && holders <= permits;
  };
  if (!explains(timeline, order, legal))
    throw new Error('a lock history was judged valid but its order does not replay');
  return order;
}
