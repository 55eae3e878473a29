/**
 * For each anomaly the interleavings that show it wherever nothing prevents it, statement by statement over several
 * sessions. After Adya's definitions (1999) and the cases of Hermitage (github.com/ept/hermitage) where it has one.
 */
import type { Predicate } from 'elle-ts';
import type { Column } from './columns.ts';
import type { Draft, Kind, Round, Step } from './steps.ts';

/** An interleaving for one anomaly. */
export interface Script {
  readonly column: Column;
  /** What it does, in a few words. */
  readonly name: string;
  readonly kind: Kind;
  /** The first rows, where there are any. */
  readonly initial?: Readonly<Record<string, number>>;
  /**
   * `1 r x; 2 w x; 1 c`: transaction, step, row. Steps are `r` (read), `w` (write), `a` (append), `i` (insert),
   * `d` (delete), `p` (read by predicate), `c` (commit) and `x` (roll back). The fourth transaction is
   * the first one's session again.
   */
  readonly steps: string;
}

const THIRDS: Predicate = ['mod', 3, 0];
const PREDICATES: Readonly<Record<string, Predicate>> = { thirds: THIRDS, thirty: ['=', 30], all: 'true' };

const LISTS = 'list-append';
const REGISTERS = 'rw-register';
const ROWS = 'predicate-registers';

export const scripts: readonly Script[] = [
  {
    ...{ column: 'G0', kind: LISTS, name: 'two transactions write two rows, each first where the other is second' },
    steps: '1 a x; 2 a y; 2 a x; 1 a y; 1 c; 2 c; 3 r x; 3 r y; 3 c',
  },
  {
    ...{ column: 'G0', kind: LISTS, name: 'two transactions write two rows at the same time' },
    steps: '1 a x; 2 a x; 1 a y; 2 a y; 1 c; 2 c; 3 r x; 3 r y; 3 c',
  },
  {
    ...{ column: 'G0', kind: LISTS, name: 'writes of one row surround those of another transaction' },
    steps: '1 a x; 2 a x; 2 a y; 1 a y; 2 c; 1 c; 3 r x; 3 r y; 3 c',
  },
  {
    ...{ column: 'G1a', kind: REGISTERS, name: 'a write is read and then rolled back' },
    steps: '1 w x; 2 r x; 1 x; 2 c',
  },
  {
    ...{ column: 'G1a', kind: LISTS, name: 'an append is read and then rolled back' },
    steps: '1 a x; 2 r x; 2 a y; 1 x; 2 c',
  },
  {
    ...{ column: 'G1b', kind: REGISTERS, name: 'a write is read before its transaction writes the row again' },
    steps: '1 w x; 2 r x; 1 w x; 1 c; 2 c',
  },
  {
    ...{ column: 'G1b', kind: LISTS, name: 'an append is read before its transaction appends again' },
    steps: '1 a x; 2 r x; 1 a x; 1 c; 2 c',
  },
  {
    ...{ column: 'G1c', kind: REGISTERS, name: 'two transactions read what the other wrote' },
    steps: '1 w x; 2 w y; 1 r y; 2 r x; 1 c; 2 c',
  },
  {
    ...{ column: 'G1c', kind: LISTS, name: 'two transactions read what the other appended' },
    steps: '1 a x; 2 a y; 1 r y; 2 r x; 1 c; 2 c',
  },
  {
    ...{ column: 'OTV', kind: LISTS, name: 'a third sees one write of a transaction, and later not the other one' },
    steps: '1 a x; 1 a y; 2 a x; 1 c; 3 r x; 3 r y; 2 a y; 2 c; 3 c; 4 r x; 4 r y; 4 c',
  },
  {
    ...{ column: 'OTV', kind: LISTS, name: 'the same where the second transaction is seen while it lasts' },
    steps: '1 a x; 2 r x; 2 r y; 1 a y; 1 c; 2 c; 3 r y; 3 c',
  },
  {
    ...{ column: 'OTV', kind: LISTS, name: 'one write is seen by changing the row, and later the other one is not' },
    steps: '1 r z; 2 a x; 2 a y; 2 c; 1 a x; 1 r x; 1 r y; 1 c',
  },
  {
    ...{ column: 'PMP', kind: ROWS, name: 'a row is inserted between two reads by predicate' },
    ...{ initial: { x: 10, y: 20 }, steps: '1 p thirty; 2 i z 30; 2 c; 1 p thirds; 1 c' },
  },
  {
    ...{ column: 'PMP', kind: ROWS, name: 'a row comes to match after a read by predicate, and another row is read' },
    ...{ initial: { x: 10, y: 20 }, steps: '1 p thirds; 2 w x 12; 2 w y 25; 2 c; 1 r y; 1 c' },
  },
  {
    ...{ column: 'P4', kind: REGISTERS, name: 'two transactions read a row and write it' },
    steps: '1 r x; 2 r x; 1 w x; 2 w x; 1 c; 2 c; 3 r x; 3 c',
  },
  {
    ...{ column: 'P4', kind: REGISTERS, name: 'a row that was read is written by another before it is written' },
    steps: '1 r x; 2 r x; 2 w x; 2 c; 1 w x; 1 c; 3 r x; 3 c',
  },
  {
    ...{ column: 'G-single', kind: REGISTERS, name: 'a reader sees one row before and one after a transaction' },
    steps: '1 r x; 2 r x; 2 r y; 2 w x; 2 w y; 2 c; 1 r y; 1 c',
  },
  {
    ...{ column: 'G-single', kind: LISTS, name: 'a reader sees one list before and one after a transaction' },
    steps: '1 r x; 2 a x; 2 a y; 2 c; 1 r y; 1 c',
  },
  {
    ...{ column: 'G-single', kind: LISTS, name: 'who has read one row before a transaction writes another after it' },
    steps: '1 r x; 2 a x; 2 a y; 2 c; 1 a y; 1 c; 3 r x; 3 r y; 3 c',
  },
  {
    ...{
      column: 'G-single',
      kind: LISTS,
      name: 'who has read one row before a transaction sees another by changing it',
    },
    steps: '1 r y; 2 a x; 2 a y; 2 c; 1 a x; 1 r x; 1 c',
  },
  {
    ...{ column: 'G2-item', kind: REGISTERS, name: 'two transactions read both rows and write one each' },
    steps: '1 r x; 1 r y; 2 r x; 2 r y; 1 w x; 2 w y; 1 c; 2 c',
  },
  {
    ...{ column: 'G2-item', kind: LISTS, name: 'two transactions read what the other appends to' },
    steps: '1 r x; 2 r y; 1 a y; 2 a x; 1 c; 2 c; 3 r x; 3 r y; 3 c',
  },
  {
    ...{ column: 'G2-item', kind: REGISTERS, name: 'a reader sees one of two writes that depend on each other' },
    steps: '1 r x; 1 r y; 2 w y; 2 c; 3 r x; 3 r y; 3 c; 1 w x; 1 c',
  },
  {
    ...{ column: 'G2-item', kind: ROWS, name: 'two transactions read both rows by predicate and delete one each' },
    ...{ initial: { x: 30, y: 33 }, steps: '1 p thirds; 2 p thirds; 1 d x; 2 d y; 1 c; 2 c' },
  },
  {
    ...{ column: 'G2', kind: ROWS, name: 'two transactions read by predicate and insert rows that match' },
    ...{ initial: { x: 10, y: 20 }, steps: '1 p thirds; 2 p thirds; 1 i z 30; 2 i u 42; 1 c; 2 c' },
  },
  {
    ...{ column: 'G2', kind: ROWS, name: 'two transactions read by predicate and change rows so that they match' },
    ...{ initial: { x: 10, y: 20 }, steps: '1 p thirds; 2 p thirds; 1 w x 12; 2 w y 21; 1 c; 2 c' },
  },
  {
    ...{ column: 'real time', kind: REGISTERS, name: 'what was committed is read by another session' },
    steps: '1 w x; 1 c; 2 r x; 2 c; 3 w x; 3 c; 4 r x; 4 c',
  },
  {
    ...{ column: 'real time', kind: LISTS, name: 'what was committed is appended to by another session' },
    steps: '1 a x; 1 c; 2 a x; 2 c; 3 r x; 3 c',
  },
];

