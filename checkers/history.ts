/**
 * What happened: the operations that clients made, in the one total order in which the recorder saw them.
 *
 * An operation is two events, its invocation and its completion, and an event's index is the
 * only time that checkers use: unique, dense, compatible with real time whatever clocks do.
 * Operations lie in typed columns, one row each, sorted by `start`: a million objects
 * would cost 240 MB. Fast checkers read the columns, everything else reads `operation(i)`.
 */

/** The operations a datatype offers, as plain signatures. Inputs and outputs are JSON. */
export type Api = Readonly<Record<string, (input: never) => unknown>>;
/** What a call of this function is given. */
export type Input<A extends Api, F extends keyof A> = Parameters<A[F]>[0];
/** What a call of this function returns. */
export type Output<A extends Api, F extends keyof A> = ReturnType<A[F]>;

/** A request to be made: `{ f: 'write', key: 'x', input: 3 }`. Transactions have no key. */
export type Call<A extends Api> = {
  [F in keyof A & string]: { readonly f: F; readonly key?: string; readonly input: Input<A, F> };
}[keyof A & string];

/**
 * How a call ended. `fail` certainly did not happen; `info` may have, may yet, or may never: allow all three.
 * `partial` is what the completion reported nevertheless, in the shape of an output: the offsets of a batch that
 * half succeeded, the messages of a poll whose transaction was aborted. Only checkers that say so look at it.
 */
export type Outcome<T> =
  | { readonly type: 'ok'; readonly output: T }
  | { readonly type: 'fail'; readonly error: string; readonly partial?: unknown }
  | { readonly type: 'info'; readonly error: string; readonly partial?: unknown };

/** The `end` of an operation that never returned: after every event. */
export const NEVER = Number.MAX_SAFE_INTEGER;
/** The same in the `end` column, whose entries are 32-bit integers. */
export const NEVER_COLUMN = 0x7fffffff;

/**
 * A call and its outcome. `start` and `end` are the indices of its two events (`end` of an `info` is `NEVER`); an
 * operation is named by its `start` everywhere: anomalies, JSON, links. `startNs` and `endNs` are readings of the
 * harness's monotonic clock in nanoseconds, and only for drawing and for measures of staleness.
 *
 * `process` is Jepsen's: a single-threaded id in the history. A client
 * (a worker of the harness) continues as a new process after an `info`.
 */
export type Operation<A extends Api = Api> = {
  [F in keyof A & string]: {
    readonly process: number;
    readonly node?: string;
    readonly f: F;
    readonly key?: string;
    readonly input: Input<A, F>;
    readonly outcome: Outcome<Output<A, F>>;
    readonly start: number;
    readonly end: number;
    readonly startNs: number;
    readonly endNs: number;
    /** A read of the last round, made after everything else had ended and the system had settled. */
    readonly final?: true;
  };
}[keyof A & string];

/** What a fault's begin, end or heal left in the history. Never part of any verdict. */
export interface NemesisEvent {
  readonly index: number;
  readonly timeNs: number;
  readonly f: string;
  readonly value: unknown;
}

/** The codes of the `type` column. */
export const OK = 0;
export const FAIL = 1;
export const INFO = 2;

/**
 * The operations as columns, one row an operation in the order of `start`. `f`, `key` and `node`
 * hold places in `fNames`, `keyNames` and `nodeNames`, and -1 for none. `end` is `NEVER_COLUMN`
 * for an `info`. Arrays may be longer than the history: only the first `length` rows count.
 */
export interface Columns {
  readonly length: number;
  /** As the history's: whether the starts and ends of different processes may be compared. */
  readonly realTime: boolean;
  readonly process: Int32Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly type: Uint8Array;
  readonly f: Uint8Array;
  readonly key: Int32Array;
  readonly node: Int16Array;
  readonly startNs: Float64Array;
  readonly endNs: Float64Array;
  /**
   * Inputs and outputs as they are. Where `type` is not `OK`,
   * `output` is what the completion reported nevertheless, or undefined.
   */
  readonly input: readonly unknown[];
  readonly output: readonly unknown[];
  readonly error: ReadonlyMap<number, string>;
  /** The rows of reads that are marked as of the last round; empty where nothing is marked. */
  readonly final: ReadonlySet<number>;
  readonly fNames: readonly string[];
  readonly keyNames: readonly string[];
  readonly nodeNames: readonly string[];
}

/** Sorted by `start`, and dense in rows: `operation(0)` to `operation(length - 1)`. */
export interface History<A extends Api = Api> extends Iterable<Operation<A>> {
  readonly length: number;
  /**
   * Whether `start` and `end` tell which of two processes' operations ended before the
   * other began. False where the history comes from a format that knows only the order
   * within each process: then the places of different processes' events say nothing.
   */
  readonly realTime: boolean;
  readonly columns: Columns;
  /** Begin, end and heal of faults, in order; empty for histories of other tools. */
  readonly nemesis: readonly NemesisEvent[];
  operation(row: number): Operation<A>;
}
