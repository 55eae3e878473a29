/**
 * What updates without a completion can explain: one that never returned may take effect
 * between two reads that are not marked as final, so that both are right and differ.
 */
import { type Columns, INFO } from '../history.ts';
import { identity } from '../monitors/identity.ts';
import { shown } from './final-reads.ts';

/**
 * By read, what it tells whatever the updates in the rows `late` did, undefined
 * for nothing: reads that tell something else each have diverged for certain.
 */
export type Certain = (columns: Columns, rows: readonly number[], late: readonly number[]) => (read: number) => unknown;

/**
 * The updates that never returned, in the order of their starts.
 * `reads` are the names of reads; `contains` is no update either. O(n).
 */
export function unanswered(columns: Columns, rows: readonly number[], reads: readonly string[]): readonly number[] {
  const updating = columns.fNames.map((f) => !reads.includes(f) && f !== 'contains');
  return rows.filter((row) => columns.type[row] === INFO && updating[columns.f[row]]);
}

/** Of lists: the elements that no such update adds or takes away. `elementsOf` says which an update is about. */
export function untouchedElements(elementsOf: (columns: Columns, row: number) => readonly unknown[]): Certain {
  return (columns, _, late) => {
    const touched = new Set(late.flatMap((row) => elementsOf(columns, row).map(identity)));
    return (read) => {
      const content = shown(columns, read);
      if (!Array.isArray(content)) return content;
      return (content as readonly unknown[]).filter((element) => !touched.has(identity(element)));
    };
  };
}

/** Of registers: the value, unless such an update writes it (or one of `several` values); a removal writes null. */
export function unwrittenValue(several: boolean): Certain {
  return (columns, _, late) => {
    const removes = columns.fNames.map((f) => f === 'remove');
    const written = new Set(late.map((row) => (removes[columns.f[row]] ? null : identity(columns.input[row]))));
    return (read) => {
      const value = shown(columns, read);
      const values: readonly unknown[] = !several ? [value] : Array.isArray(value) ? value : [];
      return values.some((one) => written.has(identity(one))) ? undefined : values;
    };
  };
}
