/**
 * Maelstrom's workloads: what each of our calls is on the wire, and what its reply tells. The workload that draws the
 * calls is one of ours; its keys `k3` are the number 3 here.
 */
import type { Claim, FaultKind, System } from '../../../systems/system.ts';
import { isProgram } from '../../../systems/system.ts';
import { echo } from '../../../workloads/echo.ts';
import { kafka } from '../../../workloads/kafka.ts';
import type { WorkloadOptions } from '../../../workloads/workload.ts';
import { BadInput } from '../../failure.ts';
import { unknownName } from '../../setting/suggestions.ts';
import type { Body } from './message.ts';
import { anything, listOf, mapOf, WrongReply, whole } from './reply-fields.ts';

/** What is asked, and what the reply says. */
export interface Exchange {
  readonly ask: Body & { readonly type: string };
  /** The output of an `_ok` reply. Throws `WrongReply`. */
  take(body: Body): unknown;
  /** The output, where an error of this code is an observation. */
  readonly observes?: { readonly code: number; readonly output: unknown };
  /** The error of this code is a failure that the history calls so. */
  readonly refusal?: { readonly code: number; readonly says: string };
  /** Asked again with what this returns, until it returns nothing: the outputs are one list. */
  readonly next?: (output: unknown) => Exchange | undefined;
}

/** Makes the exchange of a call, or says why it is not made; `final` is a call after heal. */
type Translate = (input: never, key: string | undefined, final: boolean) => Exchange | string;

export interface Dialect {
  readonly name: string;
  /** Our workload, which draws the calls. */
  readonly workload: string;
  readonly datatype: System['datatype'];
  /** What a program is held to where nobody says otherwise. */
  readonly model: string;
  readonly converges: boolean;
  /** Nodes are told who their neighbours are. */
  readonly topology?: true;
  /** What every run has, whatever is asked for. */
  readonly fixed?: Partial<WorkloadOptions>;
  /** What a run has where nobody says otherwise. */
  readonly usual?: Partial<WorkloadOptions>;
  readonly functions: Readonly<Record<string, Translate>>;
}

const nothing = () => null;
const numberOf = (key: string | undefined) => (key !== undefined && /^k\d+$/.test(key) ? Number(key.slice(1)) : key);

function setOf(add: string, element: string, elements: string): Dialect['functions'] {
  return {
    add: (input: unknown) => ({ ask: { type: add, [element]: input }, take: nothing }),
    read: () => ({ ask: { type: 'read' }, take: listOf(elements) }),
  };
}

const COUNTER: Dialect['functions'] = {
  add: (delta: number) => ({ ask: { type: 'add', delta }, take: nothing }),
  read: () => ({ ask: { type: 'read' }, take: whole('value') }),
};

const REGISTER: Dialect['functions'] = {
  read: (_: null, key) => ({
    ask: { type: 'read', key: numberOf(key) },
    take: anything('value'),
    observes: { code: 20, output: null },
  }),
  write: (value: unknown, key) => ({ ask: { type: 'write', key: numberOf(key), value }, take: nothing }),
  cas([from, to]: readonly [unknown, unknown], key) {
    if (from === null) return 'nothing was seen of the key yet, and the protocol compares with values alone';
    const ask = { type: 'cas', key: numberOf(key), from, to };
    return { ask, take: nothing, refusal: { code: 22, says: 'mismatch' } };
  },
};

type Mop = readonly [f: string, key: string, value?: unknown];

const TRANSACTIONS: Dialect['functions'] = {
  txn(input: readonly Mop[]) {
    const asked = input.filter(([f]) => f !== 'abort');
    const answered = listOf('txn');
    return {
      ask: { type: 'txn', txn: asked.map(([f, key, value]) => [f, numberOf(key), value ?? null]) },
      take(body) {
        const txn = answered(body);
        if (txn.length !== asked.length)
          throw new WrongReply(`the field "txn" must have the ${asked.length} operations`);
        return asked.map(([f, key], i) => {
          const mop = txn[i];
          if (!Array.isArray(mop)) throw new WrongReply('each operation in "txn" must be a list');
          return [f, key, mop[2] ?? null];
        });
      },
    };
  },
};

type Messages = readonly (readonly [offset: number, message: unknown])[];

const logKey = (key: string | undefined) => String(numberOf(key) ?? 0);

function poll(key: string | undefined, from: number, untilEmpty: number): Exchange {
  const name = logKey(key);
  const messages = mapOf('msgs');
  return {
    ask: { type: 'poll', offsets: { [name]: from } },
    take(body) {
      const found = messages(body)[name] ?? [];
      if (!Array.isArray(found)) throw new WrongReply(`the field "msgs" must have a list for "${name}"`);
      return found;
    },
    observes: { code: 20, output: [] },
    // A reply may hold a few messages only: what comes after them is asked for, until there is nothing twice.
    ...(untilEmpty === 0
      ? {}
      : {
          next(output) {
            const last = (output as Messages).at(-1)?.[0];
            if (typeof last === 'number') return poll(key, Math.max(from, last + 1), POLLS_UNTIL_EMPTY);
            return untilEmpty === 1 ? undefined : poll(key, from, untilEmpty - 1);
          },
        }),
  };
}

