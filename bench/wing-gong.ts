/**
 * The baseline: the search that most checkers use (Wing and Gong, with Lowe's memory), as
 * plainly as it can be written. It goes through the events, tries every open operation, and
 * remembers pairs of a state and a set of operations, one bit for each operation of the history.
 */
import type { Api, History, Model, Operation } from 'elle-ts';

/**
 * Whether one object's history is linearizable; `undefined` when `steps`
 * are spent. Without answered operations left, the rest may be left out.
 */
export function wingGong<A extends Api, S>(
  history: History<A>,
  model: Model<A, S>,
  steps: number,
): boolean | undefined {
  const operations = ([...history] as unknown as Operation[]).filter(
    (o) => o.outcome.type !== 'fail' || refusal(model, o),
  );
  const answered = operations.filter((o) => o.outcome.type !== 'info').length;
  const seen = new Set<string>();
  const taken = new Uint8Array(operations.length);
  const bits = new Uint32Array((operations.length + 31) >>> 5);
  const path: { operation: number; state: unknown; from: number }[] = [];
  let state: unknown = model.init;
  let done = 0;
  let from = 0;
  for (let step = 0; step < steps; step++) {
    if (done === answered) return true;
    const chosen = choose(operations, model, taken, from, state);
    if (chosen) {
      flip(taken, bits, chosen.operation);
      const name = `${bits.join()} ${JSON.stringify(chosen.state)}`;
      if (seen.has(name)) {
        flip(taken, bits, chosen.operation);
        from = chosen.operation + 1;
        continue;
      }
      seen.add(name);
      path.push({ operation: chosen.operation, state, from });
      if (operations[chosen.operation]?.outcome.type !== 'info') done++;
      ({ state } = chosen);
      from = 0;
      continue;
    }
    const back = path.pop();
    if (!back) return false;
    flip(taken, bits, back.operation);
    if (operations[back.operation]?.outcome.type !== 'info') done--;
    ({ state } = back);
    from = back.operation + 1;
  }
  return undefined;
}

function flip(taken: Uint8Array, bits: Uint32Array, operation: number): void {
  taken[operation] = 1 - (taken[operation] as number);
  bits[operation >>> 5] = (bits[operation >>> 5] as number) ^ (1 << (operation & 31));
}

/** The first operation from this place on that is open, not taken, and right in this state. */
function choose<A extends Api, S>(
  operations: readonly Operation[],
  model: Model<A, S>,
  taken: Uint8Array,
  from: number,
  state: unknown,
): { operation: number; state: unknown } | undefined {
  let soonest = Number.POSITIVE_INFINITY;
  for (const [i, o] of operations.entries()) {
    if (taken[i] === 1) continue;
    if (o.start > soonest) return undefined;
    soonest = Math.min(soonest, o.end);
    if (i < from) continue;
    const refused = refusal(model, o);
    if (refused && !refused(state, o.input)) continue;
    if (refused) return { operation: i, state };
    const step = model.step[o.f] as unknown as (state: unknown, input: unknown) => readonly [unknown, unknown];
    const [after, output] = step(state, o.input);
    if (after === undefined) continue;
    const observed = o.outcome.type === 'ok' && (model.observes?.includes(o.f) ?? true);
    if (observed && JSON.stringify(output) !== JSON.stringify((o.outcome as { output: unknown }).output)) continue;
    return { operation: i, state: after };
  }
  return undefined;
}

/** In which states the operation may have failed as it did; `undefined` where that was no observation. */
function refusal<A extends Api, S>(model: Model<A, S>, { f, outcome }: Operation) {
  if (outcome.type !== 'fail') return undefined;
  const byError = model.refuses?.[f] as Record<string, (state: unknown, input: unknown) => boolean> | undefined;
  return byError && Object.hasOwn(byError, outcome.error) ? byError[outcome.error] : undefined;
}
