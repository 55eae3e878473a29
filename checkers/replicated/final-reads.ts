/** What replicas showed in the end, after faults had healed and updates had stopped. */
import { type Api, type Columns, FAIL, type History, OK } from '../history.ts';

/** Operations that change nothing and do not show the whole value either. */
const ASKING = ['contains'];

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
  const asking = columns.fNames.map((f) => reads.includes(f) || ASKING.includes(f));
  let quiet = nemesis.findLast(({ f }) => f === 'heal')?.index ?? -1;
  for (let row = 0; row < columns.length; row++) {
    if (asking[columns.f[row]] || columns.type[row] === FAIL) continue;
    quiet = Math.max(quiet, columns.start[row], columns.type[row] === OK ? columns.end[row] : -1);
  }
  const rows: number[] = [];
  for (let row = 0; row < columns.length; row++) {
    if (reading[columns.f[row]] && columns.type[row] === OK && columns.start[row] > quiet) rows.push(row);
  }
  return rows;
}

/** The rows of the last final read of each replica, or of all final reads where operations name no replica; by key, in the order of first use. */
export function lastReads<A extends Api>(
  history: History<A>,
  reads: readonly string[],
): readonly { readonly key: string | undefined; readonly rows: readonly number[] }[] {
  const { columns } = history;
  const byKey = new Map<number, Map<number, number>>();
  for (let row = 0; row < columns.length; row++)
    if (!byKey.has(columns.key[row])) byKey.set(columns.key[row], new Map());
  for (const row of finalRows(history, reads)) {
    const node = columns.node[row];
    byKey.get(columns.key[row])?.set(node < 0 ? -row - 1 : node, row);
  }
  return [...byKey].map(([key, rows]) => ({ key: columns.keyNames[key], rows: [...rows.values()] }));
}

/** What a read showed: its output, or of an output `{ value, version }` the value. */
export function shown(columns: Columns, row: number): unknown {
  const output = columns.output[row];
  return isVersioned(output) ? output.value : output;
}

/** The version that a read's output names, if it does: reads of one version must show one value. */
export function versionOf(columns: Columns, row: number): unknown {
  const output = columns.output[row];
  return isVersioned(output) ? output.version : undefined;
}

function isVersioned(output: unknown): output is { value: unknown; version: unknown } {
  return typeof output === 'object' && output !== null && 'value' in output && 'version' in output;
}
