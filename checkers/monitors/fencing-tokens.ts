/**
 * Fencing tokens, without which locks that expire are not safe: each lease
 * has a larger token, and the resource that it guards refuses smaller ones.
 */
import type { Anomaly, Checker, Verdict } from '../checker.ts';
import { type Columns, OK } from '../history.ts';
import { anomaly, say, verdictOf } from './findings.ts';
import { NO_REAL_TIME } from './real-time.ts';
import { type Timeline, timelines } from './timeline.ts';

/**
 * Whether later leases have larger tokens, no two holders the same, and the guarded resource never accepted a smaller
 * token after a larger one. Exact: leases, and accepted requests, can be ordered by token where none ended before one
 * with a smaller token began. Without real time only tokens that two processes hold are known to be wrong. O(n log n).
 *
 * `acquire` returns the token; requests to the resource are any other operations whose
 * input names a `token`, and `use` of a number. What a renewal returns is not judged.
 */
export function fencingTokens(): Checker {
  return {
    name: 'fencing-tokens',
    check({ columns }): Verdict {
      const verdict = verdictOf(timelines(columns).flatMap(judgeTokens));
      if (verdict.type === 'invalid' || columns.realTime) return verdict;
      return { type: 'unknown', reason: `${NO_REAL_TIME}, by which tokens grow` };
    },
  };
}

function judgeTokens(timeline: Timeline): readonly Anomaly[] {
  const { columns, rows } = timeline;
  const granted: Stamped[] = [];
  const accepted: Stamped[] = [];
  for (const row of rows) {
    if (columns.type[row] !== OK) continue;
    const f = columns.fNames[columns.f[row]];
    if (f === 'acquire') {
      const token = tokenOf(columns.output[row]);
      if (token !== undefined) granted.push({ row, token });
    } else if (f !== 'release' && f !== 'renew') {
      // A number alone may be anything: only the input of `use` is a token and nothing else.
      const input = columns.input[row];
      const token = typeof input === 'number' && f !== 'use' ? undefined : tokenOf(input);
      if (token !== undefined) accepted.push({ row, token });
    }
  }
  return [
    ...repeatedTokens(columns, granted),
    ...disordered(timeline, granted, 'nonmonotonic-token'),
    ...disordered(timeline, accepted, 'stale-fencing-token'),
  ];
}

interface Stamped {
  readonly row: number;
  readonly token: number;
}

function tokenOf(value: unknown): number | undefined {
  const token = typeof value === 'object' && value !== null ? (value as { token?: unknown }).token : value;
  return typeof token === 'number' ? token : undefined;
}

function repeatedTokens(columns: Columns, granted: readonly Stamped[]): readonly Anomaly[] {
  const first = new Map<number, number>();
  return granted.flatMap(({ row, token }) => {
    const before = first.get(token);
    first.set(token, before ?? row);
    // A holder that acquires again may get what it has.
    if (before === undefined || columns.process[before] === columns.process[row]) return [];
    const steps = [say(columns, before), say(columns, row)];
    return [anomaly(columns, 'duplicate-token', `Two holders have the token ${token}.`, [before, row], steps)];
  });
}

/** Whatever ended before something with a smaller token began. */
function disordered({ columns, inv, ret }: Timeline, stamped: readonly Stamped[], name: string): readonly Anomaly[] {
  const anomalies: Anomaly[] = [];
  const byToken = [...stamped].sort((a, b) => a.token - b.token || a.row - b.row);
  let latest: Stamped | undefined;
  let pending: Stamped | undefined;
  for (const one of byToken) {
    if (pending && pending.token < one.token) {
      if (!latest || inv[pending.row] > inv[latest.row]) latest = pending;
      pending = undefined;
    }
    if (latest && ret[one.row] < inv[latest.row]) {
      const message =
        name === 'stale-fencing-token'
          ? `The resource accepted the token ${latest.token} after it had accepted ${one.token}.`
          : `A lease has the token ${latest.token}, and an earlier one ${one.token}.`;
      const steps = [`${say(columns, one.row)} ended before ${say(columns, latest.row)} began.`];
      anomalies.push(anomaly(columns, name, message, [one.row, latest.row], steps));
    }
    if (!pending || inv[one.row] > inv[pending.row]) pending = one;
  }
  return anomalies;
}
