/**
 * A history on disk: one JSON event a line, in Jepsen's shape, the invocation before the request leaves and the completion after the
 * reply is in. `value` is the input at `invoke`; at `ok` the output, or the input again where the output says nothing (`null`);
 * at `fail` and `info` the input.
 */
import type { NemesisEvent, Outcome } from '../history.ts';

/** The line of an invocation, without its newline. */
export function invocationLine(
  index: number,
  timeNs: number,
  process: number,
  call: { readonly f: string; readonly key?: string; readonly input: unknown; readonly node?: string },
): string {
  return JSON.stringify({
    index,
    time: timeNs,
    process,
    type: 'invoke',
    f: call.f,
    key: call.key,
    value: call.input ?? null,
    node: call.node,
  });
}

/** The line of a completion, without its newline. */
export function completionLine(
  index: number,
  timeNs: number,
  process: number,
  call: { readonly f: string; readonly key?: string; readonly input: unknown; readonly node?: string },
  outcome: Outcome<unknown>,
): string {
  const value =
    outcome.type === 'ok' ? (outcome.output ?? call.input ?? null) : (outcome.partial ?? call.input ?? null);
  return JSON.stringify({
    index,
    time: timeNs,
    process,
    type: outcome.type,
    f: call.f,
    key: call.key,
    value,
    node: call.node,
    error: outcome.type === 'ok' ? undefined : outcome.error,
  });
}

/** The line of a fault's begin or end, or of the heal, without its newline. */
export function nemesisLine(event: NemesisEvent): string {
  return JSON.stringify({
    index: event.index,
    time: event.timeNs,
    process: 'nemesis',
    type: 'info',
    f: event.f,
    value: event.value ?? null,
  });
}
