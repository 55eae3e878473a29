import { type History, HistoryBuilder, type Outcome } from '../history.ts';
import { HistoryError } from './history-error.ts';
import { sameJson } from './json.ts';
import { splitKeys } from './keys.ts';

/** One line of a foreign history, checked for its shape but not yet joined with its other half. */
export interface Event {
  readonly index: number;
  readonly time: number;
  /** Absent where the file names none: then each operation is a process of its own. */
  readonly process: number | undefined;
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  /** Absent at a completion that leaves it to its invocation. */
  readonly f: string | undefined;
  readonly key: string | undefined;
  readonly value: unknown;
  /** A read that was made after everything else had ended, says the file. */
  readonly final?: boolean;
  readonly node: string | undefined;
  readonly error: string | undefined;
}

/** Functions whose completion repeats their input, because they return nothing. */
const RETURNS_NOTHING = new Set(
  'write cas add append put remove delete insert enqueue push increment decrement inc dec transfer release unlock'.split(
    ' ',
  ),
);

/** An index names an operation and is a place in checkers' arrays, so a gap may be wide but not absurd. */
const WIDEST_GAP = 1_000_000;

/**
 * Joins the events of a history, an invocation with its completion by process, and so builds the history. What a file may not say is
 * an error with the line: a process that invokes while its last call is open, a completion of nothing, an index that goes back.
 *
 * A file without any invocation (Elle's tests and tools write such) is read as well: nothing is known of when its operations began, so
 * each begins before anything ends, and no real-time order is claimed; but what is marked `final?` comes after all else. An operation is
 * then named by its completion's index, and a final one by that and twice the number of events.
 */
export class Pairing {
  readonly history = new HistoryBuilder();
  private readonly open = new Map<number, number>();
  private readonly anonymous: number[] = [];
  private readonly echoes = new Map<string, boolean>();
  private readonly bare: { event: Event; line: number }[] = [];
  private lastIndex = -1;
  private nextProcess = 0;
  private invoked = false;

  /** The index of an event: its own, or the next one where it has none. */
  index(given: number | undefined, line: number): number {
    const index = given ?? this.lastIndex + 1;
    if (!Number.isInteger(index) || index <= this.lastIndex)
      throw new HistoryError(`index ${index} does not follow ${this.lastIndex}: indices must ascend`, line);
    if (index > this.lastIndex + WIDEST_GAP)
      throw new HistoryError(`index ${index} is too far from ${this.lastIndex}: indices must be dense`, line);
    this.lastIndex = index;
    return index;
  }

  /** Takes the next event; its index comes from `index`. */
  event(event: Event, line: number): void {
    if (event.type === 'invoke') this.invoke(event, line);
    else this.complete(event, line);
  }

  invoke(event: Event, line: number): void {
    const [bare] = this.bare;
    if (bare) throw withoutInvocation(bare.event, bare.line, `although line ${line} has an invocation`);
    this.invoked = true;
    const { f, key, node } = event;
    if (f === undefined) throw new HistoryError('an invocation needs a function "f"', line);
    const process = event.process ?? this.nextProcess++;
    const already = this.open.get(process);
    if (already !== undefined) {
      const { start, f: before } = this.history.operation(already);
      throw new HistoryError(
        `process ${process} invokes ${f} while its ${before} of index ${start} is still open: a process does one thing at a time`,
        line,
      );
    }
    const row = this.history.invoke(event.index, event.time, process, {
      f,
      input: givenInput(f, event.value),
      ...(key === undefined ? {} : { key }),
      ...(node === undefined ? {} : { node }),
      ...(event.final ? { final: true } : {}),
    });
    if (event.process === undefined) this.anonymous.push(row);
    else this.open.set(process, row);
  }

  complete(event: Event, line: number): void {
    const row = event.process === undefined ? this.onlyOpen(event, line) : this.open.get(event.process);
    if (row === undefined) {
      if (this.invoked) throw withoutInvocation(event, line, 'or its last call is completed already');
      this.bare.push({ event, line });
      return;
    }
    if (event.process !== undefined) this.open.delete(event.process);
    const f = this.history.fNames[this.history.f[row] as number] as string;
    if (event.f !== undefined && event.f !== f)
      throw new HistoryError(`process ${event.process} invoked ${f} but completes ${event.f}`, line);
    // A file may mark either line of a call.
    if (event.final) this.history.final.add(row);
    this.history.complete(row, event.index, event.time, this.outcome(row, f, event, line));
  }

