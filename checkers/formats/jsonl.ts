/**
 * A history on disk: one JSON event a line, in Jepsen's shape, the invocation before the request
 * leaves and the completion after the reply is in. `value` is the input at `invoke`; at `ok` the
 * output, or the input again where the output says nothing (`null`); at `fail` and `info` the input.
 */
import type { NemesisEvent, Outcome } from '../history.ts';
import { JepsenEvents } from './jepsen.ts';
import { JsonTexts } from './json.ts';
import { Lines } from './lines.ts';
import type { ReadOptions } from './options.ts';
import { OwnLine } from './own-line.ts';
import { Pairing } from './pairing.ts';
import type { Reader } from './reader.ts';

/** What an event's line says of its call. `final` marks a read of the last round: see `Operation.final`. */
interface Written {
  readonly f: string;
  readonly key?: string | undefined;
  readonly input: unknown;
  readonly node?: string | undefined;
  readonly final?: boolean | undefined;
}

/** The line of an invocation, without its newline. */
export function invocationLine(index: number, timeNs: number, process: number, call: Written): string {
  return JSON.stringify({
    index,
    time: timeNs,
    process,
    type: 'invoke',
    f: call.f,
    key: call.key,
    value: call.input ?? null,
    node: call.node,
    'final?': markOf(call),
  });
}

/** The line of a completion, without its newline. */
export function completionLine(
  index: number,
  timeNs: number,
  process: number,
  call: Written,
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
    'final?': markOf(call),
    error: outcome.type === 'ok' ? undefined : outcome.error,
  });
}

/** Jepsen's mark of a final read, which a line has or has not. */
function markOf({ final }: Written): true | undefined {
  return final ? true : undefined;
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

/**
 * Reads JSON lines: what the functions above write, and everything else in Jepsen's
 * shape that has an operation a line, such as histories without invocations or
 * without processes. Linear; lines as written here are read without `JSON.parse`.
 */
export function jsonlReader(options?: ReadOptions): Reader {
  const pairing = new Pairing();
  const events = new JepsenEvents(pairing, options);
  const texts = new JsonTexts();
  const own = new OwnLine(pairing, events);
  const lines = new Lines(options, (text, from, to, number) => {
    if (from === to || own.read(text, from, to, number)) return;
    const line = text.slice(from, to);
    if (line.trim() !== '') events.read(texts.parseLine(line, number), number);
  });
  return {
    push: (text) => lines.push(text),
    end() {
      const notes = lines.end();
      return events.reading(notes, 'jsonl');
    },
  };
}
