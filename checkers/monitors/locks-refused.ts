/**
 * Acquisitions that were refused because a lock was held:
 * whether it can have been, where the holds themselves are right.
 */
import type { Anomaly } from '../checker.ts';
import { INFO, NEVER_COLUMN } from '../history.ts';
import { anomaly, say } from './findings.ts';
import type { Finding } from './monitor.ts';
import type { Timeline } from './timeline.ts';

/** An `acquire` that succeeded and what released it, by rows; -1 where nothing did. */
export interface Hold {
  readonly acquire: number;
  readonly release: number;
}

/**
 * A hold that takes effect in one gap and lasts into another (gap g follows
 * event g), and whether it is over before anything else happens in that one.
 */
interface Span extends Hold {
  readonly from: number;
  readonly to: number;
  readonly handed?: boolean;
}

/**
 * All refusals are right, with an order that shows it where
 * there are any; or what is wrong; or that it is undecided here.
 */
type Judged = { readonly type: 'right'; readonly order?: readonly number[] } | Exclude<Finding, { type: 'valid' }>;

/**
 * Judges the refusals of a lock. Exact for one permit; with more, `unsure`
 * where it depends on which of several holds lasted longer. O(n log n).
 */
export function judgeRefusals(timeline: Timeline, holds: readonly Hold[], permits: number): Judged {
  const refused = [...timeline.rows].filter(timeline.refused);
  if (refused.length === 0) return { type: 'right' };
  const { inv, ret } = timeline;
  const possible = permits === 1 ? widest(timeline, holds) : all(timeline, holds);
  const mayBeFull = fullGaps(timeline, possible, permits);
  const wrong = refused.find((row) => mayBeFull(inv[row]) >= ret[row]);
  if (wrong !== undefined) return { type: 'invalid', anomalies: [notHeld(timeline, possible, wrong)] };
  if (permits === 1) return { type: 'right', order: inOrder(timeline, possible, refused, mayBeFull) };
  const certain = holds.map((hold) => narrowest(timeline, hold));
  const isFull = fullGaps(timeline, certain, permits);
  if (refused.some((row) => isFull(inv[row]) >= ret[row]))
    return { type: 'unsure', reason: 'an acquire found the lock held, and whether it was depends on the order' };
  return { type: 'right', order: inOrder(timeline, certain, refused, isFull) };
}

/** The last gap at which a hold can last. */
function lastGap({ ret, size }: Timeline, { release }: Hold): number {
  return release < 0 || ret[release] === NEVER_COLUMN ? size : ret[release] - 1;
}

/** When a hold is certain: from the end of its acquire to the beginning of its release. */
function narrowest({ inv, ret, size }: Timeline, hold: Hold): Span {
  return { ...hold, from: ret[hold.acquire], to: hold.release < 0 ? size : inv[hold.release] - 1 };
}

function crashedAcquires({ columns, rows }: Timeline): readonly number[] {
  const acquire = columns.fNames.indexOf('acquire');
  return [...rows].filter((row) => columns.f[row] === acquire && columns.type[row] === INFO);
}

/** When each hold is possible at all; what a crashed acquire took is never released. */
function all(timeline: Timeline, holds: readonly Hold[]): readonly Span[] {
  const crashed = crashedAcquires(timeline).map((acquire) => ({ acquire, release: -1 }));
  return [...holds, ...crashed].map((hold) => ({
    ...hold,
    from: timeline.inv[hold.acquire],
    to: lastGap(timeline, hold),
  }));
}

/**
 * The holds of a lock of one permit, each as early and as long as the others allow:
 * no other order has the lock held at any gap at which this one has it free.
 * A crashed acquire comes after the last release, since nobody releases what it took.
 */
function widest(timeline: Timeline, holds: readonly Hold[]): readonly Span[] {
  const { inv, ret } = timeline;
  const sorted = [...holds].sort((a, b) => ret[a.acquire] - ret[b.acquire]);
  const last = sorted.at(-1);
  const crashed = last && lastGap(timeline, last) === timeline.size ? [] : crashedAcquires(timeline);
  if (crashed.length > 0) sorted.push({ acquire: crashed[0], release: -1 });
  const spans: Span[] = [];
  let from = sorted.length === 0 ? 0 : inv[sorted[0].acquire];
  for (const [i, hold] of sorted.entries()) {
    const after = sorted[i + 1];
    const end = lastGap(timeline, hold);
    // Where one may last until the next begins, it is handed over in the first gap in which both can be.
    const handed = after && end >= inv[after.acquire] ? Math.max(inv[hold.release], inv[after.acquire]) : undefined;
    spans.push({ ...hold, from, to: handed ?? end, handed: handed !== undefined });
    from = handed ?? (after ? inv[after.acquire] : end);
  }
  return spans;
}

/**
 * The first gap from a given one on at which as many hold as there are permits; beyond all gaps where there is none.
 */
function fullGaps({ size }: Timeline, spans: readonly Span[], permits: number): (from: number) => number {
  const change = new Int32Array(size + 2);
  for (const { from, to } of spans) {
    if (from > to) continue;
    change[from]++;
    change[to + 1]--;
  }
  const next = new Int32Array(size + 2).fill(NEVER_COLUMN);
  const full = new Uint8Array(size + 1);
  for (let gap = 0, depth = 0; gap <= size; gap++) {
    depth += change[gap];
    full[gap] = depth >= permits ? 1 : 0;
  }
  for (let gap = size; gap >= 0; gap--) next[gap] = full[gap] === 1 ? gap : next[gap + 1];
  return (from) => next[from];
}

/**
 * Acquires and releases where the spans have them, refusals where the lock
 * is full. In one gap what is handed over comes first, then refusals.
 */
function inOrder(
  timeline: Timeline,
  spans: readonly Span[],
  refused: readonly number[],
  full: (from: number) => number,
): readonly number[] {
  const steps: { row: number; gap: number; rank: number }[] = [];
  for (const { acquire, release, from, to, handed } of spans) {
    steps.push({ row: acquire, gap: from, rank: 1 });
    if (release >= 0) steps.push({ row: release, gap: to, rank: handed ? 0 : 3 });
  }
  for (const row of refused) steps.push({ row, gap: full(timeline.inv[row]), rank: 2 });
  return steps.sort((a, b) => a.gap - b.gap || a.rank - b.rank).map(({ row }) => row);
}

/** A refusal, and the holds that are possible during it: too few. */
function notHeld({ columns, inv, ret }: Timeline, spans: readonly Span[], row: number): Anomaly {
  const holding = spans.filter(({ from, to }) => from < ret[row] && to >= inv[row]);
  const steps = [
    say(columns, row),
    ...holding.map(({ acquire }) => `${say(columns, acquire)} may have held it then.`),
    holding.length === 0 ? 'No client can have held it then.' : 'No other client can have held it then.',
  ];
  const rows = [row, ...holding.flatMap(({ acquire, release }) => (release < 0 ? [acquire] : [acquire, release]))];
  return anomaly(
    columns,
    'false-held',
    'An acquire found the lock held though it was free all the while.',
    rows,
    steps,
  );
}
