/**
 * Sessions that move: every visit of a client is to a node of its own. It carries along what it was told to, so
 * that a node can tell what the session has seen elsewhere. Judged as plain registers. Written values are unique.
 */
import {
  type Call,
  type Checker,
  causal,
  historyOf,
  lostWrites,
  monotonicReads,
  type Operation,
  type Register,
  readYourWrites,
} from 'elle-ts';
import { callTimes, type Slot } from './call-times.ts';
import { eventual } from './eventual.ts';
import { drawKeys, keyNames } from './keys.ts';
import type { Draw, PlannedCall, Workload, WorkloadOptions } from './workload.ts';

/** Registers whose answers say on what the session depends: what the client carries along is the store's own. */
export type SessionRegister = {
  read(input: { readonly context: unknown }): { readonly value: number | null; readonly context: unknown };
  write(input: { readonly value: number; readonly context: unknown }): { readonly context: unknown };
};

/** A visit makes at most so many calls, each with an id of its own. */
const CALLS = 100;
const CONTEXT = { $last: 'context' };

function calls(draw: Draw, options: WorkloadOptions): readonly PlannedCall<SessionRegister>[] {
  const keys = keyNames(Math.min(options.keys, CALLS));
  const drawKey = drawKeys(draw, { ...options, keys: keys.length });
  return callTimes(draw, options).flatMap((slot) => {
    const node = options.nodes[Math.floor(draw('node') * options.nodes.length)]!;
    return visit(slot, keys, keys.indexOf(drawKey())).map((call, i) => {
      return { ...call, id: slot.id * CALLS + i, client: slot.client, node, atMs: slot.atMs };
    });
  });
}

/**
 * Reads all keys from the last to the first, or reads one and
 * writes the next: an effect without its cause is seen at once.
 */
function visit({ f, id }: Slot, keys: readonly string[], at: number): readonly Call<SessionRegister>[] {
  const read = (key: string): Call<SessionRegister> => ({ f: 'read', key, input: { context: CONTEXT } });
  if (f !== 'write') return [...keys].reverse().map(read);
  const next = keys[(at + 1) % keys.length]!;
  // A planned call's id names the value that it writes: shrinking deletes calls and renames none.
  return [read(keys[at]!), { f: 'write', key: next, input: { value: id * CALLS + 1, context: CONTEXT } }];
}

/** Judges the history without what clients carry along. */
function plain(checker: Checker<Register>): Checker<SessionRegister> {
  return {
    name: checker.name,
    check: (history) => checker.check(historyOf([...history].map(withoutContext), history)),
  };
}

function withoutContext(operation: Operation<SessionRegister>): Operation<Register> {
  const { f, input, outcome } = operation;
  const value = f === 'write' ? input.value : null;
  if (outcome.type !== 'ok') return { ...operation, input: value, outcome } as Operation<Register>;
  const output = f === 'read' ? outcome.output.value : null;
  return { ...operation, input: value, outcome: { type: 'ok', output } } as Operation<Register>;
}

export const movingSessionsWorkload: Workload<SessionRegister> = {
  name: 'moving-sessions',
  datatype: 'session-register',
  mix: { read: 1, write: 1 },
  heeds: ['keys', 'skew', 'mix'],
  calls,
  final: (keys) => keys.map((key) => ({ f: 'read', key, input: { context: null } })),
  checkers: [causal(), readYourWrites(), monotonicReads(), eventual, lostWrites()].map(plain),
};
