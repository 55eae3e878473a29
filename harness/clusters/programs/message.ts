/** Maelstrom's protocol, as lines: what a line of a node is, and what its error codes say of a call. */

export interface Body {
  readonly type?: unknown;
  readonly msg_id?: unknown;
  readonly in_reply_to?: unknown;
  readonly [field: string]: unknown;
}

export interface Message {
  readonly id?: number;
  readonly src: string;
  readonly dest: string;
  readonly body: Body;
}

/** Why a line is no message: what it is counted as, and the rest of a sentence that begins with its number. */
export interface Unreadable {
  readonly sort: string;
  readonly says: string;
}

/** The message that a line is, or why it is none. */
export function messageIn(line: string): Message | Unreadable {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { sort: 'not JSON', says: `is not JSON (${(error as Error).message})` };
  }
  if (!isRecord(value)) return malformed('is JSON, but no object');
  const { src, dest, body } = value;
  if (typeof src !== 'string') return malformed('has no string "src"');
  if (typeof dest !== 'string') return malformed('has no string "dest"');
  if (!isRecord(body)) return malformed('has no object "body"');
  return { src, dest, body };
}

const malformed = (says: string): Unreadable => ({ sort: 'malformed message', says });

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The message's type, as journals, counts and identities have it. */
export function typeOf({ type }: Body): string {
  return typeof type === 'string' && type !== '' ? type.slice(0, 100) : 'untyped';
}

/** What the protocol calls its errors. All others are a program's own. */
const NAMES: Readonly<Record<number, string>> = {
  0: 'timeout',
  1: 'node-not-found',
  10: 'not-supported',
  11: 'temporarily-unavailable',
  12: 'malformed-request',
  13: 'crash',
  14: 'abort',
  20: 'key-does-not-exist',
  21: 'key-already-exists',
  22: 'precondition-failed',
  30: 'txn-conflict',
};

/** Those that say for certain that the request took no effect. */
const DEFINITE: ReadonlySet<unknown> = new Set([1, 10, 11, 12, 14, 20, 21, 22, 30]);

/** Whether an error with this code says for certain that the request took no effect. */
export function isDefinite(code: unknown): boolean {
  return DEFINITE.has(code);
}

/** `[22] precondition-failed: expected 3`. */
export function errorTextOf({ code, text }: Body): string {
  const name = typeof code === 'number' ? NAMES[code] : undefined;
  const said = typeof text === 'string' && text !== '' ? `: ${text.slice(0, 200)}` : '';
  return `[${typeof code === 'number' ? code : JSON.stringify(code)}] ${name ?? 'an error of its own'}${said}`;
}
