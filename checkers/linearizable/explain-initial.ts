/** Whether what was found in a register without having been written may have been there at first. */
import { initialHint } from '../explain/initial-hint.ts';
import { type Columns, type History, OK } from '../history.ts';

/** A history of registers, and what each is taken to have held at first. */
interface KeyedRegisters extends Pick<History, 'columns' | 'realTime'> {
  readonly initial: unknown;
}

/**
 * Given rows that found what nobody had written, all that there
 * are of their keys: what to add about the initial value to each.
 */
export type Hints = (rows: readonly number[]) => (row: number) => string;

/**
 * For the rows that found what nobody had written, all that there are of their keys, what may be
 * added about the initial value, or nothing. It explains a key only if all of them found the same,
 * before anything else of the key had been seen or written: in time, or, where there is none,
 * by the same process. Nobody may have seen what is taken to have been there instead. O(n).
 */
export function hintsFor(registers: KeyedRegisters): Hints {
  return (rows) => hints(registers, rows);
}

function hints(registers: KeyedRegisters, rows: readonly number[]): (row: number) => string {
  const { columns } = registers;
  const byKey = new Map<number, Suspect>();
  for (const row of rows) {
    const value = valueFound(columns, row);
    const known = byKey.get(columns.key[row]);
    if (known === undefined) byKey.set(columns.key[row], { value, text: text(value), several: false });
    else if (known.text !== text(value)) byKey.set(columns.key[row], { ...known, several: true });
  }
  const isFirst = byKey.size === 0 ? () => false : firstOfKey(registers, byKey);
  return (row) => {
    const { value, several } = byKey.get(columns.key[row]) ?? { value: null, several: true };
    return several ? '' : initialHint({ values: [value], first: isFirst(row) });
  };
}

/** What may have been in a key at first. */
interface Suspect {
  readonly value: unknown;
  readonly text: string;
  readonly several: boolean;
}

function firstOfKey(
  { columns, realTime, initial }: KeyedRegisters,
  suspects: ReadonlyMap<number, Suspect>,
): (row: number) => boolean {
  const place = (row: number): string => `${columns.key[row]}${realTime ? '' : ` ${columns.process[row]}`}`;
  const ended = new Map<string, number>();
  const asAssumed = new Set<number>();
  const assumed = text(initial);
  for (let row = 0; row < columns.length; row++) {
    const suspect = columns.type[row] === OK ? suspects.get(columns.key[row]) : undefined;
    if (suspect === undefined) continue;
    const found = columns.fNames[columns.f[row]] === 'write' ? undefined : text(valueFound(columns, row));
    if (found === assumed) asAssumed.add(columns.key[row]);
    if (found === suspect.text) continue;
    const end = realTime ? columns.end[row] : row;
    ended.set(place(row), Math.min(ended.get(place(row)) ?? end, end));
  }
  return (row) =>
    !asAssumed.has(columns.key[row]) &&
    (ended.get(place(row)) ?? Number.POSITIVE_INFINITY) > (realTime ? columns.start[row] : row);
}

/** What a read returned, or a swap expected. */
export function valueFound({ fNames, f, input, output }: Columns, row: number): unknown {
  return (fNames[f[row]] === 'cas' ? (input[row] as readonly unknown[])[0] : output[row]) ?? null;
}

function text(value: unknown): string {
  return JSON.stringify(value ?? null);
}
