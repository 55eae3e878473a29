import { HistoryError } from './history-error.ts';
import { Names } from './names.ts';
import type { ReadOptions } from './options.ts';
import type { Pairing, ParsedEvent } from './pairing.ts';
import { Processes } from './processes.ts';
import type { Reading } from './reader.ts';

/**
 * Reads operation maps in Jepsen's shape, from JSON or EDN: `process`, `type`, `f`, `value`, and optionally `index`,
 * `time`, `key`, `node`, `error`; or vectors `[process type f value]`, as the first versions of Knossos had them. What
 * is not a client's (`:nemesis`, and named processes that only ever say `info`) goes to the history's nemesis events.
 */
export class JepsenEvents {
  readonly keys = new Names();
  private readonly pairing: Pairing;
  private readonly functions: ReadonlyMap<string, string>;
  private readonly processMember: string;
  private readonly processes = new Processes();
  /** Which of the names that the user gave have appeared. */
  private readonly seen = new Set<string>();

  constructor(pairing: Pairing, { functions = new Map(), process = 'process' }: ReadOptions = {}) {
    this.pairing = pairing;
    this.functions = functions;
    this.processMember = process;
  }

  /**
   * Whether events go into the history as their file names them, so that a reader of our own
   * lines need not ask. It must ask from the first line on, for its processes are numbers.
   */
  plain(): boolean {
    return this.functions.size === 0 && this.processMember === 'process' && this.processes.numbered();
  }

  /** The history, after the last event, with notes on its file and on options of the user that it does not confirm. */
  reading(notes: readonly string[], format: string): Reading {
    const { pairing } = this;
    const history = pairing.end();
    return { history, lineOf: (start) => pairing.lineOf(start), notes: [...notes, ...this.withoutEffect()], format };
  }

  private withoutEffect(): string[] {
    const unused = [...this.functions.keys()].filter((theirs) => !this.seen.has(theirs));
    const notes = unused.map((theirs) => `no operation is called "${theirs}": its --map changes nothing`);
    const { processMember: member } = this;
    const lacks = member !== 'process' && !this.seen.has(`${member}:`);
    return lacks ? [...notes, `no record has a "${member}": each operation counts as a process of its own`] : notes;
  }

  read(record: unknown, line: number): void {
    const map = Array.isArray(record) ? fromVector(record, line) : record;
    if (typeof map !== 'object' || map === null)
      throw new HistoryError(`an operation is a map, not ${shown(record)}`, line);
    this.event(map as Record<string, unknown>, line);
  }

  private event(map: Record<string, unknown>, line: number): void {
    const { index, time, type: said, f, value, key, node, error, 'final?': final } = map;
    const { pairing } = this;
    const named = map[this.processMember];
    if (named !== undefined && this.processMember !== 'process') this.seen.add(`${this.processMember}:`);
    if (said === undefined && f === undefined && named === undefined) throw lacking(map, line);
    const at = pairing.index(optionalNumber(index, 'index', line), line);
    const timeNs = optionalNumber(time, 'time', line) ?? at;
    if (typeof named === 'string' && this.isNemesis(named, said)) {
      pairing.nemesis(at, timeNs, String(f ?? ''), value ?? null);
      return;
    }
    const event: ParsedEvent = {
      index: at,
      time: timeNs,
      process: this.processOf(named, line),
      type: typeOf(said, line),
      f: this.functionOf(f, value, line),
      key: key === undefined || key === null ? undefined : this.keys.ofKey(key),
      value: shortMops(value ?? null),
      final: final === true,
      node: typeof node === 'number' ? String(node) : typeof node === 'string' ? node : undefined,
      error: error === undefined || error === null ? undefined : text(error),
    };
    try {
      pairing.event(event, line);
    } catch (cause) {
      throw this.explained(cause, event, map, line);
    }
  }

