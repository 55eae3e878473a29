/**
 * etcd, by its JSON gateway: transactions of one request, and the four levels of its client's software transactional
 * memory, as https://pkg.go.dev/go.etcd.io/etcd/client/v3/concurrency has them, but without its repetitions.
 */

import { HttpClient } from '../../databases/wire/http.ts';
import { hostIn } from '../../databases/wire/loopback.ts';
import { isOurName, newName } from '../names.ts';
import type { Done } from '../steps.ts';
import { ByLevel, matching, OneRequestSession, type Optimistic, OptimisticSession, type Placed } from './buffered.ts';
import { Aborted, type Level, type Log, type Store, type StoreKind, type StoreSession } from './store.ts';

const SOURCE = 'https://pkg.go.dev/go.etcd.io/etcd/client/v3/concurrency#Isolation';
const NO_RANGES = 'the client reads no ranges in a transaction';

const NO_APPEND = 'an append is a read and a write, of which nothing is compared';

/** What is compared at the end, and at which revision it reads. */
interface Rule {
  readonly reads: boolean;
  readonly writes: boolean;
  readonly snapshot: boolean;
}

const RULES: Readonly<Record<string, Rule>> = {
  'STM serializable snapshot': { reads: true, writes: true, snapshot: true },
  'STM serializable': { reads: true, writes: false, snapshot: true },
  'STM repeatable reads': { reads: true, writes: false, snapshot: false },
  'STM read committed': { reads: false, writes: false, snapshot: false },
};

const levels: readonly Level[] = [
  {
    ...{ name: 'transaction', begin: 'one request', isOneRequest: true },
    says: 'all of a request at once (https://etcd.io/docs/latest/learning/api_guarantees/)',
    without: {
      'list-append': 'a request cannot append to what it does not know',
      move: 'a request cannot write what depends on its reads',
      abort: 'a request that was sent is not rolled back',
    },
  },
  ...Object.keys(RULES).map((name): Level => {
    const says = `as etcd's own client compares reads and writes (${SOURCE})`;
    const lists = RULES[name]!.reads ? {} : { 'list-append': NO_APPEND };
    const without = { ...lists, 'predicate-registers': NO_RANGES };
    return { name, says, begin: name, isDefault: name === 'STM serializable snapshot', without };
  }),
];

interface Kv {
  readonly key: string;
  readonly value?: string;
  readonly mod_revision?: string;
}

interface Told {
  readonly error?: string;
  readonly kvs?: readonly Kv[];
  readonly succeeded?: boolean;
  readonly header?: { readonly revision?: string };
  readonly responses?: readonly {
    readonly response_range?: { readonly kvs?: readonly Kv[] };
    readonly response_delete_range?: { readonly deleted?: string };
  }[];
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const textOf = (encoded = '') => Buffer.from(encoded, 'base64').toString();
/** `0` follows `/`. */
const after = (prefix: string) => base64(prefix.replace(/\/$/, '0'));

/** Rejects with `Aborted` where the server says that the request was none. */
async function ask(client: HttpClient, path: string, body: object): Promise<Told> {
  const { status, text } = await client.post(`/v3/${path}`, body);
  const told = JSON.parse(text || '{}') as Told;
  if (status === 400) throw new Aborted(String(told.error ?? text));
  if (status !== 200) throw new Error(told.error ?? `status ${status}`);
  return told;
}

/** Where a store's rows are. */
class Keys {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  group({ kind, group }: Pick<Placed, 'kind' | 'group'>): string {
    return `${this.name}/${kind}/${group}/`;
  }

  row(placed: Placed): string {
    return `${this.group(placed)}${placed.step[1]}`;
  }

