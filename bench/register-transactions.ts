/** Histories of transactions over registers, drawn from a seed, as a strictly serializable system leaves them. */
import { type History, HistoryBuilder } from 'elle-ts';
import { randomOf } from './histories.ts';

export type RegisterMop = readonly ['r' | 'w', number, number | null];

/** What is drawn. */
export interface RegisterShape {
  readonly transactions: number;
  /** Draws a transaction's calls: `next` gives the value of a write, `wrote` a key that is still in use. */
  readonly calls: (draw: Draw) => RegisterMop[];
  /** Whether one read, in the middle, returns what was there 25 versions before. */
  readonly stale?: boolean;
}

/** What calls are drawn with. */
export interface Draw {
  readonly below: (limit: number) => number;
  /** A write of a fresh value to a key. */
  readonly write: (key: number) => RegisterMop;
  /** One of the keys in use; each is until it was written so many times. */
  readonly live: () => number;
}

const CLIENTS = 10;
/** Of Jepsen's generator of transactions: keys in use at a time, and writes of each. */
const LIVE = 5;
const WRITES = 80;

/** One to four reads or writes, as many of the one as of the other, of five keys. */
export function jepsenCalls({ below, write, live }: Draw): RegisterMop[] {
  return Array.from({ length: 1 + below(4) }, (): RegisterMop => {
    const key = live();
    return below(2) === 0 ? ['r', key, null] : write(key);
  });
}

/** One or two keys that are read and then, mostly, written: what MTC calls mini-transactions. */
export function miniCalls({ below, write, live }: Draw): RegisterMop[] {
  const first = live();
  const second = live();
  const keys = first === second || below(2) === 0 ? [first] : [first, second];
  const reads = keys.map((key): RegisterMop => ['r', key, null]);
  return [...reads, ...keys.filter(() => below(4) > 0).map(write)];
}

interface Client {
  process: number;
  row: number;
  calls: RegisterMop[];
  output: RegisterMop[] | null;
}

/** Transactions that take effect at one moment between their begin and their end; 1% are never answered. */
export function registerTransactions({ transactions, calls, stale = false }: RegisterShape): History {
  const random = randomOf(5);
  const below = (limit: number): number => Math.floor(random() * limit);
  const history = new HistoryBuilder();
  const versions = new Map<number, number[]>();
  const writes = new Map<number, number>();
  const active = Array.from({ length: LIVE }, (_, key) => key);
  let fresh = LIVE;
  let value = 0;
  const write = (key: number): RegisterMop => {
    const count = (writes.get(key) ?? 0) + 1;
    writes.set(key, count);
    if (count === WRITES) active[active.indexOf(key)] = fresh++;
    return ['w', key, ++value];
  };
  const draw: Draw = { below, write, live: () => active[below(LIVE)] as number };
  let plant = stale;
  const effect = (mops: readonly RegisterMop[]): RegisterMop[] => {
    const own = new Map<number, number | null>();
    const output = mops.map(([f, key, given]): RegisterMop => {
      if (f === 'w') own.set(key, given);
      if (f === 'w' || own.has(key)) return [f, key, own.get(key) ?? null];
      const list = versions.get(key) ?? [];
      if (!plant || history.length < transactions / 2 || list.length < 40) return [f, key, list.at(-1) ?? null];
      plant = false;
      own.set(key, list.at(-26) ?? null);
      return [f, key, list.at(-26) ?? null];
    });
    for (const [f, key, given] of output)
      if (f === 'w') versions.set(key, [...(versions.get(key) ?? []), given as number]);
    return output;
  };
  const clients = Array.from(
    { length: CLIENTS },
    (_, process): Client => ({ process, row: -1, calls: [], output: null }),
  );
  let begun = 0;
  let index = 0;
  let names = CLIENTS;
  while (begun < transactions || clients.some(({ row }) => row >= 0)) {
    const client = clients[below(CLIENTS)] as Client;
    if (client.row < 0) {
      if (begun >= transactions) continue;
      begun++;
      client.calls = calls(draw);
      client.row = history.invoke(index, index * 1000, client.process, { f: 'txn', input: client.calls });
      index++;
    } else if (!client.output) client.output = effect(client.calls);
    else {
      if (random() < 0.01) client.process = names++;
      else {
        history.complete(client.row, index, index * 1000, { type: 'ok', output: client.output });
        index++;
      }
      client.row = -1;
      client.output = null;
    }
  }
  return history;
}
