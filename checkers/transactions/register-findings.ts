/**
 * What is wrong in register transactions without looking for cycles: reads of
 * aborted, intermediate, future and unwritten values, and updates that were lost.
 */
import { OK } from '../history.ts';
import { lostUpdates } from './lost-updates.ts';
import { hintOf } from './register-hint.ts';
import type { RegisterTransactions } from './transactions-of.ts';
import { ABORTED, INITIAL, mopsOf, NOBODY, READ, show, type TransactionFinding } from './transactions-of.ts';

const LIMIT = 10;

/** Everything that is wrong without a cycle; at most `LIMIT` of a name. */
export function findInRegisters(registers: RegisterTransactions): TransactionFinding[] {
  const out: TransactionFinding[] = [];
  const counts = new Map<string, number>();
  const report = (finding: TransactionFinding): void => {
    const count = counts.get(finding.name) ?? 0;
    if (count < LIMIT) out.push(finding);
    counts.set(finding.name, count + 1);
  };
  const { first, effect, version, rows, history } = registers;
  let hint: string | undefined;
  const hinted = (): string => {
    hint ??= hintOf(registers);
    return hint;
  };
  for (let row = 0; row < rows; row++) {
    if (history.columns.type[row] !== OK) continue;
    for (let place = first[row]; place < first[row + 1]; place++)
      if (effect[place] === READ && version[place] >= 0) findInRead(registers, row, place, report, hinted);
  }
  lostUpdates(registers, report, null);
  return out;
}

function findInRead(
  registers: RegisterTransactions,
  row: number,
  place: number,
  report: (finding: TransactionFinding) => void,
  hint: () => string,
): void {
  const { writer, version, status, intermediate, first, history } = registers;
  const { start } = history.columns;
  const author = writer[version[place]];
  const right = author === INITIAL || (author >= 0 && author !== row && status[author] !== ABORTED);
  if (right && (author < 0 || intermediate[version[place]] === 0)) return;
  const mop = mopsOf(history, row)?.[place - first[row]];
  const key = show(mop?.[1]);
  const value = show(mop?.[2] ?? null);
  const read = `operation ${start[row]} read ${key} = ${value}`;
  if (author === NOBODY)
    report({
      name: 'garbage-read',
      message: `a transaction read ${key} = ${value}, which no transaction wrote${hint()}`,
      steps: [read],
      rows: [row],
      about: [version[place]],
    });
  if (author < 0) return;
  if (status[author] === ABORTED)
    report({
      name: 'G1a',
      message: `a transaction read ${key} = ${value}, which a failed one had written`,
      steps: [`operation ${start[author]} wrote ${key} = ${value} and failed`, read],
      rows: [author, row],
    });
  else if (author === row)
    report({
      name: 'future-read',
      message: `a transaction read ${key} = ${value}, which it only wrote later or had overwritten`,
      steps: [`${read}, where its own writes left something else`],
      rows: [row],
    });
  else if (intermediate[version[place]] === 1)
    report({
      name: 'G1b',
      message: `a transaction read ${key} = ${value}, which its writer had overwritten before it committed`,
      steps: [`operation ${start[author]} wrote ${key} = ${value}, and then something else`, read],
      rows: [author, row],
    });
}
