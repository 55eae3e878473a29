/**
 * Writes histories in the formats of other tools, for tests. Each
 * writer returns undefined where its format cannot hold the history.
 */
import { completionLine, type History, invocationLine, NEVER, type Operation } from 'elle-ts';

type Written = string | undefined;
type Mop = readonly [f: string, key: string, value: unknown];

/** One event of an operation, in Jepsen's shape, in the order of time. */
interface Event {
  readonly process: number;
  readonly type: string;
  readonly f: string;
  readonly value: unknown;
  readonly key?: string;
  readonly node?: string;
  readonly 'final?'?: true;
  readonly error?: string;
  readonly time: number;
}

function eventsOf(history: Iterable<unknown>): Event[] {
  const events: [at: number, event: Event][] = [];
  for (const one of history) {
    const { start, end, startNs, endNs, process, f, input, key, node, final, outcome } = one as Operation;
    const said = {
      process,
      f,
      ...(key === undefined ? {} : { key }),
      ...(node === undefined ? {} : { node }),
      ...(final ? { 'final?': true as const } : {}),
    };
    events.push([start, { ...said, type: 'invoke', value: input, time: startNs }]);
    const { type } = outcome;
    const value = type === 'ok' ? (outcome.output ?? input) : (outcome.partial ?? input);
    const error = type === 'ok' ? {} : { error: outcome.error };
    // What never returned has no place in time; its process continues, so its end follows at once.
    events.push([
      end === NEVER ? start + 0.5 : end,
      { ...said, type, value: value ?? null, ...error, time: end === NEVER ? startNs : endNs },
    ]);
  }
  return events.sort(([a], [b]) => a - b).map(([, event]) => event);
}

