/**
 * Writes down what clients see, in one total order: the invocation before the request
 * leaves, the completion after the reply is in. With a sink, each event is handed on as
 * a line at once, so that what a killed harness leaves behind is whole up to its last line.
 */
import { completionLine, HistoryBuilder, invocationLine, nemesisLine, type Outcome } from 'elle-ts';
import type { CallOutcome } from '../node/thrown.ts';

/** An operation that is open. */
interface Open {
  readonly process: number;
  readonly f: string;
  readonly key: string | undefined;
  readonly input: unknown;
  readonly node: string;
  /** Whether it is a read of the last round. */
  readonly final?: boolean;
}

export class Recorder {
  readonly history = new HistoryBuilder();
  /** The planned call's id of every row, by which the messages that it causes name it. */
  readonly calls: number[] = [];
  /** The rows of refusals that were answers. */
  readonly answers = new Set<number>();
  /** The rows at which the system's own code threw an error. */
  readonly threw = new Set<number>();
  private events = 0;
  private readonly nowMs: () => number;
  private readonly sink: ((line: string) => void) | undefined;

  constructor(nowMs: () => number, sink?: (line: string) => void) {
    this.nowMs = nowMs;
    this.sink = sink;
  }

  /** Records the invocation of the planned call with this id. Returns the operation's row in the history. */
  invoke(id: number, call: Open): number {
    const index = this.events++;
    const timeNs = this.timeNs();
    this.sink?.(invocationLine(index, timeNs, call.process, call));
    this.calls.push(id);
    return this.history.invoke(index, timeNs, call.process, call);
  }

  complete(row: number, call: Open, outcome: Outcome<unknown>, how: CallOutcome): void {
    if (how === 'declined') this.answers.add(row);
    if (how === 'threw') this.threw.add(row);
    const index = this.events++;
    const timeNs = this.timeNs();
    this.sink?.(completionLine(index, timeNs, call.process, call, outcome));
    this.history.complete(row, index, timeNs, outcome);
  }

  nemesis(f: 'begin' | 'end' | 'heal', value: unknown): void {
    const event = { index: this.events++, timeNs: this.timeNs(), f, value };
    this.sink?.(nemesisLine(event));
    this.history.nemesis.push(event);
  }

  private timeNs(): number {
    return Math.round(this.nowMs() * 1e6);
  }
}
