/**
 * Write skew over a predicate, Adya's G2: two transactions each look whether a row exists that the
 * other would insert, see none, and both insert. Adya, "Weak consistency", PhD thesis, MIT 1999.
 */
import type { Checker } from '../checker.ts';
import { type Columns, OK } from '../history.ts';
import { anomaly, say, short, verdictOf } from './findings.ts';
import { identity } from './identity.ts';

/**
 * Pairs of inserts: each says its key and the row it inserts into
 * one of two tables, and must refuse where the other table has one.
 */
export type PredicateInserts = {
  insert(
    input: readonly [key: unknown, rows: readonly [a: unknown, b: unknown]] | readonly [a: unknown, b: unknown],
  ): null;
};

/**
 * Whether of the inserts of one key at most one succeeded. Exact,
 * O(n). The key is the operation's, or else the input's first part.
 */
export function predicateInserts(): Checker<PredicateInserts> {
  return {
    name: 'g2',
    check({ columns }) {
      const succeeded = new Map<unknown, number[]>();
      for (let row = 0; row < columns.length; row++) {
        if (columns.type[row] !== OK || columns.fNames[columns.f[row]] !== 'insert') continue;
        const key = identity(keyOf(columns, row));
        const rows = succeeded.get(key);
        if (rows) rows.push(row);
        else succeeded.set(key, [row]);
      }
      const both = [...succeeded.values()].filter((rows) => rows.length > 1);
      return verdictOf(
        both.map((rows) => {
          const message = `${rows.length} inserts of key ${short(keyOf(columns, rows[0]))} succeeded, and each should have seen the other.`;
          return anomaly(
            columns,
            'G2',
            message,
            rows.slice(0, 2),
            rows.slice(0, 2).map((row) => say(columns, row)),
          );
        }),
      );
    },
  };
}

function keyOf(columns: Columns, row: number): unknown {
  const named = columns.key[row];
  if (named >= 0) return columns.keyNames[named];
  const input = columns.input[row];
  return Array.isArray(input) ? (input[0] as unknown) : null;
}
