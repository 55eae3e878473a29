/** Histories as the operations of Porcupine. */
import { type History, NEVER, type Operation } from '../history.ts';

/** What Porcupine's programs have by these names. */
const FUNCTIONS: ReadonlySet<string> = new Set(['read', 'write', 'cas', 'get', 'put', 'append', 'transfer']);

/** Functions that Porcupine's programs do not have. */
export function unknownToPorcupine(history: History): readonly string[] {
  return [...new Set([...history].map(({ f }) => f))].filter((f) => !FUNCTIONS.has(f));
}

/** Whether clocks order the events as the history does, so that times can stand for places. */
export function isOrderedByTime(history: History): boolean {
  const events = [...history].flatMap(({ start, end, startNs, endNs }) => [
    { at: start, ns: startNs, ends: false },
    ...(end === NEVER ? [] : [{ at: end, ns: endNs, ends: true }]),
  ]);
  events.sort((a, b) => a.at - b.at);
  return events.every(({ ns, ends }, i) => {
    const before = events[i - 1];
    return !before || (before.ns < ns ? true : before.ns === ns && !(before.ends && !ends));
  });
}

/** Operations as `{ClientId, Input, Call, Output, Return}`, one a line in an array, without those that failed. O(n). */
export function* porcupineJson(history: History): Generator<string> {
  const timed = isOrderedByTime(history);
  let before = '[';
  for (const operation of history) {
    if (operation.outcome.type === 'fail') continue;
    yield `${before}\n${JSON.stringify(recordOf(operation, timed))}`;
    before = ',';
  }
  yield before === '[' ? '[]\n' : '\n]\n';
}

function recordOf({ process, f, key, input, outcome, start, end, startNs, endNs }: Operation, timed: boolean): object {
  const has = outcome.type === 'ok';
  const observes = f === 'read' || f === 'get';
  return {
    ClientId: process,
    Input: { op: f, ...(key === undefined ? {} : { key }), ...argumentsOf(f, input) },
    Call: timed ? Math.round(startNs) : start,
    ...(has ? { Output: observes ? { value: outcome.output ?? null } : { ok: true } } : {}),
    ...(has ? { Return: timed ? Math.round(endNs) : end } : {}),
  };
}

function argumentsOf(f: string, input: unknown): object {
  if (input === null || input === undefined) return {};
  if (f === 'cas' && Array.isArray(input)) return { arg1: input[0], arg2: input[1] };
  if (f === 'transfer') return input as object;
  return { value: input };
}
