/**
 * Checks a linearization independently of how it was found: every
 * `ok` operation once, real time kept, every output the model's.
 */
import type { Api, History, Operation } from '../history.ts';
import type { Model } from '../model.ts';
import { observes, refusalOf } from '../refusals.ts';
import type { Linearization } from './certificate.ts';
import { sameJson } from './intern.ts';

/**
 * What is wrong with the certificate, or `undefined` where it proves
 * the history linearizable. Time linear but for the model's.
 */
export function verifyLinearization<A extends Api, S>(
  history: History<A>,
  model: Model<A, S>,
  certificate: Linearization,
  initial: unknown = model.init,
): string | undefined {
  const left = new Map<number, Operation>();
  for (const operation of history as unknown as Iterable<Operation>) left.set(operation.start, operation);
  for (const { key, order } of certificate.objects) {
    let state = initial;
    let latest = -1;
    for (const start of order) {
      const operation = left.get(start);
      if (operation === undefined || operation.key !== key)
        return `operation ${start} is not one of this object, or is there twice`;
      if (operation.end < latest)
        return `operation ${start} had ended before operation ${latest} began, which comes before it`;
      const after = stepOf(model, state, operation);
      if (after === undefined) return `operation ${start} is impossible in state ${JSON.stringify(state)}`;
      left.delete(start);
      latest = Math.max(latest, start);
      state = after;
    }
  }
  const forgotten = [...left.values()].find((operation) => isCertain(model, operation));
  return forgotten && `operation ${forgotten.start} is in no order`;
}

/** Whether an operation must be in every order: it returned, or was refused with an observation. */
export function isCertain<A extends Api, S>(model: Model<A, S>, { f, outcome }: Operation): boolean {
  return outcome.type === 'ok' || (outcome.type === 'fail' && refusalOf(model, f, outcome.error) !== undefined);
}

/** The state after an operation, or `undefined` where it cannot have had this outcome, or did not happen at all. */
export function stepOf<A extends Api, S>(
  model: Model<A, S>,
  state: unknown,
  { f, input, outcome }: Operation,
): unknown {
  if (outcome.type === 'fail') return refusalOf(model, f, outcome.error)?.(state, input) ? state : undefined;
  const step = model.step[f] as unknown as (state: unknown, input: unknown) => readonly [unknown, unknown];
  const [after, output] = step(state, input);
  if (outcome.type === 'info' || !observes(model, f)) return after;
  const same = model.same ? model.same(f, output, outcome.output) : sameJson(output, outcome.output);
  return same ? after : undefined;
}
