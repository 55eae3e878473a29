/**
 * What each model asks of transactions over rows, as a condition on one order of them.
 *
 * Adya's cycles are acyclic where transactions have an order that agrees with all edges of the kinds that count; in it
 * a read of a row sees the last version before it where rw counts (PL-2.99 for rows, PL-3 for predicates too), and any
 * version before it where only wr does (PL-2). Under snapshot isolation reads come at a transaction's start, writes at
 * its commit, and no two that write the same row overlap (Adya, PL-SI; Cerone, Bernardi & Gotsman 2015).
 */

/** Which version a sight must be of: `any` before it, or the `last`. */
export interface RowRule {
  readonly items: 'any' | 'last';
  readonly predicates: 'any' | 'last';
  readonly snapshot: boolean;
  readonly time: 'none' | 'session' | 'real';
  /** Whether a transaction must see what it wrote itself. */
  readonly internal: boolean;
  /** Whether what was aborted or replaced may be seen, and no order is asked for. */
  readonly uncommitted: boolean;
}

const rule = (items: RowRule['items'], predicates: RowRule['predicates'], more: Partial<RowRule> = {}): RowRule => ({
  items,
  predicates,
  snapshot: false,
  time: 'none',
  internal: false,
  uncommitted: false,
  ...more,
});

const INTERNAL = { internal: true } as const;
const SNAPSHOT = { internal: true, snapshot: true } as const;

/** The models of rows, those that imply most first. */
export const rowRules = {
  'strict-serializable': rule('last', 'last', { ...INTERNAL, time: 'real' }),
  'strong-session-serializable': rule('last', 'last', { ...INTERNAL, time: 'session' }),
  serializable: rule('last', 'last', INTERNAL),
  'strong-snapshot-isolation': rule('last', 'last', { ...SNAPSHOT, time: 'real' }),
  'strong-session-snapshot-isolation': rule('last', 'last', { ...SNAPSHOT, time: 'session' }),
  'snapshot-isolation': rule('last', 'last', SNAPSHOT),
  'repeatable-read': rule('last', 'any'),
  'read-committed': rule('any', 'any'),
  'read-uncommitted': rule('any', 'any', { uncommitted: true }),
} as const satisfies Readonly<Record<string, RowRule>>;

/**
 * Whether who deleted a row certainly left it absent to whoever comes later. Where its read that the row is not there
 * may be of an older version, nothing may have been written though the row was there by then.
 */
export function deletesCertainly({ snapshot, predicates }: RowRule): boolean {
  return !snapshot && predicates === 'last';
}

/** A model of rows. */
export type RowModel = keyof typeof rowRules;

/** Whether the first must come before the second. */
export type Before = (a: number, b: number) => boolean;