/** JSON as EDN, with keywords where tools have names. */
function edn(value: unknown, name?: string): string {
  if (value === null || value === undefined) return 'nil';
  if (Array.isArray(value)) return `[${value.map((one, at) => edn(one, at === 0 ? 'f' : undefined)).join(' ')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value).map(([member, one]) => `:${member} ${edn(one, member)}`);
    return `{${members.join(', ')}}`;
  }
  const keyword = typeof value === 'string' && (name === 'f' || name === 'type') && /^[a-z][\w-]*$/.test(value);
  return keyword ? `:${value}` : JSON.stringify(value);
}

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');
const bare = (history: History): boolean =>
  [...history].every(({ key, node, final }) => key === undefined && node === undefined && !final);
const errorOf = ({ error }: Event): string => (error === undefined ? '' : `\t:${error.replaceAll(' ', '-')}`);

/** Formats that say when operations began. */
export const timed: Readonly<Record<string, (history: History, type: string) => Written>> = {
  'our own lines': (history) => {
    const said: [number, string][] = [];
    let index = 0;
    for (const one of [...history] as Operation[]) {
      said.push([one.start, invocationLine(0, one.startNs, one.process, one)]);
      if (one.end !== NEVER) said.push([one.end, completionLine(0, one.endNs, one.process, one, one.outcome)]);
      else said.push([one.start + 0.5, completionLine(0, one.startNs, one.process, one, one.outcome)]);
    }
    said.sort(([a], [b]) => a - b);
    return lines(said.map(([, line]) => line.replace(/"index":0/, () => `"index":${index++}`)));
  },
  'lines of JSON': (history) => lines(eventsOf(history).map((event) => JSON.stringify(event))),
  'an array of JSON': (history) => JSON.stringify(eventsOf(history), null, 1),
  'lines of EDN': (history) => lines(eventsOf(history).map((event) => edn(event))),
  'a vector of EDN': (history) =>
    `[${eventsOf(history)
      .map((event) => edn(event))
      .join('\n ')}]`,
  'vectors of EDN': (history) => {
    if (!bare(history)) return undefined;
    const vectors = eventsOf(history).map(({ process, type, f, value, error }) =>
      error === undefined ? [process, type, f, value] : [process, type, f, value, error],
    );
    return lines(
      vectors.map(
        ([process, type, f, ...rest]) => `[${process} :${type} :${f} ${rest.map((one) => edn(one)).join(' ')}]`,
      ),
    );
  },
  'history.txt': (history) =>
    bare(history)
      ? lines(
          eventsOf(history).map((event) =>
            [event.process, `:${event.type}`, `:${event.f}`, edn(event.value)].join('\t').concat(errorOf(event)),
          ),
        )
      : undefined,
  'an etcd log': (history, type) => {
    const wrong = [...history].some(
      ({ f, outcome }) => f === 'cas' && outcome.type === 'fail' && outcome.error !== 'mismatch',
    );
    if (!bare(history) || type !== 'register' || wrong) return undefined;
    return lines(
      eventsOf(history).map(({ process, type: said, f, value, error }) => {
        const shown = error !== undefined && f !== 'cas' ? ':timed-out' : edn(value);
        return `INFO  jepsen.util  - ${process}\t:${said}\t:${f}\t${shown}`;
      }),
    );
  },
  "Porcupine's operations": (history, type) => {
    if (!bare(history) || type !== 'register' || [...history].some(failed)) return undefined;
    return JSON.stringify(
      [...history].map((one) => {
        const { process, f, input, outcome, start, end } = one as Operation;
        const never =
          end === NEVER ? {} : { Return: end, Output: { Value: outcome.type === 'ok' ? outcome.output : null } };
        return { ClientId: process, Input: { Op: f, Value: input }, Call: start, ...never };
      }),
    );
  },
  "TiPocket's events": (history, type) => {
    if (!bare(history) || type !== 'register') return undefined;
    if (
      [...history].some(
        (one) => failed(one) && (one as Operation).outcome.type === 'fail' && !isMismatch(one as Operation),
      )
    )
      return undefined;
    return lines(
      eventsOf(history).map(({ process, type: said, f, value }) => {
        const op = ['read', 'write', 'cas'].indexOf(f);
        const [from, to] = Array.isArray(value) ? value : [value, null];
        const request = { Op: op, Arg1: from, Arg2: to };
        const response = { Ok: said === 'ok', Value: value, Exists: value !== null, Unknown: said === 'info' };
        return JSON.stringify({
          action: said === 'invoke' ? 'call' : 'return',
          proc: process,
          data: said === 'invoke' ? request : response,
        });
      }),
    );
  },
};

function failed(one: unknown): boolean {
  return (one as Operation).outcome.type !== 'ok';
}

function isMismatch({ f, outcome }: Operation): boolean {
  return f === 'cas' && outcome.type === 'fail' && outcome.error === 'mismatch';
}

/** The operations as completions, in an order that keeps that of each process. */
function completions(history: History): Event[] {
  return [...history].flatMap((one) => eventsOf([one]).slice(1));
}

/** Formats that say nothing of when operations began. */
export const untimed: Readonly<Record<string, (history: History) => Written>> = {
  'completions as lines of JSON': (history) => lines(completions(history).map((event) => JSON.stringify(event))),
  'completions as an array of JSON': (history) => JSON.stringify(completions(history)),
  'completions as EDN': (history) => lines(completions(history).map((event) => edn(event))),
};

interface Transaction {
  readonly session: number;
  readonly committed: boolean;
  readonly mops: readonly (readonly ['r' | 'w', number, number | null])[];
}

/** Transactions of numbers; undefined where there are others, or some of unknown outcome. */
function transactionsOf(history: History): Transaction[] | undefined {
  const keys: string[] = [];
  const transactions: Transaction[] = [];
  for (const one of history) {
    const { process, input, outcome } = one as Operation;
    if (outcome.type === 'info') return undefined;
    const mops = ((outcome.type === 'ok' && outcome.output) || input) as readonly Mop[];
    const numbered = mops.map(([f, key, value]): Transaction['mops'][number] => {
      if (!keys.includes(key)) keys.push(key);
      return [f as 'r' | 'w', keys.indexOf(key) + 1, value as number | null];
    });
    transactions.push({ session: process, committed: outcome.type === 'ok', mops: numbered });
  }
  return transactions;
}

const sessionsOf = (transactions: readonly Transaction[]): Transaction[][] =>
  [...new Set(transactions.map(({ session }) => session))].map((session) =>
    transactions.filter((one) => one.session === session),
  );

/** Formats of transactions of registers in sessions, as text or as bytes: one file, or one for each session. */
export const sessions: Readonly<
  Record<
    string,
    { readonly format: string; write(all: readonly Transaction[]): string | readonly Uint8Array[] | undefined }
  >
> = {
  Plume: {
    format: 'plume',
    write: (all) =>
      all
        .flatMap(({ session, committed, mops }, id) =>
          mops.map(([f, key, value]) => `${f}(${key},${value ?? 0},${session},${committed ? id : -1})\n`),
        )
        .join(''),
  },
  'dbcop, wrapped': {
    format: 'dbcop',
    write: (all) => JSON.stringify({ params: { id: 1 }, info: 'a "]" b', data: dbcop(all) }),
  },
  'dbcop, raw': { format: 'dbcop', write: (all) => JSON.stringify(dbcop(all), null, 1) },
  'dbcop, bincode': { format: 'dbcop-bincode', write: (all) => [bincode(sessionsOf(all))] },
  AWDIT: {
    format: 'awdit-test',
    write: (all) => {
      if (all.some(({ committed, mops }) => !committed || mops.some(([, , value]) => value === null))) return undefined;
      const text = (mops: Transaction['mops']): string => mops.map((mop) => `${mop.join(' ')}\n`).join('');
      return sessionsOf(all)
        .map((session) => session.map(({ mops }) => text(mops)).join('-----\n'))
        .join('=====\n');
    },
  },
  Viper: {
    format: 'viper',
    write: (all) =>
      all.some(({ committed }) => !committed)
        ? undefined
        : sessionsOf(all).map((session) =>
            new TextEncoder().encode(
              session.map(({ mops }) => `${JSON.stringify({ value: mops.map((mop) => [...mop, true]) })}\n`).join(''),
            ),
          ),
  },
  Cobra: {
    format: 'cobra',
    write: (all) => (all.some(({ committed }) => !committed) ? undefined : sessionsOf(all).map(cobra)),
  },
};

export function sessionTransactions(history: History): Transaction[] | undefined {
  return transactionsOf(history);
}

function dbcop(all: readonly Transaction[]): unknown {
  const event = ([f, variable, version]: Transaction['mops'][number]): unknown =>
    f === 'w' ? { Write: { variable, version } } : { Read: { variable, version } };
  return sessionsOf(all).map((session) =>
    session.map(({ committed, mops }) => ({ events: mops.map(event), committed })),
  );
}

function bincode(all: readonly (readonly Transaction[])[]): Uint8Array {
  const bytes: number[] = [];
  const u64 = (number: number): void => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigUInt64LE(BigInt(number));
    bytes.push(...buffer);
  };
  const text = (said: string): void => {
    u64(said.length);
    bytes.push(...Buffer.from(said));
  };
  for (const count of [0, all.length, 2, 3, 4]) u64(count);
  for (const said of ['test', '2026', '2027']) text(said);
  u64(all.length);
  for (const session of all) {
    u64(session.length);
    for (const { committed, mops } of session) {
      u64(mops.length);
      for (const [f, key, value] of mops) {
        bytes.push(f === 'w' ? 1 : 0);
        u64(key);
        u64(value ?? 0);
        bytes.push(1);
      }
      bytes.push(committed ? 1 : 0);
    }
  }
  return Uint8Array.from(bytes);
}

const INITIAL = 0xbebeebee;

function cobra(session: readonly Transaction[]): Uint8Array {
  const bytes: Buffer[] = [];
  const record = (kind: string, ...numbers: number[]): void => {
    const buffer = Buffer.alloc(1 + 8 * numbers.length);
    buffer.write(kind, 0, 'latin1');
    for (const [at, number] of numbers.entries()) buffer.writeBigInt64BE(BigInt(number), 1 + 8 * at);
    bytes.push(buffer);
  };
  for (const [id, { mops }] of session.entries()) {
    record('S', id);
    for (const [f, key, value] of mops)
      if (f === 'w') record('W', value as number, key, 7);
      else record('R', value === null ? INITIAL : 5, value ?? INITIAL, key, 7);
    record('C', id);
  }
  return Uint8Array.from(Buffer.concat(bytes));
}
