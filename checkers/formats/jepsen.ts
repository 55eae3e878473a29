import { HistoryError } from './history-error.ts';
import type { Event, Pairing } from './pairing.ts';

/**
 * One operation map in Jepsen's shape, from JSON or EDN: `process`, `type`, `f`, `value`, and optionally `index`, `time`, `key`, `node`,
 * `error`. What is not a client's (`:nemesis`, and named processes in general) goes to the history's nemesis events.
 */
export function jepsenEvent(map: unknown, pairing: Pairing, line: number): void {
  if (typeof map !== 'object' || map === null || Array.isArray(map))
    throw new HistoryError(`an operation is a map, not ${shown(map)}`, line);
  const { index, time, process, type, f, value, key, node, error, 'final?': final } = map as Record<string, unknown>;
  const at = pairing.index(optionalNumber(index, 'index', line), line);
  const timeNs = optionalNumber(time, 'time', line) ?? at;
  if (typeof process === 'string') {
    pairing.nemesis(at, timeNs, String(f ?? ''), value ?? null);
    return;
  }
  const event: Event = {
    index: at,
    time: timeNs,
    process: processOf(process, line),
    type: typeOf(type, line),
    f: functionOf(f, value, line),
    key: key === undefined || key === null ? undefined : keyName(key),
    value: shortMops(value ?? null),
    final: final === true,
    node: typeof node === 'string' ? node : undefined,
    error: error === undefined || error === null ? undefined : said(error),
  };
  pairing.event(event, line);
}

/** Knossos writes its micro-operations in full, `["read", "x", 1]`. */
function shortMops(value: unknown): unknown {
  if (!Array.isArray(value) || !value.some((mop) => Array.isArray(mop) && (mop[0] === 'read' || mop[0] === 'write')))
    return value;
  return value.map((mop) =>
    Array.isArray(mop) && (mop[0] === 'read' || mop[0] === 'write') ? [mop[0][0], ...mop.slice(1)] : mop,
  );
}

/** A key as its name: strings as they are, everything else as JSON. */
export function keyName(key: unknown): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}

function said(error: unknown): string {
  return typeof error === 'string' ? error : JSON.stringify(error);
}

/** A value in an error message, short enough for one line. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function optionalNumber(value: unknown, name: string, line: number): number | undefined {
  if (value === undefined || value === null) return undefined;
  // A time since 1970 in nanoseconds is beyond 2^53 and comes as a string: nothing exact hangs on it.
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number))
    throw new HistoryError(`"${name}" is a number, not ${shown(value)}`, line);
  return number;
}

function processOf(process: unknown, line: number): number | undefined {
  if (process === undefined || process === null) return undefined;
  if (typeof process !== 'number' || !Number.isInteger(process) || process < 0 || process > 0x7fffffff)
    throw new HistoryError(`"process" is a whole number from 0, or "nemesis", not ${shown(process)}`, line);
  return process;
}

function typeOf(type: unknown, line: number): Event['type'] {
  if (type === 'invoke' || type === 'ok' || type === 'fail' || type === 'info') return type;
  throw new HistoryError(`"type" is invoke, ok, fail or info, not ${shown(type)}`, line);
}

/** Transactions may come without a function: a list of micro-operations says enough. */
function functionOf(f: unknown, value: unknown, line: number): string | undefined {
  if (typeof f === 'string') return f;
  if (f !== undefined && f !== null) throw new HistoryError(`"f" is a name, not ${shown(f)}`, line);
  return Array.isArray(value) ? 'txn' : undefined;
}
