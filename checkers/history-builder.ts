/** How histories are made: from events as they happen, from operations, or from another history. */
import { HistoryError } from './formats/history-error.ts';
import {
  type Api,
  type Columns,
  FAIL,
  type History,
  INFO,
  NEVER,
  NEVER_COLUMN,
  type NemesisEvent,
  OK,
  type Operation,
  type Outcome,
} from './history.ts';

/**
 * Builds a history from events in their order: what the recorder does live, and every parser from a file.
 *
 * `invoke` returns the operation's row; the caller keeps it and hands it to `complete`.
 * What is never completed is `info`. The history is a view: it grows with its
 * builder, which is how a million operations are recorded without being copied.
 */
export class HistoryBuilder<A extends Api = Api> implements History<A>, Columns {
  length = 0;
  realTime = true;
  process = new Int32Array(64);
  start = new Int32Array(64);
  end = new Int32Array(64);
  type = new Uint8Array(64);
  f = new Uint8Array(64);
  key = new Int32Array(64);
  node = new Int16Array(64);
  startNs = new Float64Array(64);
  endNs = new Float64Array(64);
  readonly input: unknown[] = [];
  readonly output: unknown[] = [];
  readonly error = new Map<number, string>();
  readonly final = new Set<number>();
  readonly fNames: string[] = [];
  readonly keyNames: string[] = [];
  readonly nodeNames: string[] = [];
  readonly nemesis: NemesisEvent[] = [];
  private readonly places = {
    f: new Map<string, number>(),
    key: new Map<string, number>(),
    node: new Map<string, number>(),
  };

  get columns(): Columns {
    return this;
  }

  /**
   * Begins an operation; `index` is its invocation's. Indices must ascend. Returns the operation's row. Throws
   * a `HistoryError` where there are more functions or nodes than the columns have room for: 256 and 32,768.
   */
  invoke(
    index: number,
    timeNs: number,
    process: number,
    call: {
      f: string;
      key?: string | undefined;
      input: unknown;
      node?: string | undefined;
      final?: boolean | undefined;
    },
  ): number {
    const { f, key, node } = call;
    if (this.fNames.length === 256 && !this.places.f.has(f)) throw tooMany(index, 'functions', 256, f);
    if (node !== undefined && this.nodeNames.length === 32_768 && !this.places.node.has(node))
      throw tooMany(index, 'nodes', 32_768, node);
    const row = this.length;
    if (row === this.start.length) this.grow();
    this.length = row + 1;
    this.process[row] = process;
    this.start[row] = index;
    this.end[row] = NEVER_COLUMN;
    this.type[row] = INFO;
    this.f[row] = place(this.places.f, this.fNames, f);
    this.key[row] = key === undefined ? -1 : place(this.places.key, this.keyNames, key);
    this.node[row] = node === undefined ? -1 : place(this.places.node, this.nodeNames, node);
    this.startNs[row] = timeNs;
    this.endNs[row] = Number.POSITIVE_INFINITY;
    this.input.push(call.input);
    this.output.push(undefined);
    if (call.final) this.final.add(row);
    return row;
  }

  /** Ends the operation in `row`; `index` is the completion's, and does not matter for an `info`. */
  complete(row: number, index: number, timeNs: number, outcome: Outcome<unknown>): void {
    this.endNs[row] = timeNs;
    if (outcome.type === 'ok') {
      this.type[row] = OK;
      this.output[row] = outcome.output;
      this.end[row] = index;
      return;
    }
    this.error.set(row, outcome.error);
    this.output[row] = outcome.partial;
    if (outcome.type === 'info') return;
    this.type[row] = FAIL;
    this.end[row] = index;
  }

  /** Gives the operation in `row` a key: for formats that write it inside of the value. */
  setKey(row: number, key: string): void {
    this.key[row] = place(this.places.key, this.keyNames, key);
  }

  operation(row: number): Operation<A> {
    return operationIn<A>(this, row);
  }

  *[Symbol.iterator](): Iterator<Operation<A>> {
    for (let row = 0; row < this.length; row++) yield this.operation(row);
  }

