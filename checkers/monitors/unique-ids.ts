import type { Checker } from '../checker.ts';
import { type History, OK } from '../history.ts';
import { anomaly, say, short, verdictOf } from './findings.ts';
import { identity } from './identity.ts';

/** A source of identifiers, each of which it gives out once. */
export type UniqueIds = { generate(input: null): unknown };

/**
 * Whether no identifier was given out twice, whatever the key. Exact,
 * O(n). Operations that crashed may have used an identifier up, which is allowed.
 */
export function uniqueIds(): Checker<UniqueIds> {
  return {
    name: 'unique-ids',
    check(history) {
      const { columns } = history;
      const twice = [...givenOut(history)].filter(([, rows]) => rows.length > 1);
      return verdictOf(
        twice.map(([, rows]) => {
          const id = short(columns.output[rows[0]]);
          const message = `The id ${id} was given out ${rows.length} times.`;
          return anomaly(
            columns,
            'duplicate-id',
            message,
            rows.slice(0, 2),
            rows.slice(0, 2).map((row) => say(columns, row)),
          );
        }),
      );
    },
  };
}

/** The rows that gave out each identifier. O(n). */
export function givenOut({ columns }: History<UniqueIds>): ReadonlyMap<unknown, readonly number[]> {
  const rows = new Map<unknown, number[]>();
  for (let row = 0; row < columns.length; row++) {
    if (columns.type[row] !== OK || columns.fNames[columns.f[row]] !== 'generate') continue;
    const id = identity(columns.output[row]);
    const before = rows.get(id);
    if (before) before.push(row);
    else rows.set(id, [row]);
  }
  return rows;
}
