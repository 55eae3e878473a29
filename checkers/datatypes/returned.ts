/**
 * What an `ok` call's return means: an observation, an acknowledgement
 * that says nothing, a refusal, or something that its function cannot return.
 */
import type { FunctionRecord } from './datatype.ts';
import { askedFor, differs, isMops } from './micro-operations.ts';
import { isMap, type Shape, shown } from './shape.ts';

/** What an output means. */
export type Returned =
  | { readonly is: 'output'; readonly output: unknown }
  /** It did not happen: `false` of an update. */
  | { readonly is: 'refusal'; readonly error: string }
  /** No output of this function: what is wrong, behind "a read of a register". */
  | { readonly is: 'wrong'; readonly what: string };

/** What a call of this function returned means. The output may be undefined, which is null. O(size of the output). */
export function returned(record: FunctionRecord, output: unknown, shape: Shape | undefined = record.returns): Returned {
  const { returns, updates, refusal } = record;
  const told = output ?? null;
  if (returns && !updates) return fitting(shape ?? returns, told);
  if (told === null) return { is: 'output', output: null };
  if (told === false) return { is: 'refusal', error: refusal ?? 'refused' };
  if (returns) return fitting(shape ?? returns, told);
  if (refusal && typeof told === 'number') return { is: 'wrong', what: unclear(told, refusal) };
  return { is: 'output', output: record.stamped && isMap(told) && 'version' in told ? told : null };
}

/**
 * The same in a run of our own, where nothing is repeated or filled in: what a system returned for a call
 * with this input. What comes back of a transaction is the transaction that was asked for, with its results.
 */
export function returnedInRun(record: FunctionRecord, input: unknown, output: unknown): Returned {
  if (record.micro !== undefined && isMops(input)) {
    const difference = output === false ? undefined : differs(askedFor(input), output ?? null);
    if (difference !== undefined) return { is: 'wrong', what: `completes as another transaction: ${difference}` };
  }
  const shape = record.inRuns ?? record.returns;
  if (output === undefined && shape && record.updates === undefined)
    return { is: 'wrong', what: `returns ${shape.says}, and not nothing` };
  return returned(record, output, shape);
}

function fitting({ says, fits }: Shape, output: unknown): Returned {
  return fits(output) ? { is: 'output', output } : { is: 'wrong', what: `returns ${says}, and not ${shown(output)}` };
}

function unclear(number: number, refusal: string): string {
  return `returned the number ${number}, which does not say whether it took effect: say ok with true or false, or fail with the error "${refusal}"`;
}
