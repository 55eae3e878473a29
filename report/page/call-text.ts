/** Calls as people write them down. Inputs and outputs come as JSON, which may be cut. */

import { membersText as briefMembers } from 'elle-ts';

/** A function, its key and its input: `write x 3`, `cas x 1 → 2`. */
export function callText(f: string, key: string | undefined, input: string): string {
  const pair = f === 'cas' ? parsed(input) : undefined;
  const asked = Array.isArray(pair) && pair.length === 2 ? pair.map(valueText).join(' → ') : membersText(input);
  return [f, key, asked].filter((part) => part !== undefined && part !== '').join(' ');
}

/**
 * A transaction's parts: `r x = [1 2], append y 3`, reads with what
 * they found once it was answered; nothing where this is none.
 */
export function transactionText(list: string, answered = false): string | undefined {
  if (!list.startsWith('[["')) return undefined;
  const parts = parsed(list);
  if (!Array.isArray(parts) || !parts.every(isPart)) return undefined;
  return parts.map((part) => partText(part, answered)).join(', ');
}

function isPart(part: unknown): part is readonly unknown[] {
  return Array.isArray(part) && (part.length >= 2 || part[0] === 'abort');
}

function partText([f, key, value]: readonly unknown[], answered: boolean): string {
  if (f === 'abort') return 'abort';
  const name = valueText(key);
  if (f === 'r' && value === null) return answered ? `r ${name} = nothing` : `r ${name}`;
  if (f === 'r') return `r ${name} = ${valueText(value)}`;
  return `${f} ${name} ${valueText(value)}`;
}

/**
 * An object's members without braces, quotes and what proves nothing: `9` for `{"value":9,"version":{"n1":3}}`.
 * What is no object, or was cut, stays as it is.
 */
export function membersText(json: string): string {
  const object = json.startsWith('{') ? parsed(json) : undefined;
  return object === undefined ? json : briefMembers(object as object, valueText);
}

/** A sentence in which JSON occurs, without the quotes of its names: `{value: 9}` for `{"value":9}`. */
export function plainText(text: string): string {
  return text.replace(/([{,])"([A-Za-z_][\w-]*)":/g, (_, before, name) => `${before === ',' ? ', ' : before}${name}: `);
}

function members(object: object): string {
  return Object.entries(object)
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(', ');
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(' ')}]`;
  if (value !== null && typeof value === 'object') return `{${members(value)}}`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