/** So many sessions a script needs. */
export const SESSIONS = 3;

/** A script as a round, its values unlike each other. Throws where it is not written as it should be. */
export function roundOf({ kind, name, steps, initial }: Script): Round {
  const drafts: { session: number; steps: Step[]; aborts: boolean }[] = [];
  const order: number[] = [];
  const rows = new Set<string>(Object.keys(initial ?? {}));
  let value = 0;
  for (const part of steps.split(';')) {
    const [txn = '', word = '', row = '', given] = part.trim().split(' ');
    const place = Number(txn) - 1;
    drafts[place] ??= { session: place % SESSIONS, steps: [], aborts: false };
    order.push(place);
    if (word === 'c') continue;
    if (word === 'x') drafts[place].aborts = true;
    else drafts[place].steps.push(stepOf(word, row, given === undefined ? ++value : Number(given)));
    if (word !== 'x' && word !== 'p') rows.add(row);
  }
  const whole: readonly Draft[] = drafts;
  return { kind, name, rows: [...rows], drafts: whole, order, isScheduled: true, ...(initial ? { initial } : {}) };
}

function stepOf(word: string, row: string, value: number): Step {
  if (word === 'p') return ['rp', PREDICATES[row]!];
  if (word === 'r') return ['r', row];
  if (word === 'd') return ['delete', row];
  const f = ({ w: 'w', a: 'append', i: 'insert' } as const)[word];
  if (!f) throw new Error(`no step of a script is called ${word}`);
  return [f, row, value];
}
