/**
 * Comments that are read without what they answer: a read shows a write, but not one that had ended before the other began. Serializable
 * systems may do so, strictly serializable ones may not.
 */
import type { Anomaly, Checker } from '../checker.ts';
import { type Columns, FAIL, OK } from '../history.ts';
import { anomaly, say, short, verdictOf } from './findings.ts';
import { identity } from './identity.ts';
import { type Timeline, timelines } from './timeline.ts';

/** A list of comments: `write` adds one, `read` answers all. */
export type Comments = {
  write(id: unknown): null;
  read(input: null): readonly unknown[];
};

/** Whether no read shows a write and misses an earlier one. Exact for that question, O(size of the reads). Keys are one list each. */
export function causalReverse(): Checker<Comments> {
  return {
    name: 'causal-reverse',
    check: ({ columns }) => verdictOf(timelines(columns).flatMap(judge)),
  };
}

function judge(timeline: Timeline): readonly Anomaly[] {
  const { columns, rows, inv, ret } = timeline;
  const writing = columns.fNames.indexOf('write');
  const writes = rows.filter((row) => columns.f[row] === writing && columns.type[row] !== FAIL);
  const first = new Map<unknown, number>();
  for (const row of writes) {
    const id = identity(columns.input[row]);
    if (!first.has(id)) first.set(id, row);
  }
  const acked = writes.filter((row) => columns.type[row] === OK).sort((a, b) => ret[a] - ret[b]);
  const anomalies: Anomaly[] = [];
  for (const read of rows) {
    const content = columns.output[read];
    if (columns.f[read] === writing || columns.type[read] !== OK || !Array.isArray(content)) continue;
    const shown = new Set((content as readonly unknown[]).map(identity));
    const missed = acked.find((row) => !shown.has(identity(columns.input[row])));
    const latest = [...shown].reduce((late: number, id) => {
      const row = first.get(id) ?? -1;
      return row >= 0 && (late < 0 || inv[row] > inv[late]) ? row : late;
    }, -1);
    if (missed === undefined || latest < 0 || ret[missed] > inv[latest]) continue;
    anomalies.push(reversed(columns, missed, latest, read));
  }
  return anomalies;
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
