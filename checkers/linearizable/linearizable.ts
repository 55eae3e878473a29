/**
 * Linearizability: is there one order of all operations that keeps every operation inside
 * its interval and in which the model gives every output that was observed? Herlihy and Wing,
 * "Linearizability: a correctness condition for concurrent objects", ACM TOPLAS 12(3), 1990.
 */
import { type Checker, type Verdict, worst } from '../checker.ts';
import type { Api, Columns, History } from '../history.ts';
import type { Model } from '../model.ts';
import { register } from '../models/register.ts';
import { unlessWrongHint } from '../wrong-hint.ts';
import { judgeObjects, objectsOf } from './objects.ts';
import type { LinearizableOptions } from './options.ts';
import { modelProblem } from './problems.ts';
import { judgeRegisters } from './registers.ts';
import { unsupportedOperations } from './unsupported-operations.ts';

/**
 * Judges linearizability, key by key: a history is linearizable
 * iff each object's part is (Herlihy and Wing's locality).
 *
 * Registers whose written values are unique are judged in linear time (zones.ts); only keys with
 * a value written twice, and all other models, are searched, in time that grows with the length
 * and exponentially with the operations open at once. Exact, but `unknown` where the budget runs
 * out, or where a step of the model changes a state that `readOnly` says it does not. A swap that
 * failed counts as not having happened; that it saw another value is not used.
 */
export function linearizable<A extends Api, S>(model: Model<A, S>, options: LinearizableOptions = {}): Checker<A> {
  const initial = 'initial' in options ? options.initial : model.init;
  return {
    name: 'linearizable',
    check: ({ columns }: History<A>): Verdict => unlessWrongHint(() => judged(columns, model, initial, options)),
  };
}

function judged<A extends Api, S>(
  columns: Columns,
  model: Model<A, S>,
  initial: unknown,
  options: LinearizableOptions,
): Verdict {
  const reason = unsupportedOperations(columns, model);
  if (reason !== undefined) return { type: 'unknown', reason };
  if ((model as unknown) === register) return judgeRegisters(columns, initial, options);
  const problems = objectsOf(columns).map((rows) => modelProblem(columns, rows, model, initial));
  const { verdicts, orders } = judgeObjects(columns, problems, options);
  const valid: Verdict = { type: 'valid', ...(options.certificate ? { certificate: { objects: orders } } : {}) };
  return worst([...verdicts, valid]);
}
