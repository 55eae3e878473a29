/** The writers of what a counterexample's operations observed, so that the counterexample is wrong even with them. */
import { type Columns, FAIL, OK } from '../history.ts';
import { valueFound } from './explain-initial.ts';

/** The error of a swap that failed because it found another value: it would have written nothing. */
const MISMATCH = 'mismatch';

/**
 * The rows and, for each value that they found and none of them wrote, the first row of the history that wrote
 * it, or that failed to. A swap that never returned found something if its own value was found. Ascending.
 */
export function withWriters(columns: Columns, rows: readonly number[], initial: unknown): number[] {
  const kept = new Set(rows);
  const text = (value: unknown): string => JSON.stringify(value ?? null);
  const foundBy = (row: number): string => text(valueFound(columns, row));
  const wanted = rows.filter((row) => columns.type[row] === OK && !isWrite(columns, row)).map(foundBy);
  const met = new Set([text(initial)]);
  for (let value = wanted.pop(); value !== undefined; value = wanted.pop()) {
    if (met.has(value)) continue;
    met.add(value);
    const wrote = (row: number): boolean => left(columns, row).some((one) => text(one) === value);
    let writers = rows.filter((row) => columns.type[row] !== FAIL && wrote(row));
    if (writers.length === 0) writers = firstWriter(columns, columns.key[rows[0]], wrote);
    for (const writer of writers) {
      kept.add(writer);
      if (columns.type[writer] !== FAIL && !isWrite(columns, writer)) wanted.push(foundBy(writer));
    }
  }
  return [...kept].sort((a, b) => a - b);
}

/** The first row of the key that wrote something, or else the first that failed to; none where there is none. */
function firstWriter(columns: Columns, key: number, wrote: (row: number) => boolean): number[] {
  let failed: number[] = [];
  for (let row = 0; row < columns.length; row++) {
    if (columns.key[row] !== key || !wrote(row)) continue;
    if (columns.type[row] !== FAIL) return [row];
    if (failed.length === 0 && columns.error.get(row) !== MISMATCH) failed = [row];
  }
  return failed;
}

function isWrite({ fNames, f }: Columns, row: number): boolean {
  return fNames[f[row]] === 'write';
}

/** The value that a row wrote or tried to write, if it did. */
function left(columns: Columns, row: number): readonly unknown[] {
  const input = columns.input[row];
  if (isWrite(columns, row)) return [input];
  return columns.fNames[columns.f[row]] === 'cas' ? [(input as readonly unknown[])[1]] : [];
}

/**
 * The same for any object, of which it is not known what an output comes from: the first operations of its key that
 * were given a part of an output that no row was given, as an element that came out before it was put in. Ascending.
 */
export function withSources(columns: Columns, rows: readonly number[]): number[] {
  const known = new Set(rows.flatMap((row) => parts(columns.input[row])));
  const wanted = new Set(rows.filter((row) => columns.type[row] === OK).flatMap((row) => parts(columns.output[row])));
  for (const part of known) wanted.delete(part);
  const kept = [...rows];
  const latest = Math.max(...rows);
  for (let row = 0; row < columns.length && wanted.size > 0; row++) {
    if (columns.key[row] !== columns.key[latest] || columns.type[row] === FAIL) continue;
    const own = parts(columns.input[row]).filter((part) => wanted.has(part));
    if (own.length > 0 && !kept.includes(row)) kept.push(row);
    for (const part of own) wanted.delete(part);
  }
  return kept.sort((a, b) => a - b);
}

/** The numbers and texts in a value. */
function parts(value: unknown): string[] {
  if (typeof value === 'number' || typeof value === 'string') return [JSON.stringify(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(parts) : [];
}
