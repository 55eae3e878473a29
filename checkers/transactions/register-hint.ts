/** Whether what transactions read in registers without its having been written may have been there at first. */
import { initialHint } from '../explain/initial-hint.ts';
import { OK } from '../history.ts';
import type { RegisterTransactions } from './transactions-of.ts';
import { INITIAL, mopsOf, NOBODY, OWN_READ } from './transactions-of.ts';

/**
 * A read from outside of its transaction, or a write: its
 * operation's row, its place among all, and who wrote the version.
 */
interface Access {
  readonly row: number;
  readonly at: number;
  readonly author: number;
}

/**
 * What may be added about the initial value to each read of what nobody wrote: something only where all
 * such reads found one value, nobody found what is taken to have been there, and each began before anything
 * else of its key had been read or written: in time, or, where there is none, earlier in its session. O(n).
 */
export function hintOf(registers: RegisterTransactions): string {
  const { history, first, key, session } = registers;
  const { realTime, columns } = history;
  /** The places within which accesses are in order: a key, or a key in one session. */
  const place = ({ row, at }: Access): string => (realTime ? `${key[at]}` : `${key[at]} ${session[row]}`);
  const ended = new Map<string, number>();
  const unwritten: Access[] = [];
  for (const access of accesses(registers)) {
    if (access.author === INITIAL) return '';
    if (access.author === NOBODY) unwritten.push(access);
    else {
      const end = realTime ? columns.end[access.row] : access.row;
      ended.set(place(access), Math.min(ended.get(place(access)) ?? end, end));
    }
  }
  const values = new Map<string, unknown>();
  for (const { row, at } of unwritten) {
    const value = mopsOf(history, row)?.[at - first[row]]?.[2] ?? null;
    values.set(JSON.stringify(value), value);
  }
  const isFirst = (access: Access): boolean =>
    (realTime ? columns.start[access.row] : access.row) <= (ended.get(place(access)) ?? Number.POSITIVE_INFINITY);
  return initialHint({ values: [...values.values()], first: unwritten.every(isFirst) });
}

/** What successful transactions read and wrote. */
function* accesses({ history, rows, first, effect, version, writer }: RegisterTransactions): Generator<Access> {
  for (let row = 0; row < rows; row++) {
    if (history.columns.type[row] !== OK) continue;
    for (let at = first[row]; at < first[row + 1]; at++)
      if (effect[at] !== OWN_READ && version[at] >= 0) yield { row, at, author: writer[version[at]] };
  }
}
