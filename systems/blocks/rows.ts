/**
 * Rows on a transactional store: which there are stands in a list under one key, each row's value under its own.
 * Whoever reads by predicate reads the list, and whoever makes a row or takes one away writes it: what keeps
 * transactions apart on single keys keeps phantoms out too, at the price that those who change the list meet there.
 */
import { holds, type Predicate, type Rows } from 'elle-ts';

/** A micro-operation on rows: an `insert` makes a row or replaces its value, `rp` reads all rows with a predicate. */
export type RowMop =
  | readonly [f: 'insert', key: string, value: unknown]
  | readonly [f: 'delete', key: string]
  | readonly [f: 'rp', predicate: Predicate, found: Rows | null];

/** The key of the list of rows. */
export const ROWS = 'rows';

/** A transaction's keys, read and written as it means to. */
export interface Store {
  read(key: string): Promise<unknown>;
  write(key: string, value: unknown): Promise<void>;
}

export function writesRows(mop: readonly unknown[]): mop is Exclude<RowMop, readonly ['rp', ...unknown[]]> {
  return mop[0] === 'insert' || mop[0] === 'delete';
}

async function listOf(store: Store): Promise<readonly string[]> {
  return ((await store.read(ROWS)) as readonly string[] | null) ?? [];
}

/** The rows with a predicate, in the order of their keys. */
export async function rowsWith(store: Store, predicate: Predicate): Promise<Rows> {
  const keys = [...(await listOf(store))].sort();
  const values = await Promise.all(keys.map((key) => store.read(key)));
  const rows = keys.map((key, i) => [key, values[i] as Rows[string]] as const);
  return Object.fromEntries(rows.filter(([, value]) => value !== null && holds(predicate, value)));
}

export async function insertRow(store: Store, key: string, value: unknown): Promise<void> {
  const keys = await listOf(store);
  if (!keys.includes(key)) await store.write(ROWS, [...keys, key]);
  await store.write(key, value);
}

export async function deleteRow(store: Store, key: string): Promise<void> {
  const keys = await listOf(store);
  if (!keys.includes(key)) return;
  await store.write(
    ROWS,
    keys.filter((other) => other !== key),
  );
  await store.write(key, null);
}
