/**
 * Reads of null that say that nothing is known of what was read: the habit of Knossos, whose
 * models leave a read of nil unconstrained. It is an assumption of the caller, and never
 * made by default: a register that holds null though nobody wrote it has lost its value.
 */
import { type History, OK, type Operation } from '../history.ts';
import { historyOf } from '../history-builder.ts';
import type { Model } from '../model.ts';
import type { MultiRegister, RegisterMop, Registers } from '../models/multi-register.ts';
import type { CheckerOf } from './datatype.ts';

/** The models, each of which leaves out the `ok` calls of `read` that returned null where `nullReads` is `unknown`. */
export function unknownAtNull(read: string, models: Readonly<Record<string, CheckerOf>>): Record<string, CheckerOf> {
  return Object.fromEntries(Object.entries(models).map(([name, make]) => [name, leavingOut(read, make)]));
}

function leavingOut(read: string, make: CheckerOf): CheckerOf {
  return (assumptions) => {
    const checker = make(assumptions);
    if (assumptions.nullReads !== 'unknown') return checker;
    return { name: checker.name, check: (history) => checker.check(withoutNullReads(history, read)) };
  };
}

function withoutNullReads(history: History, read: string): History {
  const { length, columns } = history;
  const saysNothing = (row: number): boolean =>
    columns.type[row] === OK &&
    (columns.output[row] ?? null) === null &&
    columns.fNames[columns.f[row] as number] === read;
  const kept: Operation[] = [];
  for (let row = 0; row < length; row++) if (!saysNothing(row)) kept.push(history.operation(row));
  return kept.length === length ? history : historyOf(kept, history);
}

/** The model, except that a read of null within a transaction may have found anything. */
export function ofUnknownNulls(model: Model<MultiRegister, Registers>): Model<MultiRegister, Registers> {
  return { ...model, same: (_, expected, observed) => agree(expected, observed) };
}

function agree(expected: unknown, observed: unknown): boolean {
  if (!Array.isArray(expected) || !Array.isArray(observed) || expected.length !== observed.length) return false;
  return expected.every((mop: RegisterMop, at) => {
    const [f, key, value = null] = observed[at] as RegisterMop;
    return f === mop[0] && key === mop[1] && ((f === 'r' && value === null) || value === mop[2]);
  });
}
