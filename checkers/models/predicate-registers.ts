import type { Model } from '../model.ts';
import type { Value } from './register.ts';

/**
 * What a read asks of values, as data: any, an equal one, a number
 * that leaves this remainder, or one of a range, its ends included.
 */
export type Predicate =
  | 'true'
  | readonly ['=', Value]
  | readonly ['mod', divisor: number, remainder: number]
  | readonly ['range', least: number, most: number];

/** One step of a transaction: what single keys hold, or all keys whose values a predicate holds of. */
export type PredicateMop =
  | readonly [f: 'r' | 'w' | 'insert', key: string | number, value: Value]
  | readonly [f: 'delete', key: string | number, value?: null]
  | readonly [f: 'rp', predicate: Predicate, found: Rows | null];

/** The rows that there are. */
export type Rows = Readonly<Record<string, Value>>;

/**
 * Rows under keys, written, deleted and read by key and by predicate,
 * in transactions that take effect at once; `init` puts the first rows there.
 */
export type PredicateRegisters = {
  init(rows: Rows): null;
  txn(input: readonly PredicateMop[]): readonly PredicateMop[];
};

/**
 * The specification of rows that are read by predicate: each step sees what the steps before it wrote.
 * Linearizability of it is strict serializability, phantoms included (Adya, "Weak consistency", PhD thesis, MIT 1999,
 * has the predicates; Elle the closed universe of keys, without which nobody knows what a predicate did not find).
 */
export const predicateRegisters: Model<PredicateRegisters, Rows> = {
  name: 'predicate-registers',
  init: {},
  step: {
    init: (state, rows) => [{ ...state, ...rows }, null],
    txn: (state, mops) => {
      const rows: Record<string, Value> = { ...state };
      const output = mops.map((mop): PredicateMop => {
        const [f, key, value] = mop;
        if (f === 'rp') return ['rp', key, found(rows, key)];
        if (f === 'r') return ['r', key, Object.hasOwn(rows, key) ? (rows[key] as Value) : null];
        if (f === 'delete') delete rows[key];
        else rows[key] = value;
        return mop;
      });
      return [rows, output];
    },
  },
  observes: ['txn'],
  readOnly: (f, input) =>
    f === 'txn' && (input as readonly PredicateMop[]).every(([kind]) => kind === 'r' || kind === 'rp'),
};

/** In the order of keys, so that equal rows are the same JSON. */
function found(rows: Rows, predicate: Predicate): Rows {
  const those = Object.entries(rows).filter(([, value]) => holds(predicate, value));
  return Object.fromEntries(those.sort(([one], [two]) => (one < two ? -1 : 1)));
}

/** Whether a predicate holds of a value. */
export function holds(predicate: Predicate, value: Value): boolean {
  if (predicate === 'true') return true;
  if (predicate[0] === '=') return value === predicate[1];
  if (typeof value !== 'number') return false;
  const [kind, one, other] = predicate;
  return kind === 'mod' ? value % one === other : value >= one && value <= other;
}
