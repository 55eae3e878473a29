import type { Operation } from '../history.ts';

const SHORT: Readonly<Record<string, string>> = { read: 'r', write: 'w', append: 'a' };

/**
 * An operation in a few characters: `w x=3`, `r x=2`, `cas x 1→2`,
 * `r x=[1 2] a y=4`. What it returned is a `?` where nothing is known.
 */
export function label(operation: Operation): string {
  const { f, key, input, outcome } = operation;
  const output = outcome.type === 'ok' ? outcome.output : undefined;
  const transaction = mops(output ?? input);
  if (transaction) return transaction.map(mopLabel).join(' ') || f;
  const failed = outcome.type === 'fail' ? ' ✗' : '';
  if (f === 'cas' && Array.isArray(input))
    return `cas${key === undefined ? '' : ` ${key}`} ${value(input[0])}→${value(input[1])}${failed}`;
  return `${SHORT[f] ?? f}${said(operation, output)}${failed}`;
}

/** ` x=3`, ` 3→true`, ` x`, or nothing, after the function's name. */
function said({ f, key, input, outcome }: Operation, output: unknown): string {
  const empty = (json: unknown): boolean =>
    json === null || json === undefined || (typeof json === 'object' && value(json) === '');
  const where = key === undefined ? '' : ` ${key}`;
  const equals = key === undefined ? ' ' : '=';
  // Many files repeat the input where nothing was returned.
  const silent = empty(output) || JSON.stringify(output) === JSON.stringify(input);
  if (!empty(input)) return `${where}${equals}${value(input)}${silent ? '' : `→${value(output)}`}`;
  if (!empty(output) || (f in SHORT && outcome.type === 'ok')) return `${where}${equals}${value(output)}`;
  return f in SHORT ? `${where}${equals}?` : where;
}

function mopLabel(mop: readonly unknown[]): string {
  const [f, key, what] = mop;
  return `${f === 'append' ? 'a' : f} ${value(key)}${mop.length > 2 ? `=${value(what)}` : ''}`;
}

/** The micro-operations of a transaction, or undefined where this is none. */
function mops(input: unknown): readonly (readonly unknown[])[] | undefined {
  const isMop = (one: unknown): boolean => Array.isArray(one) && typeof one[0] === 'string' && one.length >= 2;
  return Array.isArray(input) && input.length > 0 && input.every(isMop) ? input : undefined;
}

const LONGEST = 24;

/** Members that name who asks, or what was known: alike in all calls, or long, and no proof by themselves. */
const IDENTITIES: ReadonlySet<string> = new Set(['session', 'version', 'context']);

/**
 * An object in a few words: `100 ms` for a lease's `{ttlMs: 100, wait: false, grant: null}`, `64` for
 * `{value: 64, version: ...}`. `text` says a member.
 * Members that are null or false, and identities, are left out; `value` goes without its name.
 */
export function membersText(object: object, text: (value: unknown) => string): string {
  const told = Object.entries(object).filter(
    ([name, one]) => one !== null && one !== false && one !== undefined && !IDENTITIES.has(name),
  );
  const parts = told.map(([name, one]) => {
    if (name === 'ttlMs') return `${text(one)} ms`;
    // Of a grant only its token is of interest: it orders grants.
    if (name === 'grant') return typeof one === 'object' ? membersText(one as object, text) : '';
    return name === 'value' ? text(one) : `${name} ${text(one)}`;
  });
  return parts.filter((part) => part !== '').join(', ');
}

/** A value, shortened in the middle where it is long, since the newest elements are at its end. */
function value(json: unknown): string {
  if (json === undefined || json === null) return '∅';
  const text = Array.isArray(json)
    ? `[${json.map(value).join(' ')}]`
    : typeof json === 'object'
      ? membersText(json, value)
      : String(json);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST / 2 - 1)}…${text.slice(-LONGEST / 2)}`;
}
