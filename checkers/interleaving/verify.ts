/**
 * Checks an order of all operations that is said to show sequential consistency, independently of how
 * the order was found: every `ok` operation once, each session in its order, every output the model's.
 */
import type { Api, History, Operation } from '../history.ts';
import { isCertain, stepOf } from '../linearizable/verify.ts';
import type { Model } from '../model.ts';

/**
 * What is wrong with the order, by `start`, or `undefined` where it proves
 * the history sequentially consistent. Time linear but for the model's.
 */
export function verifyInterleaving<A extends Api, S>(
  history: History<A>,
  model: Model<A, S>,
  order: readonly number[],
  initial: unknown = model.init,
): string | undefined {
  const left = new Map<number, Operation>();
  const session = new Map<number, number>();
  const current = new Map<number, number>();
  for (const operation of history as unknown as Iterable<Operation>) {
    left.set(operation.start, operation);
    // A session is named by its first operation; an operation that never returned ends it.
    session.set(operation.start, current.get(operation.process) ?? operation.start);
    if (operation.outcome.type === 'info') current.delete(operation.process);
    else current.set(operation.process, session.get(operation.start) as number);
  }
  const states = new Map<string | undefined, unknown>();
  const latest = new Map<number | undefined, number>();
  for (const start of order) {
    const operation = left.get(start);
    if (operation === undefined) return `operation ${start} is not in the history, or is there twice`;
    const before = latest.get(session.get(start));
    if (before !== undefined && before > start)
      return `operation ${start} comes after operation ${before} of its session`;
    const state = states.has(operation.key) ? states.get(operation.key) : initial;
    const after = stepOf(model, state, operation);
    if (after === undefined) return `operation ${start} is impossible in state ${JSON.stringify(state)}`;
    states.set(operation.key, after);
    latest.set(session.get(start), start);
    left.delete(start);
  }
  const forgotten = [...left.values()].find((operation) => isCertain(model, operation));
  return forgotten && `operation ${forgotten.start} is not in the order`;
}
