/**
 * What became of a call, as availability, latency and evidence count it: one meaning of "answered" and "an effect" for all of them.
 */
import { type Columns, FAIL, type History, OK } from 'elle-ts';

/** What clients recorded of a run. */
export interface Recorded {
  readonly history: History;
  /** The rows of refusals that were the operations' results (`Refused` with `answer: true`). No history file says which they were. */
  readonly answers: ReadonlySet<number>;
  /** The rows at which the system's own code threw an error. No history file says which they were. */
  readonly threw?: ReadonlySet<number>;
}

/** Failures that tell what was found, by function, as designs word them. */
const OBSERVATIONS: Readonly<Record<string, string>> = {
  cas: 'mismatch',
  dequeue: 'empty',
  pop: 'empty',
  acquire: 'held',
  add: 'present',
  remove: 'absent',
};

function isObservation(columns: Columns, row: number): boolean {
  if (columns.type[row] !== FAIL) return false;
  const found = OBSERVATIONS[columns.fNames[columns.f[row]!]!];
  return found !== undefined && columns.error.get(row) === found;
}

/** Whether the node responded with a result: the call succeeded, or failed for a reason of its datatype, such as a conflict. */
export function isAnswered({ history: { columns }, answers }: Recorded, row: number): boolean {
  return columns.type[row] === OK || answers.has(row) || isObservation(columns, row);
}

/** Whether the call succeeded: it took effect, or told what it was asked for. */
export function isCommitted({ history: { columns } }: Recorded, row: number): boolean {
  return columns.type[row] === OK;
}
