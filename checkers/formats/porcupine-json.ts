import { type Request, requestOf, responseOf } from './go-calls.ts';
import { HistoryError } from './history-error.ts';
import { JepsenEvents, shown } from './jepsen.ts';
import { JsonTexts } from './json.ts';
import { cutNote, JsonElements } from './json-elements.ts';
import { Lines } from './lines.ts';
import type { ReadOptions } from './options.ts';
import { Pairing } from './pairing.ts';
import type { Reader } from './reader.ts';

/** An operation of Porcupine's, with the line on which it stands. */
interface Operation {
  readonly line: number;
  readonly client: number;
  readonly request: Request;
  readonly output: unknown;
  readonly call: Time;
  /** Absent where it never returned. */
  readonly end: Time | undefined;
}

/** Nanoseconds may need more digits than a double holds. */
type Time = number | bigint;

/**
 * Reads Porcupine's operations as JSON, `{ClientId, Input, Call, Output, Return}`, in one array
 * or one a line. Times order them; of equal times the call comes first, as in Porcupine. An operation
 * that has no `Return` never returned. Porcupine uses client ids for drawing alone: where one client's
 * operations overlap, the ids name no processes, and each operation has a process of its own.
 */
export function porcupineJsonReader(options?: ReadOptions): Reader {
  const operations: Operation[] = [];
  const texts = new JsonTexts();
  const take = (record: unknown, line: number): void => void operations.push(operationOf(record, line));
  const elements = new JsonElements(
    { level: 1, says: 'operations of Porcupine are an array, or one a line' },
    options,
    (text, line) => take(texts.parse(text, line), line),
  );
  const lines = new Lines(options, (text, from, to, number) => {
    const line = text.slice(from, to);
    if (line.trim() !== '') take(texts.parseLine(line, number), number);
  });
  let inArray: boolean | undefined;
  return {
    push(text) {
      if (inArray === undefined && text.trim() !== '') inArray = /^\s*\[/.test(text);
      (inArray ? elements : lines).push(text);
    },
    end() {
      const cut = inArray ? elements.end() : undefined;
      const notes = cut === undefined ? lines.end() : [cutNote(cut, '"Call"')];
      return paired(operations, options).reading(notes, 'porcupine-json');
    },
  };
}

function operationOf(record: unknown, line: number): Operation {
  const { ClientId, Input, Call, Output, Return } = (record ?? {}) as Record<string, unknown>;
  const request = requestOf(Input);
  if (typeof request === 'string') throw new HistoryError(request, line);
  const client = ClientId ?? 0;
  if (typeof client !== 'number') throw new HistoryError(`"ClientId" is a number, not ${shown(ClientId)}`, line);
  const call = timeOf(Call);
  const end = timeOf(Return);
  if (call === undefined) throw new HistoryError(`"Call" is a time, not ${shown(Call)}`, line);
  if (end !== undefined && end < call) throw new HistoryError('the operation returns before it is called', line);
  return { line, client, request, output: Output, call, end };
}

/** A time; undefined where there is none. */
function timeOf(time: unknown): Time | undefined {
  if (typeof time === 'string' && /^-?\d+$/.test(time)) return BigInt(time);
  return typeof time === 'number' ? time : undefined;
}

function paired(operations: readonly Operation[], options: ReadOptions | undefined): JepsenEvents {
  const events = new JepsenEvents(new Pairing(), options);
  const areProcesses = !overlapInClients(operations);
  for (const { operation, returns, place } of eventsOf(operations)) {
    const { line, client, request, output } = operation;
    const { f, key, value } = request;
    const response = returns ? responseOf(output, request) : { type: 'invoke', value };
    if (typeof response === 'string') throw new HistoryError(response, line);
    events.read({ process: areProcesses ? client : place, f, key, ...response }, line);
  }
  return events;
}

interface Moment {
  readonly operation: Operation;
  readonly place: number;
  readonly returns: boolean;
  readonly time: Time;
}

/** Calls and returns in the order of time. */
function eventsOf(operations: readonly Operation[]): Moment[] {
  return operations
    .flatMap((operation, place): Moment[] => [
      { operation, place, returns: false, time: operation.call },
      ...(operation.end === undefined ? [] : [{ operation, place, returns: true, time: operation.end }]),
    ])
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : Number(a.returns) - Number(b.returns)));
}

function overlapInClients(operations: readonly Operation[]): boolean {
  const open = new Set<number>();
  for (const { operation, returns } of eventsOf(operations)) {
    if (returns) open.delete(operation.client);
    else if (open.has(operation.client)) return true;
    else open.add(operation.client);
  }
  return false;
}
