/**
 * What replicas showed in the end: the reads that are marked as of the last round,
 * where any are; otherwise those after faults had healed and updates had stopped.
 */
import { type Api, type Columns, FAIL, type History, OK } from '../history.ts';

/** Operations that change nothing and do not show the whole value either. */
const ASKING = ['contains'];

/** The final reads of a history. */
export interface FinalReads {
  readonly rows: readonly number[];
  /**
   * Whether they were marked. Otherwise an update that never returned may have come into effect between two of them.
   */
  readonly marked: boolean;
  /**
   * Whether a heal of faults is recorded. Without marks and heals, reads after the end of the last update are final.
   */
  readonly healed: boolean;
}

/**
 * The final reads that succeeded; `reads` are the names of the datatype's read operations. Where no operation is marked
 * they are those that were invoked after the last `heal` of the nemesis and after every update had ended that ever
 * did (everything but reads and `contains` is an update); where there is no real time either, there are none. O(n).
 *
 * An update that never returned may still take effect after any read,
 * so it does not count here: otherwise no read would be final.
 */
export function finalReads<A extends Api>({ columns, nemesis }: History<A>, reads: readonly string[]): FinalReads {
  const { length, type, f, start, end, fNames, final, realTime } = columns;
  const reading = fNames.map((name) => reads.includes(name));
  const healed = nemesis.some((event) => event.f === 'heal');
  const marked = final.size > 0;
  const rows: number[] = [];
  if (marked || !realTime) {
    for (const row of final) if (reading[f[row]] && type[row] === OK) rows.push(row);
    return { rows: rows.sort((a, b) => a - b), marked, healed };
  }
  const asking = fNames.map((name) => reads.includes(name) || ASKING.includes(name));
  let quiet = nemesis.findLast((event) => event.f === 'heal')?.index ?? -1;
  for (let row = 0; row < length; row++) {
    if (asking[f[row]] || type[row] === FAIL) continue;
    quiet = Math.max(quiet, start[row], type[row] === OK ? end[row] : -1);
  }
  for (let row = 0; row < length; row++) if (reading[f[row]] && type[row] === OK && start[row] > quiet) rows.push(row);
  return { rows, marked, healed };
}

/**
 * By key, in the order of first use, the final reads that must agree: all that are
 * marked; otherwise the last of each replica, or all where operations name no replica.
 */
export function lastReads(
  columns: Columns,
  { rows: final, marked }: FinalReads,
): readonly { readonly key: string | undefined; readonly rows: readonly number[] }[] {
  const byKey = new Map<number, Map<number, number>>();
  for (let row = 0; row < columns.length; row++)
    if (!byKey.has(columns.key[row])) byKey.set(columns.key[row], new Map());
  for (const row of final) {
    const node = columns.node[row];
    byKey.get(columns.key[row])?.set(marked || node < 0 ? -row - 1 : node, row);
  }
  return [...byKey].map(([key, rows]) => ({ key: columns.keyNames[key], rows: [...rows.values()] }));
}

/** What a read showed: its output, or the value of an output `{ value, version }`. */
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
