import { type Columns, INFO } from './history.ts';

/**
 * The session of each row, or -1 for operations of no process. A session is a process that does one thing after another; one that goes on after an operation that was never
 * answered is a new session, since that operation may take effect after those that follow it. O(n).
 */
export function sessionNumbers(columns: Columns): Int32Array {
  const session = new Int32Array(columns.length);
  const current = new Map<number, number>();
  let count = 0;
  for (let row = 0; row < columns.length; row++) {
    const process = columns.process[row];
    const number = process < 0 ? -1 : (current.get(process) ?? count++);
    session[row] = number;
    if (columns.type[row] === INFO) current.delete(process);
    else current.set(process, number);
  }
  return session;
}
