/** A history as the events that a recorder would have written, in their order. */
import { type History, NEVER, type Operation } from '../history.ts';

/** An invocation, a completion, or what the nemesis did. `index` is its place in the history. */
export type WrittenEvent =
  | { readonly index: number; readonly timeNs: number; readonly invoked: Operation }
  | { readonly index: number; readonly timeNs: number; readonly completed: Operation }
  | { readonly index: number; readonly timeNs: number; readonly f: string; readonly value: unknown };

/**
 * All events in order. The completion of an `info` has no index of its own: it gets one that the history leaves out,
 * after its invocation, and after all others where there is none; one that never returned has no completion.
 * O(n log n).
 */
export function eventsOf(history: History): readonly WrittenEvent[] {
  const events: WrittenEvent[] = history.nemesis.map((event) => ({ ...event }));
  const unplaced: Operation[] = [];
  for (const operation of history) {
    const { start, end, startNs, endNs } = operation;
    events.push({ index: start, timeNs: startNs, invoked: operation });
    if (end !== NEVER) events.push({ index: end, timeNs: endNs, completed: operation });
    else if (Number.isFinite(endNs)) unplaced.push(operation);
  }
  const taken = new Set(events.map(({ index }) => index));
  const last = events.reduce((most, { index }) => Math.max(most, index), -1);
  const gaps = Array.from({ length: last + 1 }, (_, index) => index).filter((index) => !taken.has(index));
  let next = 0;
  let beyond = last + 1;
  for (const operation of unplaced.sort((a, b) => a.endNs - b.endNs)) {
    while (next < gaps.length && (gaps[next] as number) < operation.start) next++;
    const index = next < gaps.length ? (gaps[next++] as number) : beyond++;
    events.push({ index, timeNs: operation.endNs, completed: operation });
  }
  return events.sort((a, b) => a.index - b.index);
}

/** What a completion's line says, as Jepsen has it: the output, or the input again where there is none. */
export function completionValue({ input, outcome }: Operation): unknown {
  const own = outcome.type === 'ok' ? outcome.output : outcome.partial;
  return own ?? input ?? null;
}