  nemesis(index: number, timeNs: number, f: string, value: unknown): void {
    this.history.nemesis.push({ index, timeNs, f, value });
  }

  /** The whole history, after the last event. */
  end(): History {
    const last = this.bare.filter(({ event }) => event.final);
    const events = this.lastIndex + 1;
    for (const { event, line } of this.bare) if (!event.final) this.completeBare(event, line, event.index, events);
    for (const { event, line } of last) this.completeBare(event, line, event.index + 2 * events, events);
    const { history } = this;
    splitKeys(history);
    const silent = [...this.echoes].filter(([, always]) => always).map(([f]) => history.fNames.indexOf(f));
    for (let row = 0; silent.length > 0 && row < history.length; row++)
      if (silent.includes(history.f[row] as number)) history.output[row] = null;
    return history;
  }

  private outcome(row: number, f: string, event: Event, line: number): Outcome<unknown> {
    const { history } = this;
    const input = history.input[row];
    if (event.type !== 'ok') return unsuccessful(event, input);
    const { value } = event;
    if (!RETURNS_NOTHING.has(f)) {
      if (input !== null && !isTransaction(f, input))
        this.echoes.set(f, (this.echoes.get(f) ?? true) && sameJson(value, input));
      return { type: 'ok', output: value };
    }
    if (value === null || sameJson(value, input)) return { type: 'ok', output: null };
    if (input === null) history.input[row] = value;
    else if (f === 'write' || f === 'cas')
      throw new HistoryError(`a ${f} of ${JSON.stringify(input)} completes with ${JSON.stringify(value)}`, line);
    return { type: 'ok', output: input === null ? null : value };
  }

  /** Which operation a completion without a process ends: the one open operation of its function, and of its value if there are several. */
  private onlyOpen(event: Event, line: number): number | undefined {
    const { history } = this;
    const rows = this.anonymous.filter(
      (row) => event.f === undefined || history.fNames[history.f[row] as number] === event.f,
    );
    const fitting = rows.length < 2 ? rows : rows.filter((row) => sameJson(history.input[row], event.value));
    if (fitting.length > 1 || (rows.length > 1 && fitting.length === 0))
      throw new HistoryError(`${rows.length} operations are open, and no process says which one this completes`, line);
    const [row] = fitting;
    if (row !== undefined) this.anonymous.splice(this.anonymous.indexOf(row), 1);
    return row;
  }

  private completeBare(event: Event, line: number, start: number, length: number): void {
    const { f, key, node, value } = event;
    if (f === undefined) throw new HistoryError('an operation needs a function "f"', line);
    const observes = !RETURNS_NOTHING.has(f) && !isTransaction(f, value);
    const row = this.history.invoke(start, event.time, event.process ?? this.nextProcess++, {
      f,
      input: observes ? null : givenInput(f, value),
      ...(key === undefined ? {} : { key }),
      ...(node === undefined ? {} : { node }),
      ...(event.final ? { final: true } : {}),
    });
    this.history.complete(row, start + length, event.time, this.outcome(row, f, event, line));
  }
}

/** How a call ended that did not succeed; what its completion told besides its input is kept. */
function unsuccessful(event: Event, input: unknown): Outcome<unknown> {
  const type = event.type === 'fail' ? 'fail' : 'info';
  const error = event.error ?? (type === 'fail' ? 'failed' : 'unknown');
  const told = event.value !== null && !sameJson(event.value, input);
  return told ? { type, error, partial: event.value } : { type, error };
}

/** A list of micro-operations: `[["r", "x", null], ["append", "y", 1]]`. */
function isTransaction(f: string, value: unknown): value is readonly (readonly unknown[])[] {
  return Array.isArray(value) && (f === 'txn' || (value.length > 0 && value.every(isMicroOperation)));
}

function isMicroOperation(value: unknown): boolean {
  return Array.isArray(value) && value.length >= 2 && typeof value[0] === 'string';
}

/** The input of a call: reads ask with `null`, whatever a tool has written there in advance. */
function givenInput(f: string, value: unknown): unknown {
  if (isTransaction(f, value)) return value.map((mop) => (mop[0] === 'r' ? ['r', mop[1], null] : mop));
  return f === 'read' && !Array.isArray(value) ? null : value;
}

function withoutInvocation(event: Event, line: number, why: string): HistoryError {
  const who = event.process === undefined ? 'an operation' : `process ${event.process}`;
  return new HistoryError(`${who} completes ${event.f ?? 'a call'} that it never invoked, ${why}`, line);
}