  /** A name is a client's once it has invoked something, or where the user has said that processes have names. */
  private isNemesis(name: string, type: unknown): boolean {
    if (name === 'nemesis') return true;
    return type === 'info' && this.processMember === 'process' && !this.processes.has(name);
  }

  private processOf(process: unknown, line: number): number | undefined {
    if (process === undefined || process === null) return undefined;
    const number = this.processes.of(process);
    if (number === undefined)
      throw new HistoryError(
        `"${this.processMember}" is a whole number from 0, a name, or "nemesis", not ${shown(process)}`,
        line,
      );
    return number;
  }

  /** Transactions may come without a function: a list of micro-operations says enough. */
  private functionOf(f: unknown, value: unknown, line: number): string | undefined {
    if (typeof f === 'string') {
      const ours = this.functions.get(f);
      if (ours !== undefined) this.seen.add(f);
      return ours ?? f;
    }
    if (f !== undefined && f !== null) throw new HistoryError(`"f" is a name, not ${shown(f)}`, line);
    return Array.isArray(value) ? 'txn' : undefined;
  }

  /** The error of an event that lacks its process or its function: what it lacks, and what would help. */
  private explained(cause: unknown, event: ParsedEvent, map: Record<string, unknown>, line: number): unknown {
    if (!(cause instanceof HistoryError) || event.process !== undefined) return cause;
    const other = PROCESS_MEMBERS.find((name) => Object.hasOwn(map, name) && name !== this.processMember);
    const help = other === undefined ? '' : `; its "${other}" may be it: --process-key ${other}`;
    return new HistoryError(`${cause.reason} (the event has no "${this.processMember}"${help})`, line);
  }
}

/** What tools call the process of an event. */
const PROCESS_MEMBERS = [
  'process',
  'client',
  'client_id',
  'clientId',
  'ClientId',
  'clientid',
  'proc',
  'thread',
  'worker',
  'session',
  'pid',
];

function lacking(map: Record<string, unknown>, line: number): HistoryError {
  const members = Object.keys(map).slice(0, 6).join(', ') || 'nothing';
  return new HistoryError(`an event has a process, a type and a function "f"; this one has ${members}`, line);
}

/** `[process type f value]`, and perhaps an error. */
function fromVector(vector: readonly unknown[], line: number): Record<string, unknown> {
  const [process, type, f, value, error] = vector;
  const isEvent =
    vector.length >= 3 && vector.length <= 5 && (typeof process === 'number' || typeof process === 'string');
  if (!isEvent || typeof type !== 'string' || typeof f !== 'string')
    throw new HistoryError(`an operation is a map, not ${shown(vector)} (nor is that [process type f value])`, line);
  return { process, type, f, value, error };
}

/** Knossos writes its micro-operations in full, `["read", "x", 1]`. */
function shortMops(value: unknown): unknown {
  if (!Array.isArray(value) || !value.some((mop) => Array.isArray(mop) && (mop[0] === 'read' || mop[0] === 'write')))
    return value;
  return value.map((mop) =>
    Array.isArray(mop) && (mop[0] === 'read' || mop[0] === 'write') ? [mop[0][0], ...mop.slice(1)] : mop,
  );
}

function text(error: unknown): string {
  return typeof error === 'string' ? error : JSON.stringify(error);
}

/** A value in an error message, short enough for one line. */
export function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length > 40 ? `${json.slice(0, 40)}…` : json;
}

function optionalNumber(value: unknown, name: string, line: number): number | undefined {
  if (value === undefined || value === null) return undefined;
  // A time since 1970 in nanoseconds is beyond 2^53 and comes as a string: nothing exact hangs on it.
  const number = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number))
    throw new HistoryError(`"${name}" is a number, not ${shown(value)}`, line);
  return number;
}

function typeOf(type: unknown, line: number): ParsedEvent['type'] {
  if (type === 'invoke' || type === 'ok' || type === 'fail' || type === 'info') return type;
  throw new HistoryError(`"type" is invoke, ok, fail or info, not ${shown(type)}`, line);
}
