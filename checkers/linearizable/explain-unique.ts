/**
 * Part of a history of registers, explained by the zones: where
 * its written values are unique though those of the history are not.
 */
import type { Anomaly } from '../checker.ts';
import { type Columns, FAIL, OK, type Operation } from '../history.ts';
import { historyOf } from '../history-builder.ts';
import { hintsFor } from './explain-initial.ts';
import { explainRegisters } from './explain-registers.ts';
import { withWriters } from './explain-sources.ts';
import { registerRows } from './register-rows.ts';
import { zones } from './zones.ts';

/**
 * What the zones say of these operations by themselves, if their written values are unique. With them goes what else
 * wrote the values that they found, so that nothing is called unwritten that was written later. Those are
 * `certain` that returned, and whose sources are among them unless they have none.
 */
export function asZones(
  columns: Columns,
  those: readonly number[],
  certain: readonly number[],
  initial: unknown,
): readonly Anomaly[] {
  const kept = withWriters(columns, those, initial);
  const { columns: few } = historyOf(kept.map((row) => operationAt(columns, row)));
  const rows = registerRows(few, initial);
  const found = zones(rows);
  if (found.repeated.includes(1) || found.open.includes(1)) return [];
  const hints = hintsFor({ columns, realTime: true, initial });
  const anomalies = explainRegisters(few, rows, found, (some) => {
    const hint = hints(some.map((row) => kept[row]));
    return (row) => hint(kept[row]);
  });
  return anomalies.filter(isOfCertain(columns, kept, new Set(certain)));
}

/**
 * Whether an anomaly is one of the certain observations. What a swap found that goes with them as a writer proves
 * nothing, as it is not known that all goes with them that may have written it: only that a read came before it does.
 */
function isOfCertain(
  columns: Columns,
  kept: readonly number[],
  certain: ReadonlySet<number>,
): (anomaly: Anomaly) => boolean {
  const rowOf = new Map(kept.map((row) => [columns.start[row], row]));
  const is = (row: number, f: string): boolean => columns.fNames[columns.f[row]] === f;
  return ({ name, operations }) => {
    const rows = operations.map((start) => rowOf.get(start) as number);
    if (!rows.some((row) => !certain.has(row) && !is(row, 'write'))) return true;
    return name === 'future-read' && rows.length === 2 && rows.some((row) => certain.has(row) && is(row, 'read'));
  };
}

function operationAt(columns: Columns, row: number): Operation {
  const error = columns.error.get(row) ?? '';
  const outcome =
    columns.type[row] === OK
      ? ({ type: 'ok', output: columns.output[row] } as const)
      : ({ type: columns.type[row] === FAIL ? 'fail' : 'info', error } as const);
  const key = columns.key[row];
  const node = columns.node[row];
  return {
    process: columns.process[row],
    f: columns.fNames[columns.f[row]],
    input: columns.input[row] as never,
    ...(key < 0 ? {} : { key: columns.keyNames[key] }),
    ...(node < 0 ? {} : { node: columns.nodeNames[node] }),
    outcome,
    start: columns.start[row],
    end: columns.end[row],
    startNs: columns.startNs[row],
    endNs: columns.endNs[row],
  };
}
