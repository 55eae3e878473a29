/** Which versions of each key each transaction first read from others, and which it left. */
import type { RegisterTransactions } from './transactions-of.ts';
import { COMMITTED, OWN_READ, READ, WRITE } from './transactions-of.ts';

/** A transaction's accesses to a key: the version that it read or wrote first, and the last. */
export interface Touch {
  readonly row: number;
  readonly first: number;
  readonly last: number;
  /** Whether it read the first, and did not write it. */
  readonly read: boolean;
}

/** For each key, how each committed transaction accessed it, in the order of rows. */
export function touchesByKey(registers: RegisterTransactions): Touch[][] {
  const { first, key, effect, version, status, rows } = registers;
  const out: Touch[][] = registers.keys.map(() => []);
  for (let row = 0; row < rows; row++) {
    if (status[row] !== COMMITTED) continue;
    for (let place = first[row]; place < first[row + 1]; place++) {
      if (effect[place] === OWN_READ || version[place] < 0) continue;
      const list = out[key[place]];
      const known = list.at(-1);
      const here = version[place];
      if (known?.row !== row) list.push({ row, first: here, last: here, read: effect[place] === READ });
      // Of several writes only the last counts.
      else if (effect[place] === WRITE)
        list[list.length - 1] = { ...known, first: known.read ? known.first : here, last: here };
    }
  }
  return out;
}

/** The versions that a transaction accessed, one or two. */
export function versionsOf({ first, last }: Touch): readonly number[] {
  return first === last ? [first] : [first, last];
}
