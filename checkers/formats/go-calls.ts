/**
 * The requests and responses of Go's checkers, as their programs write them into JSON: structures whose operation
 * is a number, a truth value or a name. Names of members are compared without regard to upper and lower case.
 */
import { shown } from './jepsen.ts';

/** A call in Jepsen's terms. */
export interface Request {
  readonly f: string;
  readonly key: unknown;
  readonly value: unknown;
}

/** How it ended in Jepsen's terms. */
export interface Response {
  readonly type: 'ok' | 'fail' | 'info';
  readonly value?: unknown;
  readonly error?: string;
}

type Members = ReadonlyMap<string, unknown>;

/** Structures whose `op` is a number, by another member that they have: the functions by that number. */
const NUMBERED: readonly (readonly [member: string, functions: readonly string[]])[] = [
  ['arg1', ['read', 'write', 'cas']],
  ['amount', ['read', 'transfer']],
  ['key', ['get', 'put', 'append']],
  ['value', ['read', 'write']],
  ['op', ['read', 'write']],
];

/** The request in an input, or why there is none. */
export function requestOf(input: unknown): Request | string {
  const members = membersOf(input);
  if (members === undefined) return `the input ${shown(input)} names no operation ("op" or "f")`;
  const f = functionOf(members);
  if (f === undefined)
    return `the input ${shown(input)} is of no structure that is known ("op" with "key", "value", "arg1" or "amount")`;
  return { f, key: members.get('key'), value: argumentOf(f, members) };
}

function functionOf(members: Members): string | undefined {
  const op = members.get('f') ?? members.get('op');
  if (typeof op === 'string') return op.toLowerCase();
  if (typeof op === 'boolean') return op ? 'write' : 'read';
  const [, functions] = NUMBERED.find(([member]) => members.has(member)) ?? [];
  return typeof op === 'number' ? functions?.[op] : undefined;
}

function argumentOf(f: string, members: Members): unknown {
  const of = (name: string): unknown => members.get(name);
  if (f === 'read' || f === 'get') return null;
  if (f === 'transfer')
    return members.has('amount') ? { from: of('from'), to: of('to'), amount: of('amount') } : of('value');
  if (f === 'cas')
    return members.has('arg1') ? [of('arg1'), of('arg2')] : members.has('from') ? [of('from'), of('to')] : of('value');
  return of('value') ?? of('arg1') ?? null;
}

/** The response in an output, or why there is none. */
export function responseOf(output: unknown, { f }: Request): Response | string {
  const members = membersOf(output);
  if (members === undefined) return { type: 'ok', value: output ?? null };
  const [ok, error] = [members.get('ok'), members.get('error') ?? members.get('err')];
  const observes = f === 'read' || f === 'get';
  if (members.get('unknown') === true) return { type: 'info', error: text(error) ?? 'unknown' };
  if (f === 'get' && error === 'ErrNoKey') return { type: 'ok', value: '' };
  if (typeof error === 'string' && error !== '' && error !== 'OK') return { type: 'info', error };
  if (ok === false && !observes) return { type: 'fail', error: f === 'cas' ? 'mismatch' : 'refused' };
  if (!observes) return { type: 'ok', value: null };
  if (members.get('exists') === false) return { type: 'ok', value: null };
  if (Array.isArray(members.get('balances')))
    return { type: 'ok', value: { ...(members.get('balances') as unknown[]) } };
  if (members.has('value')) return { type: 'ok', value: members.get('value') };
  return `the output ${shown(output)} of a ${f} has no "value"`;
}

function text(error: unknown): string | undefined {
  return typeof error === 'string' && error !== '' ? error : undefined;
}

/** The members of a structure by their names in lower case. */
function membersOf(value: unknown): Members | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]));
}
