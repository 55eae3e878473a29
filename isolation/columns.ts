/** The anomalies that the table has a column for: what each is, where it is defined, and by which names it is found. */
import type { Kind } from './steps.ts';

export const COLUMNS = [
  'G0',
  'G1a',
  'G1b',
  'G1c',
  'OTV',
  'PMP',
  'P4',
  'G-single',
  'G2-item',
  'G2',
  'real time',
] as const;

export type Column = (typeof COLUMNS)[number];

/** What a column is about. */
export interface ColumnMeaning {
  readonly says: string;
  readonly source: string;
}

const ADYA = 'Adya, "Weak Consistency", PhD thesis, MIT 1999';
const BERENSON = 'Berenson et al., "A Critique of ANSI SQL Isolation Levels", SIGMOD 1995';
const BAILIS = 'Bailis et al., "Highly Available Transactions: Virtues and Limitations", VLDB 2014';
const HERLIHY = 'Herlihy & Wing, "Linearizability", TOPLAS 1990';

export const columnMeanings: Readonly<Record<Column, ColumnMeaning>> = {
  G0: { says: 'dirty write: transactions overwrite each other in a cycle', source: ADYA },
  G1a: { says: 'aborted read: what was rolled back is read', source: ADYA },
  G1b: { says: 'intermediate read: what its own transaction overwrote is read', source: ADYA },
  G1c: { says: 'circular information flow: transactions read what the other wrote', source: ADYA },
  OTV: { says: 'observed transaction vanishes: some of its writes are seen, and later an older state', source: BAILIS },
  PMP: { says: 'predicate-many-preceders: two reads by predicate do not see the same transactions', source: ADYA },
  P4: { says: 'lost update: two transactions read a row and both write it', source: BERENSON },
  'G-single': { says: 'read skew: one row is seen before and one after a transaction', source: ADYA },
  'G2-item': { says: 'write skew: each reads what the other overwrites', source: ADYA },
  G2: { says: 'write skew on predicates: each inserts or deletes what the other looked for', source: ADYA },
  'real time': { says: 'staleness: what was committed before is not seen', source: HERLIHY },
};

/** What is known of an anomaly. */
interface Shown {
  readonly name: string;
  readonly kind: Kind;
  /** Between how many rows the cycle goes; 0 where the anomaly has none. */
  readonly keys: number;
  /** Whether a transaction in the cycle missed what had ended before it began. */
  readonly isStale: boolean;
}

/**
 * The columns that an anomaly of elle-ts shows. Of cycles that need real time those are staleness in which a
 * transaction began after another had ended, and missed it: else only what began before was old.
 */
export function columnsOf({ name, kind, keys, isStale }: Shown): readonly Column[] {
  if (/-process$/.test(name)) return [];
  const base = name.replace(/-realtime$/, '');
  if (base !== name) return /^(G0|G1c)$/.test(base) || (isStale && /^G-single/.test(base)) ? ['real time'] : [];
  switch (base) {
    case 'G0':
    case 'G1a':
    case 'G1b':
    case 'G1c':
      return [base];
    case 'dirty-update':
      return ['G1a'];
    case 'non-monotonic-view':
      return ['OTV'];
    case 'lost-update':
      return ['P4'];
    case 'G-single-item':
      return keys > 1 ? ['G-single'] : [];
    case 'G-single':
      return kind === 'predicate-registers' ? ['PMP'] : ['G-single'];
    case 'G2-item':
    case 'G-nonadjacent-item':
    case 'write-skew':
      return ['G2-item'];
    case 'G2':
    case 'G-nonadjacent':
      return ['G2'];
    default:
      return [];
  }
}
