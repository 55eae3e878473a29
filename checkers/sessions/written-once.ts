/**
 * Refutes sequential consistency of registers whose values repeat by those that were written once.
 *
 * In a right order, let a read of a value that repeats write a value of its own there, and let each write of such a
 * value do so, too. What was written once is then still read right: had another value been there between its write and
 * its read, so it had before. So the order stays right, and where no order is right of what is left, which has no value
 * twice, none was. Causal convergence decides that in time n k for k sessions, where the search has no bound.
 */
import type { Verdict } from '../checker.ts';
import { FAIL, type History, INFO, OK } from '../history.ts';
import { historyLike, historyOf } from '../history-builder.ts';
import { sequentialObjects } from '../interleaving/sequential.ts';
import { type Register, register } from '../models/register.ts';
import { canonical } from '../monitors/identity.ts';
import { causal } from './causal.ts';

const F_NAMES = ['read', 'write', 'cas'];
const [READ, WRITE, CAS] = [0, 1, 2];
/** Steps of the search that judges the few operations that were found. */
const STEPS = 100_000;

/** A verdict of `invalid` on a few operations, or null: then it may be invalid all the same. */
export function refutedByOnce(history: History<Register>, initial: unknown): Verdict | null {
  const once = valuesApart(history, initial);
  if (!once) return null;
  const verdict = causal({ initial: 0 }).check(once);
  if (verdict.type !== 'invalid') return null;
  const named = withWriters(history, new Set(verdict.anomalies[0].operations), initial);
  const part = historyOf(
    [...history].filter(({ start }) => named.has(start)),
    history,
  );
  const judged = sequentialObjects(register, { initial, maxSteps: STEPS }).check(part);
  return judged.type === 'invalid' ? judged : null;
}

/** What an operation found, if that is known, and what it left. */
interface Effect {
  readonly found?: string;
  readonly left?: string;
}

function effectOf({ columns }: History<Register>, row: number): Effect {
  const { type, f, fNames, key, input, output } = columns;
  const name = fNames[f[row]];
  const nameOf = (value: unknown): string => `${key[row]} ${canonical(value ?? null)}`;
  if (type[row] === FAIL) return {};
  if (name === 'write') return { left: nameOf(input[row]) };
  if (name === 'read') return type[row] === OK ? { found: nameOf(output[row]) } : {};
  if (name !== 'cas' || !Array.isArray(input[row])) return {};
  const [old, after] = input[row] as readonly unknown[];
  return { ...(type[row] === OK ? { found: nameOf(old) } : {}), left: nameOf(after) };
}

/** The history with a number for each value, none of them written twice; null where none that is read repeats. */
function valuesApart(history: History<Register>, initial: unknown): History<Register> | null {
  const effects = Array.from({ length: history.length }, (_, row) => effectOf(history, row));
  const writes = new Map<string, number>();
  for (const { left } of effects) if (left !== undefined) writes.set(left, (writes.get(left) ?? 0) + 1);
  const isInitial = (value: string): boolean => value.slice(value.indexOf(' ') + 1) === canonical(initial ?? null);
  // What nobody wrote is another matter; here it says no more than what repeats.
  const repeats = (value: string): boolean => (writes.get(value) ?? 0) + (isInitial(value) ? 1 : 0) !== 1;
  if (!effects.some(({ found }) => found !== undefined && repeats(found))) return null;
  // An operation that is none of a register's.
  const isOther = ({ found, left }: Effect, row: number): boolean =>
    found === undefined && left === undefined && history.columns.type[row] === OK;
  if (effects.some(isOther)) return null;
  const numbers = new Map<string, number>();
  let next = 0;
  const numberOf = (value: string): number => {
    if (isInitial(value) && !repeats(value)) return 0;
    const number = repeats(value) ? ++next : (numbers.get(value) ?? ++next);
    if (!repeats(value)) numbers.set(value, number);
    return number;
  };
  const f = Uint8Array.from(effects, ({ found, left }) => {
    const isKnown = found !== undefined && !repeats(found);
    if (left === undefined) return found === undefined || isKnown ? READ : WRITE;
    return isKnown ? CAS : WRITE;
  });
  const numbered = effects.map(({ found, left }, row): readonly [input: unknown, output: unknown] => {
    const isKnown = found !== undefined && !repeats(found);
    const after = left === undefined ? ++next : numberOf(left);
    if (f[row] === READ) return [null, isKnown ? numberOf(found) : null];
    return [f[row] === WRITE ? after : [numberOf(found as string), after], null];
  });
  return historyLike(history, {
    f,
    fNames: F_NAMES,
    input: numbered.map(([input]) => input),
    output: numbered.map(([, output]) => output),
  });
}

/** With the first write of each value that one of these found and none of them left. */
function withWriters(history: History<Register>, starts: ReadonlySet<number>, initial: unknown): ReadonlySet<number> {
  const { columns } = history;
  const all = new Set(starts);
  const effects = Array.from({ length: history.length }, (_, row) => effectOf(history, row));
  const rowOf = new Map(effects.map((_, row) => [columns.start[row], row]));
  const writer = new Map<string, number>();
  effects.forEach(({ left }, row) => {
    if (left !== undefined && !writer.has(left) && columns.type[row] !== INFO) writer.set(left, row);
  });
  effects.forEach(({ left }, row) => {
    if (left !== undefined && !writer.has(left)) writer.set(left, row);
  });
  // What is added meanwhile is looked at, too.
  for (const start of all) {
    const { found } = effects[rowOf.get(start) as number];
    if (found === undefined || found.endsWith(` ${canonical(initial ?? null)}`)) continue;
    const isThere = [...all].some((one) => effects[rowOf.get(one) as number].left === found);
    const row = writer.get(found);
    if (!isThere && row !== undefined) all.add(columns.start[row]);
  }
  return all;
}
