/**
 * The key-value stores and the clock that programs in Maelstrom's protocol may lean on. Each is one machine that
 * answers requests at once, whoever asks; what it does by chance it draws from its node. Written against `Node`,
 * so that designs may use them too.
 */
import type { Node } from '../node.ts';

export interface Request {
  readonly type?: unknown;
  readonly [field: string]: unknown;
}

export interface Answer {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What a request of this client comes to, at once. */
export type Service = (request: Request, client: string) => Answer;

/** What a service needs of the node that it runs on. */
export type Chance = Pick<Node, 'random'>;

/** An error, by the protocol's number. */
export function refusal(code: 10 | 12 | 20 | 22, text: string): Answer {
  return { type: 'error', code, text };
}

export function unknownRequest(name: string, { type }: Request): Answer {
  return refusal(10, `${name} has no ${String(type)}`);
}

/**
 * A value as a text that is equal for equal values: the fields of objects are
 * sorted, since a program need not send them in the order in which it got them.
 */
export function keyOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(keyOf).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${keyOf(field)}`).join(',')}}`;
}
