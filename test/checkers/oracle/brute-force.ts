/**
 * Linearizability and sequential consistency by definition: try every order. For a dozen
 * operations at most. The engines are compared with its verdicts, so it is short and simple.
 */
import type { Api, History, Model, Operation } from 'elle-ts';

type Step = (state: unknown, input: unknown) => readonly [unknown, unknown];

/**
 * Whether some completion of the history has an order that extends real time, key by key, and that the model allows.
 */
export function bruteLinearizable<A extends Api, S>(
  history: History<A>,
  model: Model<A, S>,
  initial: unknown = model.init,
): boolean {
  const keys = new Set([...history].map((o) => o.key));
  return [...keys].every((key) =>
    someOrder(
      [...history].filter((o) => o.key === key) as unknown as Operation[],
      model,
      initial,
      (a, b) => a.end < b.start,
    ),
  );
}

/**
 * Whether some completion of the history has an order that extends
 * each process's order and that the model allows. One object only.
 */
export function bruteSequential<A extends Api, S>(
  history: History<A>,
  model: Model<A, S>,
  initial: unknown = model.init,
): boolean {
  const before = (a: Operation, b: Operation): boolean => a.process === b.process && a.start < b.start;
  return someOrder([...history] as unknown as Operation[], model, initial, before);
}

function someOrder<A extends Api, S>(
  all: readonly Operation[],
  model: Model<A, S>,
  initial: unknown,
  before: (a: Operation, b: Operation) => boolean,
): boolean {
  const operations = all.filter((o) => o.outcome.type !== 'fail' || refusal(model, o));
  const dead = new Set<string>();
  const from = (taken: number, state: unknown): boolean => {
    if (operations.every((o, i) => taken & (1 << i) || o.outcome.type === 'info')) return true;
    const name = `${taken} ${JSON.stringify(state)}`;
    if (dead.has(name)) return false;
    for (const [i, o] of operations.entries()) {
      if (taken & (1 << i)) continue;
      // What comes before it must be in the order already, unless it may be left out.
      if (operations.some((p, j) => !(taken & (1 << j)) && p.outcome.type !== 'info' && before(p, o))) continue;
      // Continues with an order that leaves out an operation without a completion.
      const after = next(model, state, o);
      if (after && from(taken | (1 << i), after.state)) return true;
    }
    dead.add(name);
    return false;
  };
  return from(0, initial);
}

/** In which states the operation may have failed as it did; `undefined` where it did not fail with an observation. */
function refusal<A extends Api, S>(model: Model<A, S>, { f, outcome }: Operation) {
  if (outcome.type !== 'fail') return undefined;
  const byError = model.refuses?.[f] as Record<string, (state: unknown, input: unknown) => boolean> | undefined;
  return byError && Object.hasOwn(byError, outcome.error) ? byError[outcome.error] : undefined;
}

function next<A extends Api, S>(model: Model<A, S>, state: unknown, o: Operation): { state: unknown } | undefined {
  const legal = refusal(model, o);
  if (legal) return legal(state, o.input) ? { state } : undefined;
  const step = model.step[o.f] as unknown as Step;
  const [after, output] = step(state, o.input);
  if (after === undefined) return undefined;
  if (o.outcome.type === 'ok' && (!model.observes || model.observes.includes(o.f))) {
    const same = model.same ?? ((_: string, a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b));
    if (!same(o.f, output, o.outcome.output)) return undefined;
  }
  return { state: after };
}
