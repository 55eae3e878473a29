import { type History, NEVER_COLUMN, type Operation, type Outcome } from '../history.ts';
import { HistoryBuilder } from '../history-builder.ts';
import { HistoryError } from './history-error.ts';
import { sameJson } from './json.ts';
import { splitKeys } from './keys.ts';

/** One line of another tool's history, checked for its shape but not yet joined with its other half. */
export interface ParsedEvent {
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

/** An index names an operation and is a place in checkers' arrays, so a gap may be wide but not absurd. */
const WIDEST_GAP = 1_000_000;

/**
 * Joins the events of a history, an invocation with its completion by process, and so builds the history. What a file
 * may not say is an error with the line: a process that invokes while its last call is open, a completion of nothing,
 * an index that goes back. Values stay as the file has them: what they mean is the datatype's to say (`conform`).
 *
 * A file without any invocation (Elle's tests and tools write such) is read as well: it tells the order within
 * each process and nothing of real time (`History.realTime`), but that what is marked `final?` comes after all
 * else. An operation is then named by the place of its completion among all events, and begins and ends there.
 */
export class Pairing {
  history = new HistoryBuilder();
  private readonly processes = new Map<number, ProcessState>();
  private readonly anonymous: number[] = [];
  /** By row: where its completion stands, or its invocation where it has none. */
  private lines: number[] = [];
  private readonly bare: Bare[] = [];
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
  event(event: ParsedEvent, line: number): void {
    if (event.type === 'invoke') this.invoke(event, line);
    else this.complete(event, line);
  }

  invoke(event: ParsedEvent, line: number): void {
    this.invoked = true;
    const { f, key, node } = event;
    if (f === undefined) throw new HistoryError('an invocation needs a function "f"', line);
    const process = event.process ?? this.nextProcess++;
    const state = this.stateOf(process);
    if (state.open >= 0) {
      const { start, f: before } = this.history.operation(state.open);
      throw new HistoryError(
        `process ${process} invokes ${f} while its ${before} of index ${start} is still open: a process does one thing at a time`,
        line,
      );
    }
    const row = this.history.invoke(event.index, event.time, process, {
      f,
      input: event.value,
      key,
      node,
      final: event.final,
    });
    this.lines.push(line);
    if (event.process === undefined) this.anonymous.push(row);
    else state.open = row;
  }

  complete(event: ParsedEvent, line: number): void {
    const state = event.process === undefined ? undefined : this.stateOf(event.process);
    const row = state === undefined ? this.onlyOpen(event, line) : state.open;
    if (row < 0) {
      if (event.f === undefined) throw withoutFunction(event, line);
      this.bare.push({ event, line, after: state?.ended ?? -1 });
      if (state) state.ended = event.index;
      return;
    }
    if (state) {
      state.open = -1;
      state.ended = event.index;
    }
    const f = this.history.fNames[this.history.f[row] as number] as string;
    if (event.f !== undefined && event.f !== f)
      throw new HistoryError(`process ${event.process} invoked ${f} but completes ${event.f}`, line);
    this.lines[row] = line;
    if (event.final) this.history.final.add(row);
    this.history.complete(row, event.index, event.time, outcomeOf(event, this.history.input[row]));
  }

  nemesis(index: number, timeNs: number, f: string, value: unknown): void {
    this.history.nemesis.push({ index, timeNs, f, value });
  }

  /** The line of the operation that has this `start`: its completion's where there is one. */
  lineOf(start: number): number | undefined {
    const row = this.history.start.subarray(0, this.history.length).indexOf(start);
    return row < 0 ? undefined : this.lines[row];
  }

  /** The whole history, after the last event. */
  end(): History {
    const { bare } = this;
    if (bare.length > 0 && this.invoked) this.insert(bare);
    else if (bare.length > 0) this.completionsOnly(bare);
    splitKeys(this.history);
    return this.history;
  }

  /**
   * The operation that a completion without a process ends:
   * the only open one of its function, or of its function and value.
   */
  private onlyOpen(event: ParsedEvent, line: number): number {
    const { history } = this;
    const rows = this.anonymous.filter(
      (row) => event.f === undefined || history.fNames[history.f[row] as number] === event.f,
    );
    const fitting = rows.length < 2 ? rows : rows.filter((row) => sameJson(history.input[row], event.value));
    if (fitting.length > 1 || (rows.length > 1 && fitting.length === 0))
      throw new HistoryError(`${rows.length} operations are open, and no process says which one this completes`, line);
    const [row] = fitting;
    if (row === undefined) return -1;
    this.anonymous.splice(this.anonymous.indexOf(row), 1);
    return row;
  }