  /** The rows that a range returned. */
  rows(kvs: readonly Kv[] = []): Readonly<Record<string, number>> {
    return Object.fromEntries(kvs.map(({ key, value }) => [textOf(key).replace(/^.*\//, ''), Number(textOf(value))]));
  }
}

function requestOf(keys: Keys, placed: Placed): object {
  const [f, , value] = placed.step;
  const key = base64(keys.row(placed));
  if (f === 'r') return { requestRange: { key } };
  if (f === 'rp') return { requestRange: { key: base64(keys.group(placed)), range_end: after(keys.group(placed)) } };
  if (f === 'delete') return { requestDeleteRange: { key } };
  return { requestPut: { key, value: base64(JSON.stringify(value)) } };
}

/** Whatever was asked as one request. */
async function sendAll(client: HttpClient, keys: Keys, steps: readonly Placed[]): Promise<readonly Done[]> {
  const { responses = [] } = await ask(client, 'kv/txn', { success: steps.map((one) => requestOf(keys, one)) });
  return steps.map(({ step }, at): Done => {
    const { response_range: range, response_delete_range: deleted } = responses[at] ?? {};
    if (step[0] === 'rp') return ['rp', step[1], matching(keys.rows(range?.kvs), step)];
    if (step[0] === 'r') return ['r', step[1], range?.kvs?.[0] ? JSON.parse(textOf(range.kvs[0].value)) : null];
    // Whoever deletes what is not there has seen that it is not.
    return step[0] === 'delete' && deleted?.deleted === undefined ? ['r', step[1], null] : step;
  });
}

/** etcd's client: what was read, with the revisions at which it was last changed. */
class Stm implements Optimistic {
  private readonly client: HttpClient;
  private readonly keys: Keys;
  private readonly rule: Rule;
  private readonly reads = new Map<string, { readonly value: string | undefined; readonly changed: number }>();
  private first: number | undefined;

  constructor(client: HttpClient, keys: Keys, rule: Rule) {
    this.client = client;
    this.keys = keys;
    this.rule = rule;
  }

  begin(): void {
    this.reads.clear();
    this.first = undefined;
  }

  async get(placed: Placed): Promise<unknown> {
    const key = this.keys.row(placed);
    let read = this.reads.get(key);
    if (!read) {
      const revision = this.rule.snapshot && this.first !== undefined ? { revision: String(this.first) } : {};
      const { kvs = [], header } = await ask(this.client, 'kv/range', { key: base64(key), ...revision });
      this.first ??= Number(header?.revision);
      read = { value: kvs[0] && textOf(kvs[0].value), changed: Number(kvs[0]?.mod_revision ?? 0) };
      this.reads.set(key, read);
    }
    if (read.value !== undefined) return JSON.parse(read.value);
    return placed.kind === 'list-append' ? [] : null;
  }

  async commit(writes: readonly Placed[]): Promise<boolean> {
    const puts = new Map<string, unknown>();
    for (const placed of writes) {
      const key = this.keys.row(placed);
      // An append is a read and a write here, as it is to every client of etcd.
      const before = placed.step[0] === 'append' ? (puts.get(key) ?? (await this.get(placed))) : undefined;
      puts.set(key, before === undefined ? placed.step[2] : [...(before as readonly unknown[]), placed.step[2]]);
    }
    const { reads, writes: compared } = this.rule;
    const since = Number(this.first ?? 0) + 1;
    const compare = [
      ...(reads ? Array.from(this.reads, ([key, { changed }]) => isSame(key, changed)) : []),
      ...(compared && this.first !== undefined ? Array.from(puts.keys(), (key) => isBefore(key, since)) : []),
    ];
    if (compare.length === 0 && puts.size === 0) return true;
    const success = Array.from(puts, ([key, value]) => ({
      requestPut: { key: base64(key), value: base64(JSON.stringify(value)) },
    }));
    return (await ask(this.client, 'kv/txn', { compare, success })).succeeded === true;
  }

  async forget(): Promise<void> {
    this.begin();
  }
}

function isSame(key: string, revision: number): object {
  return { key: base64(key), target: 'MOD', result: 'EQUAL', mod_revision: String(revision) };
}

function isBefore(key: string, revision: number): object {
  return { key: base64(key), target: 'MOD', result: 'LESS', mod_revision: String(revision) };
}

function sessionOf(client: HttpClient, keys: Keys, log: Log): StoreSession {
  const whole = new OneRequestSession((steps) => sendAll(client, keys, steps), log, 'txn');
  const choose = ({ name, isOneRequest }: Level): StoreSession =>
    isOneRequest ? whole : new OptimisticSession(new Stm(client, keys, RULES[name]!), log);
  return new ByLevel(choose, () => client.close());
}

function clientOf(url: URL): HttpClient {
  return new HttpClient(Number(url.port || 2379), hostIn(url));
}

async function openEtcd(url: URL): Promise<Store> {
  const control = clientOf(url);
  const keys = new Keys(newName());
  const { text } = await control.get('/version');
  const { etcdserver } = JSON.parse(text) as { etcdserver?: string };
  return {
    ...{ version: `etcd ${etcdserver}`, levels, notes: [] },
    async prepare() {
      // A row that nobody has written is null.
    },
    async fill(group, rows) {
      const success = Object.entries(rows).map(([row, value]) =>
        requestOf(keys, { kind: 'predicate-registers', group, step: ['w', row, value] }),
      );
      await ask(control, 'kv/txn', { success });
    },
    open: async (log) => sessionOf(clientOf(url), keys, log),
    // There are no locks.
    waiting: async () => 0,
    async close() {
      await ask(control, 'kv/deleterange', { key: base64(`${keys.name}/`), range_end: after(`${keys.name}/`) });
      control.close();
    },
  };
}

async function cleanEtcd(url: URL): Promise<readonly string[]> {
  const client = clientOf(url);
  try {
    const range = { key: base64('splitbrain_'), range_end: base64('splitbrain`'), keys_only: true };
    const { kvs = [] } = await ask(client, 'kv/range', range);
    const names = new Set(kvs.map(({ key }) => textOf(key).replace(/\/.*$/s, '')).filter(isOurName));
    for (const name of names)
      await ask(client, 'kv/deleterange', { key: base64(`${name}/`), range_end: after(`${name}/`) });
    return [...names];
  } finally {
    client.close();
  }
}

export const etcdKind: StoreKind = { name: 'etcd', protocols: ['etcd:'], open: openEtcd, clean: cleanEtcd };
