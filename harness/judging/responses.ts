/**
 * What became of a call, as availability, latency and evidence count
 * it: one meaning of "answered" and "an effect" for all of them.
 */
import { type Columns, datatypes, FAIL, functionsOf, type History, type Offered, OK, type Reason } from 'elle-ts';

/** What clients recorded of a run. */
export interface Recorded {
  readonly history: History;
  /**
   * The rows of refusals that were the operations' results (`Refused`
   * with `answer: true`). No history file says which they were.
   */
  readonly answers: ReadonlySet<number>;
  /** The rows at which the system's own code threw an error. No history file says which they were. */
  readonly threw?: ReadonlySet<number>;
}

/** Failures that tell what was found, by function, whatever the datatype: as answers they count in all of them. */
const FOUND: ReadonlyMap<string, Reason> = new Map(
  datatypes.flatMap(({ functions }) =>
    Object.entries(functions).flatMap(([f, { refusal }]) => (refusal ? [[f, refusal] as const] : [])),
  ),
);

/** Whether the call failed with what it found, which is an observation in this datatype. */
export function isObservation(columns: Columns, row: number, datatype: Offered): boolean {
  if (columns.type[row] !== FAIL) return false;
  const refusal = functionsOf(datatype)?.functions[columns.fNames[columns.f[row]!]!]?.refusal;
  return refusal !== undefined && columns.error.get(row) === refusal;
}

function tellsWhatItFound(columns: Columns, row: number): boolean {
  if (columns.type[row] !== FAIL) return false;
  const reason = FOUND.get(columns.fNames[columns.f[row]!]!);
  return reason !== undefined && columns.error.get(row) === reason;
}

/**
 * Whether the node responded with a result: the call succeeded,
 * or failed for a reason of its datatype, such as a conflict.
 */
export function isAnswered({ history: { columns }, answers }: Recorded, row: number): boolean {
  return columns.type[row] === OK || answers.has(row) || tellsWhatItFound(columns, row);
}

/** Whether the call did something: it succeeded, or observed what kept it from that. */
export function isEffect({ history: { columns } }: Recorded, row: number, datatype: Offered): boolean {
  return columns.type[row] === OK || isObservation(columns, row, datatype);
}

/** Whether the call succeeded: it took effect, or told what it was asked for. */
export function isCommitted({ history: { columns } }: Recorded, row: number): boolean {
  return columns.type[row] === OK;
}

/** The rows of the calls that began in this span of time, as first and end: rows are in the order of invocations. */
export function rowsBetween({ startNs, length }: Columns, fromMs: number, toMs: number): readonly [number, number] {
  const firstFrom = (ns: number) => {
    let [low, high] = [0, length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (startNs[middle]! < ns) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return [firstFrom(fromMs * 1e6), firstFrom(toMs * 1e6)];
}