const POLLS_UNTIL_EMPTY = 2;

const LOG: Dialect['functions'] = {
  send: (msg: unknown, key) => ({ ask: { type: 'send', key: logKey(key), msg }, take: whole('offset') }),
  poll: ({ after }: { readonly after: Messages | null }, key, final) =>
    poll(key, (after?.at(-1)?.[0] ?? -1) + 1, final ? POLLS_UNTIL_EMPTY : 0),
  commit_offsets(input: Messages | null, key) {
    const last = input?.at(-1)?.[0];
    if (last === undefined) return 'nothing was polled of the key yet, so there is nothing to commit';
    return { ask: { type: 'commit_offsets', offsets: { [logKey(key)]: last } }, take: nothing };
  },
  list_committed_offsets(_: null, key) {
    const name = logKey(key);
    const offsets = mapOf('offsets');
    return {
      ask: { type: 'list_committed_offsets', keys: [name] },
      take(body) {
        const offset = offsets(body)[name] ?? null;
        if (offset !== null && !Number.isInteger(offset))
          throw new WrongReply(`the field "offsets" must have a whole number for "${name}"`);
        return offset;
      },
      observes: { code: 20, output: null },
    };
  },
};

const ONE_KEY = { keys: 1 };
const NO_ABORTS = { aborts: 0 };

const dialects: readonly Dialect[] = [
  {
    ...{ name: 'echo', workload: 'echo', datatype: echo, model: 'echo', converges: false },
    functions: { echo: (input: unknown) => ({ ask: { type: 'echo', echo: input }, take: anything('echo') }) },
  },
  {
    ...{ name: 'unique-ids', workload: 'unique-ids', datatype: 'unique-ids', model: 'unique-ids', converges: false },
    functions: { generate: () => ({ ask: { type: 'generate' }, take: anything('id') }) },
  },
  {
    ...{ name: 'broadcast', workload: 'broadcast', datatype: 'set-full', model: 'set-full', converges: true },
    topology: true,
    fixed: ONE_KEY,
    functions: setOf('broadcast', 'message', 'messages'),
  },
  {
    ...{ name: 'g-set', workload: 'broadcast', datatype: 'set-full', model: 'set-full', converges: true },
    fixed: ONE_KEY,
    functions: setOf('add', 'element', 'value'),
  },
  {
    ...{ name: 'g-counter', workload: 'g-counter', datatype: 'g-counter', model: 'g-counter', converges: true },
    fixed: ONE_KEY,
    functions: {
      ...COUNTER,
      add: (delta: number) =>
        delta < 0
          ? 'a counter that only grows is never asked to shrink'
          : { ask: { type: 'add', delta }, take: nothing },
    },
  },
  {
    ...{ name: 'pn-counter', workload: 'pn-counter', datatype: 'pn-counter', model: 'pn-counter', converges: true },
    fixed: ONE_KEY,
    functions: COUNTER,
  },
  {
    ...{ name: 'lin-kv', workload: 'register', datatype: 'register', model: 'linearizable', converges: false },
    functions: REGISTER,
  },
  {
    ...{ name: 'txn-list-append', workload: 'list-append', datatype: 'transactions' },
    ...{ model: 'strict-serializable', converges: false },
    fixed: NO_ABORTS,
    functions: TRANSACTIONS,
  },
  {
    ...{ name: 'txn-rw-register', workload: 'blind-writes', datatype: 'transactions' },
    ...{ model: 'strict-serializable', converges: false },
    fixed: NO_ABORTS,
    usual: { maxTxnLength: 4 },
    functions: TRANSACTIONS,
  },
  {
    ...{ name: 'kafka', workload: 'kafka', datatype: kafka, model: 'log', converges: false },
    functions: LOG,
  },
];

/** Maelstrom's names of its workloads. */
export const dialectNames: readonly string[] = dialects.map(({ name }) => name);

/** The dialect of this name. Throws `BadInput` where there is none. */
export function dialectNamed(name: string): Dialect {
  const one = dialects.find((dialect) => dialect.name === name);
  if (one) return one;
  throw new BadInput(unknownName('workload of Maelstrom', name, dialectNames));
}

/** What runs of the system have, whatever is asked for: of programs alone, by their dialect. */
export function fixedOptions(system: System): Partial<WorkloadOptions> {
  return isProgram(system) ? (dialectNamed(system.dialect).fixed ?? {}) : {};
}

/** What runs of the system have where nobody says otherwise. */
export function usualOptions(system: System): Partial<WorkloadOptions> {
  return isProgram(system) ? (dialectNamed(system.dialect).usual ?? {}) : {};
}

/** What a program is taken to tolerate where nobody says: all that it has in memory may be lost in a crash. */
const TOLERATED: readonly FaultKind[] = ['partition', 'link', 'pause'];

/** What a program of this dialect is held to where nobody says otherwise. Throws `BadInput` where there is none. */
export function defaultClaim(name: string): Claim {
  const { model, converges } = dialectNamed(name);
  return { model, under: TOLERATED, available: 'none', durable: 'no', converges, recoversMs: 10_000 };
}