  private grow(): void {
    const size = this.start.length * 2;
    const wider = <T extends { set(from: T): void }>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.process = wider(this.process, new Int32Array(size));
    this.start = wider(this.start, new Int32Array(size));
    this.end = wider(this.end, new Int32Array(size));
    this.type = wider(this.type, new Uint8Array(size));
    this.f = wider(this.f, new Uint8Array(size));
    this.key = wider(this.key, new Int32Array(size));
    this.node = wider(this.node, new Int16Array(size));
    this.startNs = wider(this.startNs, new Float64Array(size));
    this.endNs = wider(this.endNs, new Float64Array(size));
  }
}

function operationIn<A extends Api>(columns: Columns, row: number): Operation<A> {
  if (row < 0 || row >= columns.length) throw new RangeError(`no operation in row ${row} of ${columns.length}`);
  const key = columns.key[row] as number;
  const node = columns.node[row] as number;
  const end = columns.end[row] as number;
  return {
    process: columns.process[row],
    ...(node < 0 ? {} : { node: columns.nodeNames[node] }),
    f: columns.fNames[columns.f[row] as number],
    ...(key < 0 ? {} : { key: columns.keyNames[key] }),
    input: columns.input[row],
    outcome: outcomeIn(columns, row),
    start: columns.start[row],
    end: end === NEVER_COLUMN ? NEVER : end,
    startNs: columns.startNs[row],
    endNs: columns.endNs[row],
    ...(columns.final.has(row) ? { final: true } : {}),
  } as Operation<A>;
}

function outcomeIn(columns: Columns, row: number): Outcome<unknown> {
  if (columns.type[row] === OK) return { type: 'ok', output: columns.output[row] };
  const error = columns.error.get(row) ?? 'never returned';
  const partial = columns.output[row];
  return {
    type: columns.type[row] === FAIL ? 'fail' : 'info',
    error,
    ...(partial === undefined ? {} : { partial }),
  };
}

function tooMany(index: number, what: string, most: number, name: string): HistoryError {
  return HistoryError.of(index, ` has "${name}", and a history has at most ${most} ${what}`);
}

function place(places: Map<string, number>, names: string[], name: string): number {
  let at = places.get(name);
  if (at === undefined) {
    at = names.length;
    names.push(name);
    places.set(name, at);
  }
  return at;
}

/**
 * A history from operations in any order: for tests and for what was selected or shrunk
 * from another history, whose nemesis events and knowledge of real time come from `like`.
 */
export function historyOf<A extends Api>(
  operations: readonly Operation<A>[],
  like: { readonly nemesis?: readonly NemesisEvent[]; readonly realTime?: boolean } = {},
): History<A> {
  const builder = new HistoryBuilder<A>();
  builder.realTime = like.realTime ?? true;
  for (const o of [...operations].sort((a, b) => a.start - b.start)) {
    const row = builder.invoke(o.start, o.startNs, o.process, o);
    builder.complete(row, o.end, o.endNs, o.outcome);
  }
  builder.nemesis.push(...(like.nemesis ?? []));
  return builder;
}

/**
 * The same operations with some columns replaced: what a reader or a
 * datatype makes of a history. Does not grow with the history given.
 */
export function historyLike<A extends Api>(history: History<A>, changed: Partial<Columns>): History<A> {
  const columns: Columns = { ...columnsOf(history.columns), ...changed };
  return {
    length: history.length,
    realTime: history.realTime,
    columns,
    nemesis: history.nemesis,
    operation: (row) => operationIn<A>(columns, row),
    *[Symbol.iterator]() {
      for (let row = 0; row < columns.length; row++) yield operationIn<A>(columns, row);
    },
  };
}

/** A builder is its own columns, so they are named one by one. */
function columnsOf(from: Columns): Columns {
  const { length, realTime, process, start, end, type, f, key, node, startNs, endNs } = from;
  const { input, output, error, final, fNames, keyNames, nodeNames } = from;
  return {
    ...{ length, realTime, process, start, end, type, f, key, node, startNs, endNs },
    ...{ input, output, error, final, fNames, keyNames, nodeNames },
  };
}
