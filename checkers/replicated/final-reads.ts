import { type Api, FAIL, type History, OK } from '../history.ts';

/**
 * The rows of final reads: those that succeeded and were invoked after the last `heal` of the nemesis, and after every update had ended
 * that ever did. Where there was no heal, what counts is the last update alone. `reads` are the names of the datatype's read operations;
 * everything else updates. O(n).
 *
 * An update that never returned may still come into effect after any read: it must not keep final reads from being final.
 */
export function finalRows<A extends Api>(
  { columns, nemesis }: History<A>,
  reads: readonly string[],
): readonly number[] {
  const reading = columns.fNames.map((f) => reads.includes(f));
  let quiet = nemesis.findLast(({ f }) => f === 'heal')?.index ?? -1;
  for (let row = 0; row < columns.length; row++) {
    if (reading[columns.f[row]] || columns.type[row] === FAIL) continue;
    quiet = Math.max(quiet, columns.start[row], columns.type[row] === OK ? columns.end[row] : -1);
  }
  const rows: number[] = [];
  for (let row = 0; row < columns.length; row++) {
    if (reading[columns.f[row]] && columns.type[row] === OK && columns.start[row] > quiet) rows.push(row);
  }
  return rows;
}
