/**
 * Judges registers: by zones where a key's written values are
 * unique and these decide it, and only otherwise by searching.
 */
import { type Verdict, worst } from '../checker.ts';
import { type Columns, OK } from '../history.ts';
import { hintsFor } from './explain-initial.ts';
import { explainRegisters } from './explain-registers.ts';
import { judgeObjects, objectsOf, orderOf, wrong } from './objects.ts';
import type { LinearizableOptions } from './options.ts';
import { placement } from './placement.ts';
import { registerProblem } from './problems.ts';
import { CAS, READ, REFUSED, type RegisterRows } from './register-columns.ts';
import { registerRows } from './register-rows.ts';
import type { Problem } from './search-problem.ts';
import { zones } from './zones.ts';

/** The verdict on a history of reads, writes and swaps. */
export function judgeRegisters(columns: Columns, initial: unknown, options: LinearizableOptions): Verdict {
  const registers = registerRows(columns, initial);
  const found = zones(registers);
  const left = found.repeated.map((repeated, key) => repeated | found.open[key]);
  for (const { key } of found.violations) left[key] = 0;
  const searched = judgeObjects(columns, problemsOf(columns, registers, initial, left), options);
  const verdict = worst([
    ...explainRegisters(columns, registers, found, hintsFor({ columns, realTime: true, initial })).map(wrong),
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

/** The problems of the keys that the zones left. */
function problemsOf(columns: Columns, registers: RegisterRows, initial: unknown, left: Uint8Array): readonly Problem[] {
  if (!left.includes(1)) return [];
  const told = valueTeller(columns, registers, initial);
  return objectsOf(columns).flatMap((rows) => {
    const key = columns.key[rows[0]] < 0 ? registers.keys - 1 : columns.key[rows[0]];
    return left[key] === 1 ? [registerProblem(registers, rows, key, told)] : [];
  });
}

/** The value of a number, looked up in the rows that use it. */
function valueTeller(columns: Columns, registers: RegisterRows, initial: unknown): (value: number) => unknown {
  const values: unknown[] = [];
  for (let row = 0; row < registers.length; row++) {
    if (registers.kind[row] === READ && columns.type[row] !== OK) continue;
    const input = columns.input[row];
    if (registers.kind[row] === CAS || registers.kind[row] === REFUSED) {
      values[(registers.old as Int32Array)[row]] = (input as unknown[])[0];
      values[registers.value[row]] = (input as unknown[])[1];
    } else if (registers.kind[row] === READ) values[registers.value[row]] ??= columns.output[row];
    else values[registers.value[row]] = input;
  }
  for (const value of registers.initial) values[value] = initial;
  return (value) => values[value] ?? null;
}
