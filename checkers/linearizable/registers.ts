/** Judges registers: by zones where a key's written values are unique, and only otherwise by searching. */
import { type Verdict, worst } from '../checker.ts';
import { type Columns, OK } from '../history.ts';
import { explainRegisters } from './explain-registers.ts';
import type { LinearizableOptions } from './linearizable.ts';
import { judgeObjects, objectsOf, orderOf, wrong } from './objects.ts';
import { placement } from './placement.ts';
import { registerProblem } from './problems.ts';
import { registerRows } from './register-rows.ts';
import type { Problem } from './schedule.ts';
import { CAS, READ, type RegisterRows, zones } from './zones.ts';

/** The verdict on a history of reads, writes and swaps. */
export function judgeRegisters(columns: Columns, initial: unknown, options: LinearizableOptions): Verdict {
  const registers = registerRows(columns, initial);
  const found = zones(registers);
  const repeated = found.repeated.includes(1) ? repeatedKeys(columns, registers, initial, found.repeated) : [];
  const searched = judgeObjects(columns, repeated, options);
  const verdict = worst([
    ...explainRegisters(columns, registers, found).map(wrong),
    ...searched.verdicts,
    { type: 'valid' },
  ]);
  if (verdict.type !== 'valid' || !options.certificate) return verdict;
  const placed = placement(registers, found).filter((rows) => rows.length > 0);
  return {
    type: 'valid',
    certificate: { objects: [...placed.map((rows) => orderOf(columns, rows)), ...searched.orders] },
  };
}

function repeatedKeys(
  columns: Columns,
  registers: RegisterRows,
  initial: unknown,
  repeated: Uint8Array,
): readonly Problem[] {
  const told = valueTeller(columns, registers, initial);
  return objectsOf(columns).flatMap((rows) => {
    const key = columns.key[rows[0]] < 0 ? registers.keys - 1 : columns.key[rows[0]];
    return repeated[key] === 1 ? [registerProblem(registers, rows, key, told)] : [];
  });
}

/** The value of a number, looked up in the rows that use it. */
function valueTeller(columns: Columns, registers: RegisterRows, initial: unknown): (value: number) => unknown {
  const values: unknown[] = [];
  for (let row = 0; row < registers.length; row++) {
    if (registers.kind[row] === READ && columns.type[row] !== OK) continue;
    const input = columns.input[row];
    if (registers.kind[row] === CAS) {
      values[(registers.old as Int32Array)[row]] = (input as unknown[])[0];
      values[registers.value[row]] = (input as unknown[])[1];
    } else if (registers.kind[row] === READ) values[registers.value[row]] ??= columns.output[row];
    else values[registers.value[row]] = input;
  }
  for (const value of registers.initial) values[value] = initial;
  return (value) => values[value] ?? null;
}