  /** A file of completions alone: they stand in the order of their processes, and that is all that is known. */
  private completionsOnly(bare: readonly Bare[]): void {
    this.history.realTime = false;
    const inOrder = [...bare.filter(({ event }) => !event.final), ...bare.filter(({ event }) => event.final)];
    for (const [at, { event, line }] of inOrder.entries()) {
      const row = this.invokeBare(event, line, 2 * at);
      this.history.complete(row, 2 * at + 1, event.time, outcomeOf(event, event.value));
    }
  }

  /**
   * Completions without an invocation in a file that has others: each may have begun at any time after its process's
   * last operation had ended. The places of all events are counted anew, since there was none for these invocations.
   */
  private insert(bare: readonly Bare[]): void {
    const { history: known, lines } = this;
    const events: { at: number; row?: number; bare?: Bare; ends: boolean }[] = [];
    for (let row = 0; row < known.length; row++) {
      events.push({ at: known.start[row] as number, row, ends: false });
      if (known.end[row] !== NEVER_COLUMN) events.push({ at: known.end[row] as number, row, ends: true });
    }
    for (const one of bare)
      events.push({ at: one.after + 0.5, bare: one, ends: false }, { at: one.event.index, bare: one, ends: true });
    events.sort((a, b) => a.at - b.at);
    this.history = new HistoryBuilder();
    this.history.nemesis.push(...known.nemesis);
    this.lines = [];
    const rows = new Map<unknown, number>();
    for (const [index, { row, bare: one, ends }] of events.entries()) {
      if (one && !ends) rows.set(one, this.invokeBare(one.event, one.line, index));
      else if (one) this.history.complete(rows.get(one)!, index, one.event.time, outcomeOf(one.event, one.event.value));
      else if (row !== undefined) this.again(known.operation(row), lines[row]!, index, ends, rows);
    }
  }

  /** One event of an operation that was known already, in its new place. */
  private again(operation: Operation, line: number, index: number, ends: boolean, rows: Map<unknown, number>): void {
    const { start, startNs, endNs, outcome, process } = operation;
    if (ends) {
      this.history.complete(rows.get(start)!, index, endNs, outcome);
      return;
    }
    const row = this.history.invoke(index, startNs, process, operation);
    rows.set(start, row);
    this.lines.push(line);
    if (outcome.type === 'info') this.history.complete(row, index, endNs, outcome);
  }

  private invokeBare({ f, key, node, value, final, time, process }: ParsedEvent, line: number, index: number): number {
    this.lines.push(line);
    const call = { f: f as string, input: value, key, node, final };
    return this.history.invoke(index, time, process ?? this.nextProcess++, call);
  }

  private stateOf(process: number): ProcessState {
    let state = this.processes.get(process);
    if (state === undefined) {
      state = { open: -1, ended: -1 };
      this.processes.set(process, state);
    }
    return state;
  }
}

/**
 * What one process does: the row that is open, and the index of
 * its last event that ended an operation; -1 where there is none.
 */
interface ProcessState {
  open: number;
  ended: number;
}

/** A completion without an invocation: where it stands, and the index of its process's last end before it. */
interface Bare {
  readonly event: ParsedEvent;
  readonly line: number;
  readonly after: number;
}

function outcomeOf(event: ParsedEvent, input: unknown): Outcome<unknown> {
  return event.type === 'ok' ? { type: 'ok', output: event.value } : unsuccessful(event, input);
}

/** How a call ended that did not succeed; what its completion reported besides its input is kept. */
function unsuccessful(event: ParsedEvent, input: unknown): Outcome<unknown> {
  const type = event.type === 'fail' ? 'fail' : 'info';
  const error = event.error ?? (type === 'fail' ? 'failed' : 'unknown');
  const told = event.value !== null && !sameJson(event.value, input);
  return told ? { type, error, partial: event.value } : { type, error };
}

function withoutFunction(event: ParsedEvent, line: number): HistoryError {
  const who = event.process === undefined ? 'an event' : `an event of process ${event.process}`;
  return new HistoryError(`${who} completes a call that it never invoked, and names no function "f"`, line);
}
