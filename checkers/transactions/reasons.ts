/** Dependencies between transactions in words, with what was read and written. */
import type { CycleStep } from './cycles.ts';
import { RT, SEEN, SO, WR, WW } from './edges.ts';
import { type Mop, mopsOf, show, type Transactions, WRITE } from './transactions-of.ts';

/** What transactions are called: T1, T2, ... on a cycle, else `operation 7`. */
export type NameOf = (row: number) => string;

/** A list for a message: whole when short, else its end. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (!Array.isArray(value)) return show(value);
  if (value.length === 0) return 'the empty list';
  const tail = value.slice(-4).map(show).join(' ');
  return value.length > 4 ? `[... ${tail}]` : `[${tail}]`;
}

/** The value of the micro-operation in which `row` read or wrote `version`. */
function valueIn(txns: Transactions, row: number, version: number, write: boolean): unknown {
  for (let place = txns.first[row]; place < txns.first[row + 1]; place++)
    if (txns.version[place] === version && (txns.effect[place] === WRITE) === write)
      return mopsOf(txns.history, row)?.[place - txns.first[row]]?.[2];
  return undefined;
}

/** The version of `key` that `row` wrote first, where an edge does not say which. */
function writtenIn(txns: Transactions, row: number, key: number): number {
  for (let place = txns.first[row]; place < txns.first[row + 1]; place++)
    if (txns.key[place] === key && txns.effect[place] === WRITE) return txns.version[place];
  return -1;
}

/** That a transaction wrote a version: `wrote x = 1`, `appended 1 to x`. */
export function wroteText(txns: Transactions, version: number, lists: boolean): string {
  const name = show(txns.keys[txns.versionKey[version]]);
  const value = shown(valueIn(txns, txns.writer[version], version, true));
  return lists ? `appended ${value} to ${name}` : `wrote ${name} = ${value}`;
}

/** Why the one transaction of a step comes before the other. */
export function reasonOf(txns: Transactions, step: CycleStep, lists: boolean, nameOf: NameOf): string {
  const { process } = txns.history.columns;
  const from = nameOf(step.from);
  const to = nameOf(step.to);
  if (step.kind === SO) return `process ${process[step.from]} made ${from} and then ${to}`;
  if (step.kind === RT) return `${from} had ended when ${to} began`;
  const key = txns.versionKey[step.seen];
  const name = show(txns.keys[key]);
  if (step.kind === SEEN) {
    const value = shown(valueIn(txns, step.made, step.seen, false));
    const writes = lists ? 'appends to' : 'writes';
    return `${nameOf(step.made)} had seen ${from}, which ${writes} ${name}, and yet read ${name} = ${value} from ${to}`;
  }
  if (step.kind === WR) {
    const value = shown(valueIn(txns, step.to, step.seen, false));
    const appended = step.made === step.seen ? 'the last' : shown(valueIn(txns, step.from, step.made, true));
    return lists
      ? `${to} read ${name} = ${value}, of which ${from} appended ${appended}`
      : `${to} read ${name} = ${value}, which ${from} wrote`;
  }
  const made = step.made >= 0 ? step.made : writtenIn(txns, step.to, key);
  const later = shown(valueIn(txns, step.to, made, true));
  if (step.kind === WW) {
    const earlier = shown(valueIn(txns, step.from, step.seen, true));
    return lists
      ? `${to} appended ${later} to ${name} after ${from} appended ${earlier}`
      : `${to} wrote ${name} = ${later} after ${from} wrote ${earlier}`;
  }
  const value = shown(valueIn(txns, step.from, step.seen, false));
  if (lists) return `${from} read ${name} = ${value}, without ${later}, which ${to} appended`;
  const author = txns.writer[step.seen];
  const written = author >= 0 && author !== step.to ? ` ${nameOf(author)} wrote and` : '';
  return `${from} read ${name} = ${value}, which${written} ${to} overwrote with ${later}`;
}

/** A micro-operation. */
export function mopText([f, key, value]: Mop): string {
  if (f === 'r') return `read ${show(key)} = ${shown(value)}`;
  return f === 'w' ? `write ${show(key)} = ${shown(value)}` : `append ${shown(value)} to ${show(key)}`;
}
