/** Part of a history of registers, explained by the zones: where its written values are unique though those of the history are not. */
import type { Anomaly } from '../checker.ts';
import { type Columns, FAIL, historyOf, OK, type Operation } from '../history.ts';
import { hintsFor, valueFound } from './explain-initial.ts';
import { explainRegisters } from './explain-registers.ts';
import { registerRows } from './register-rows.ts';
import { zones } from './zones.ts';

/**
 * What the zones say of these operations by themselves, if their written values are unique. With them goes what else wrote the values that they found, so that nothing is
 * called unwritten that was written later.
 */
export function asZones(columns: Columns, those: readonly number[], initial: unknown): readonly Anomaly[] {
  const kept = withWriters(columns, those, initial);
  const { columns: few } = historyOf(kept.map((row) => operationAt(columns, row)));
  const rows = registerRows(few, initial);
  const found = zones(rows);
  if (found.repeated.includes(1) || found.open.includes(1)) return [];
  const hints = hintsFor({ columns, realTime: true, initial });
  return explainRegisters(few, rows, found, (those) => {
    const hint = hints(those.map((row) => kept[row]));
    return (row) => hint(kept[row]);
  });
}

/** The rows and, for each value that they found and none of them wrote, the first row of the history that wrote it, or that failed to. Ascending. */
function withWriters(columns: Columns, rows: readonly number[], initial: unknown): number[] {
  const kept = new Set(rows);
  const text = (value: unknown): string => JSON.stringify(value ?? null);
  // What a refused swap expected it did not find, and what it would have written it did not write.
  const done = rows.filter((row) => columns.type[row] !== FAIL);
  const wrote = new Set([text(initial), ...done.flatMap((row) => left(columns, row)).map(text)]);
  const wanted = done.filter((row) => !isWrite(columns, row)).map((row) => text(valueFound(columns, row)));
  for (let value = wanted.pop(); value !== undefined; value = wanted.pop()) {
    if (wrote.has(value)) continue;
    wrote.add(value);
    const writer = firstWriter(columns, columns.key[rows[0]], value, text);
    if (writer < 0) continue;
    kept.add(writer);
    if (columns.type[writer] !== FAIL && !isWrite(columns, writer)) wanted.push(text(valueFound(columns, writer)));
  }
  return [...kept].sort((a, b) => a - b);
}

function firstWriter(columns: Columns, key: number, value: string, text: (value: unknown) => string): number {
  let failed = -1;
  for (let row = 0; row < columns.length; row++) {
    if (columns.key[row] !== key || !left(columns, row).some((wrote) => text(wrote) === value)) continue;
    if (columns.type[row] !== FAIL) return row;
    if (failed < 0) failed = row;
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
