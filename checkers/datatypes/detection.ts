/** What a history's values look like, by which its datatype is detected. */
import { type History, OK } from '../history.ts';

/** Whether the history has no other functions than these. */
export function only({ columns }: History, ...functions: readonly string[]): boolean {
  return columns.fNames.every((f) => functions.includes(f));
}

/** Whether the history has this function. */
export function has({ columns }: History, f: string): boolean {
  return columns.fNames.includes(f);
}

/** Whether some operation of this function was given such an input. */
export function given({ columns }: History, f: string, test: (input: unknown) => boolean): boolean {
  const place = columns.fNames.indexOf(f);
  for (let row = 0; place >= 0 && row < columns.length; row++)
    if (columns.f[row] === place && test(columns.input[row])) return true;
  return false;
}

/** How many operations of this function returned such an output. */
export function answered({ columns }: History, f: string, test: (output: unknown) => boolean): number {
  const place = columns.fNames.indexOf(f);
  let count = 0;
  for (let row = 0; place >= 0 && row < columns.length; row++)
    if (columns.f[row] === place && columns.type[row] === OK && test(columns.output[row])) count++;
  return count;
}

/** Whether some transaction has a micro-operation of this kind. */
export function hasMop(history: History, kind: string): boolean {
  return given(
    history,
    'txn',
    (input) => Array.isArray(input) && input.some((mop) => Array.isArray(mop) && mop[0] === kind),
  );
}
