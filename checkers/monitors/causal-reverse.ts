/**
 * Comments that are read without the comments that they reply to: a read shows a write, but not one that
 * had ended before that one began. Serializable systems may do so, strictly serializable ones may not.
 */
import type { Anomaly, Checker, Verdict } from '../checker.ts';
import { type Columns, FAIL, OK } from '../history.ts';
import { baseless, WROTE } from './begun.ts';
import { anomaly, say, short, verdictOf } from './findings.ts';
import { identity } from './identity.ts';
import { NO_REAL_TIME } from './real-time.ts';
import { rowsByKey, type Timeline, timelines } from './timeline.ts';

/** A list of comments: `write` adds one, `read` returns all. */
export type Comments = {
  write(id: unknown): null;
  read(input: null): readonly unknown[];
};

/**
 * Whether no read shows a write and misses an earlier one, or shows one before anybody began
 * to make it. Exact for that question, O(size of the reads). Without real time a write is known
 * to be earlier in the same process only, and nothing is affirmed. Keys are one list each.
 */
export function causalReverse(): Checker<Comments> {
  return {
    name: 'causal-reverse',
    check({ columns }): Verdict {
      if (columns.realTime) return verdictOf(timelines(columns).flatMap(judge));
      const verdict = verdictOf(rowsByKey(columns).flatMap((rows) => judgeSessions(columns, rows)));
      return verdict.type === 'invalid' ? verdict : { type: 'unknown', reason: `${NO_REAL_TIME}, which it needs` };
    },
  };
}

function judge(timeline: Timeline): readonly Anomaly[] {
  const { columns, rows, inv, ret } = timeline;
  const { writes, first, reads } = partsOf(columns, rows);
  const acked = writes.filter((row) => columns.type[row] === OK).sort((a, b) => ret[a] - ret[b]);
  const anomalies: Anomaly[] = [];
  for (const read of reads) {
    const shown = shownBy(columns, read);
    const missed = acked.find((row) => !shown.has(identity(columns.input[row])));
    const latest = [...shown].reduce((late: number, id) => {
      const row = first.get(id) ?? -1;
      return row >= 0 && (late < 0 || inv[row] > inv[late]) ? row : late;
    }, -1);
    if (latest < 0) continue;
    const shows = `A read shows ${short(columns.input[latest])}`;
    const early = baseless(columns, WROTE, shows, read, { begun: [latest], failed: -1 });
    if (early) anomalies.push(early);
    else if (missed !== undefined && ret[missed] <= inv[latest])
      anomalies.push(reversed(columns, missed, latest, read));
  }
  return anomalies;
}

/** By the order within each process alone. */
function judgeSessions(columns: Columns, rows: readonly number[]): readonly Anomaly[] {
  const { writes, reads } = partsOf(columns, rows);
  const anomalies: Anomaly[] = [];
  for (const read of reads) {
    const shown = shownBy(columns, read);
    const missed = new Map<number, number>();
    for (const row of writes) {
      const before = missed.get(columns.process[row]);
      const here = shown.has(identity(columns.input[row]));
      if (here && before !== undefined) {
        anomalies.push(reversed(columns, before, row, read));
        break;
      }
      if (!here && columns.type[row] === OK) missed.set(columns.process[row], before ?? row);
    }
  }
  return anomalies;
}

interface Parts {
  /** Rows of writes that did not fail, and by what they write the first of them. */
  readonly writes: readonly number[];
  readonly first: ReadonlyMap<unknown, number>;
  readonly reads: readonly number[];
}

function partsOf(columns: Columns, rows: ArrayLike<number>): Parts {
  const writing = columns.fNames.indexOf('write');
  const writes: number[] = [];
  const first = new Map<unknown, number>();
  const reads: number[] = [];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (columns.f[row] === writing) {
      if (columns.type[row] === FAIL) continue;
      const id = identity(columns.input[row]);
      writes.push(row);
      if (!first.has(id)) first.set(id, row);
    } else if (columns.type[row] === OK && Array.isArray(columns.output[row])) reads.push(row);
  }
  return { writes, first, reads };
}

function shownBy(columns: Columns, read: number): ReadonlySet<unknown> {
  return new Set((columns.output[read] as readonly unknown[]).map(identity));
}

function reversed(columns: Columns, missed: number, latest: number, read: number): Anomaly {
  const [earlier, later] = [short(columns.input[missed]), short(columns.input[latest])];
  const steps = [
    `${say(columns, missed)} ended before ${say(columns, latest)} began.`,
    `${say(columns, read)} shows ${later} and not ${earlier}.`,
  ];
  const message = `A read shows ${later}, but not ${earlier}, which was written before.`;
  return anomaly(columns, 'causal-reverse', message, [missed, latest, read], steps);
}
