/** A set judged by its last read alone. */
import type { Anomaly, Checker } from '../checker.ts';
import { type Columns, FAIL, OK } from '../history.ts';
import type { Elements } from '../models/set.ts';
import { anomaly, say, short, verdictOf } from './findings.ts';
import { identity } from './identity.ts';
import { rowsByKey } from './timeline.ts';

/**
 * Whether the last read shows every element that was in before it began, and none that nobody added, and each once. Elements whose
 * addition crashed may be there or not. Unknown where nothing was read after all. O(n). Keys are one set each.
 */
export function finalSet(): Checker<Elements> {
  return {
    name: 'set',
    check({ columns }) {
      const judged = rowsByKey(columns).map((rows) => judge(columns, rows));
      const verdict = verdictOf(judged.flatMap((anomalies) => anomalies ?? []));
      if (verdict.type === 'invalid' || !judged.includes(undefined)) return verdict;
      return { type: 'unknown', reason: 'the set was never read' };
    },
  };
}

function judge(columns: Columns, rows: readonly number[]): readonly Anomaly[] | undefined {
  const read = rows.findLast(
    (row) =>
      columns.type[row] === OK && columns.fNames[columns.f[row]] === 'read' && Array.isArray(columns.output[row]),
  );
  if (read === undefined) return undefined;
  const shown = new Map<unknown, number>();
  for (const element of columns.output[read] as readonly unknown[]) {
    shown.set(identity(element), (shown.get(identity(element)) ?? 0) + 1);
  }
  const anomalies: Anomaly[] = [];
  const attempted = new Set<unknown>();
  const lost = new Set<unknown>();
  for (const row of rows) {
    if (columns.type[row] === FAIL || columns.fNames[columns.f[row]] !== 'add') continue;
    const name = identity(columns.input[row]);
    attempted.add(name);
    const before = columns.type[row] === OK && columns.end[row] < columns.start[read];
    if (!before || shown.has(name) || lost.has(name)) continue;
    lost.add(name);
    const message = `The last read does not show ${short(columns.input[row])}, which was in before.`;
    anomalies.push(anomaly(columns, 'lost', message, [row, read], [say(columns, row), say(columns, read)]));
  }
  const told = new Set<unknown>();
  for (const element of columns.output[read] as readonly unknown[]) {
    const name = identity(element);
    if (told.has(name)) continue;
    told.add(name);
    if (!attempted.has(name)) {
      anomalies.push(
        anomaly(columns, 'unexpected', `The last read shows ${short(element)}, which nobody added.`, [read]),
      );
    } else if ((shown.get(name) as number) > 1) {
      anomalies.push(
        anomaly(columns, 'duplicate', `The last read shows ${short(element)} ${shown.get(name)} times.`, [read]),
      );
    }
  }
  return anomalies;
}
