import type { History, Operation } from '../history.ts';
import { historyOf } from '../history-builder.ts';
import { sessionNumbers } from '../session-numbers.ts';

/**
 * Some rows of a history, in their order. Where a process continued after an operation that never returned, and that
 * one is left out, what came later is of a process of its own: it is another session. O(n).
 */
export function someRows(history: History, rows: ReadonlySet<number>): History {
  const { columns } = history;
  const session = sessionNumbers(columns);
  let fresh = columns.process.reduce((most, process) => Math.max(most, process), 0);
  const sessionOf = new Map<number, number>();
  const processOf = new Map<number, number>();
  const operations = [...rows]
    .sort((a, b) => a - b)
    .map((row): Operation => {
      const operation = history.operation(row);
      if (session[row] < 0) return operation;
      const first = sessionOf.get(operation.process) ?? session[row];
      sessionOf.set(operation.process, first);
      const process = first === session[row] ? operation.process : (processOf.get(session[row]) ?? ++fresh);
      processOf.set(session[row], process);
      return { ...operation, process };
    });
  return historyOf(operations, history);
}
