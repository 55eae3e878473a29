/** What the functions of a user's own workload return: calls that can be made, and verdicts that say something. */
import type { Verdict } from 'elle-ts';
import type { PlannedCall, WorkloadOptions } from '../../workloads/workload.ts';
import { BadInput } from '../failure.ts';

/** The calls that this value is. Throws `BadInput` that names the first that nobody could make. O(n). */
export function callsIn(
  value: unknown,
  { clients, nodes }: Pick<WorkloadOptions, 'clients' | 'nodes'>,
  where: string,
): readonly PlannedCall[] {
  if (!Array.isArray(value))
    throw new BadInput(`${where}: calls() is to return a list of calls, and returned ${shown(value)}`);
  for (const [i, one] of value.entries()) {
    const call = (one ?? {}) as { readonly [F in keyof PlannedCall]?: unknown };
    const needs = (holds: boolean, what: string) => {
      if (!holds) throw new BadInput(`${where}: calls()[${i}] needs ${what}, unlike ${shown(one)}`);
    };
    needs(typeof call.f === 'string' && call.f !== '', 'f, the name of a function');
    needs(Number.isSafeInteger(call.id), 'an id, which is a whole number');
    needs(isBelow(call.client, clients), `a client from 0 to ${clients - 1}`);
    needs(nodes.includes(call.node as string), `a node among ${nodes.join(', ')}`);
    needs(typeof call.atMs === 'number' && call.atMs >= 0, 'atMs, when it is made');
    needs(call.key === undefined || typeof call.key === 'string', 'a key that is a string, or none');
    needs(call.input !== undefined, 'an input, which may be null');
  }
  return value as readonly PlannedCall[];
}

/** The verdict that this value is. Throws an error that says what is wrong with it. */
export function verdictIn(value: unknown, where: string): Verdict {
  const { type, reason, anomalies } = (value ?? {}) as { type?: unknown; reason?: unknown; anomalies?: unknown };
  if (type === 'valid') return value as Verdict;
  if (type === 'unknown' && typeof reason === 'string') return value as Verdict;
  if (type === 'invalid' && Array.isArray(anomalies) && anomalies.length > 0) {
    const [bad] = anomalies.filter((one) => !isAnomaly(one));
    if (bad === undefined) return value as Verdict;
    throw new Error(`${where} returned ${shown(bad)} for an anomaly: it needs a name, a message, steps and operations`);
  }
  throw new Error(
    `${where} returned ${shown(value)}: a verdict is { type: 'valid' }, { type: 'unknown', reason } or { type: 'invalid', anomalies }`,
  );
}

function isAnomaly(value: unknown): boolean {
  const { name, message, steps, operations } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return typeof name === 'string' && typeof message === 'string' && Array.isArray(steps) && Array.isArray(operations);
}

const isBelow = (value: unknown, end: number) =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < end;

/** A value in a message, short enough for one line. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
