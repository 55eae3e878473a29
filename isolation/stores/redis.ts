/** Redis: transactions of MULTI, of WATCH and MULTI, of a script, and commands without any of these. */
import { hostIn } from '../../databases/wire/loopback.ts';
import { type Reply, Resp } from '../../databases/wire/resp.ts';
import { isOurName, newName } from '../names.ts';
import type { Done, Kind, Step } from '../steps.ts';
import {
  asDone,
  ByLevel,
  logged,
  matching,
  OneRequestSession,
  type Optimistic,
  OptimisticSession,
  type Placed,
  resultText,
  stepText,
} from './buffered.ts';
import type { Level, Log, Store, StoreKind, StoreSession } from './store.ts';

const CONNECT_MS = 5000;
const SOURCE = 'https://redis.io/docs/latest/develop/using-commands/transactions/';
const KEPT = { abort: 'Redis does not roll back' } as const;
const PLAIN = { ...KEPT, move: 'the total is not kept by commands that are each by themselves' } as const;
const WHOLE = { ...KEPT, move: 'what is sent whole cannot write what depends on its reads' } as const;

const levels: readonly Level[] = [
  { name: 'commands', begin: 'nothing', says: `each command by itself (${SOURCE})`, isDefault: true, without: PLAIN },
  {
    ...{ name: 'MULTI', begin: 'multi', isOneRequest: true, without: WHOLE },
    says: `all commands of a transaction at once, in order (${SOURCE})`,
  },
  { name: 'WATCH and MULTI', begin: 'watch', says: `only where no watched key was changed (${SOURCE})` },
  {
    ...{ name: 'script', begin: 'eval', isOneRequest: true, without: WHOLE },
    says: 'a script is executed whole (https://redis.io/docs/latest/develop/programmability/eval-intro/)',
  },
];

type Command = readonly [string, ...(string | number)[]];

/** Where a store's rows are: a key each, but rows that are read by predicate, which are one hash. */
class Keys {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  of({ kind, group, step }: Placed): string {
    const base = `${this.name}:${kind}:${group}`;
    return kind === 'predicate-registers' ? base : `${base}:${step[1]}`;
  }

  /** A step as a command. */
  command(placed: Placed): Command {
    const [f, row, value] = placed.step as readonly [string, string, number];
    const key = this.of(placed);
    if (placed.kind === 'predicate-registers') {
      if (f === 'rp') return ['HGETALL', key];
      if (f === 'r') return ['HGET', key, row];
      return f === 'delete' ? ['HDEL', key, row] : ['HSET', key, row, value];
    }
    if (placed.kind === 'list-append') return f === 'r' ? ['LRANGE', key, 0, -1] : ['RPUSH', key, value];
    return f === 'r' ? ['GET', key] : ['SET', key, value];
  }

  /** What a command returned, as the step done. */
  done({ kind, step }: Placed, reply: Reply): Done {
    const [f, row] = step;
    if (f === 'rp') return ['rp', row, matching(hashIn(reply), step)];
    // Whoever deletes what is not there has seen that it is not.
    if (f === 'delete' && reply === 0) return ['r', row, null];
    if (f !== 'r') return step;
    if (kind === 'list-append') return ['r', row, (reply as readonly string[]).map(Number)];
    return ['r', row, reply === null ? null : Number(reply)];
  }
}

function hashIn(reply: Reply): Readonly<Record<string, number>> {
  const flat = reply as readonly string[];
  return Object.fromEntries(flat.flatMap((name, at) => (at % 2 === 0 ? [[name, Number(flat[at + 1])]] : [])));
}

async function sendMulti(resp: Resp, keys: Keys, steps: readonly Placed[]): Promise<readonly Done[]> {
  if (steps.length === 0) return [];
  // All at once: nobody waits between them.
  const asked = [resp.ask('MULTI'), ...steps.map((one) => resp.ask(...keys.command(one))), resp.ask('EXEC')];
  const replies = (await Promise.all(asked)).at(-1) as readonly Reply[];
  return steps.map((one, at) => keys.done(one, replies[at]!));
}

/** Runs the commands in it one after the other. */
const SCRIPT = `local out = {}
for at, command in ipairs(cjson.decode(ARGV[1])) do out[at] = redis.call(unpack(command)) end
return out`;

async function sendScript(resp: Resp, keys: Keys, steps: readonly Placed[]): Promise<readonly Done[]> {
  if (steps.length === 0) return [];
  const commands = steps.map((one) => keys.command(one).map(String));
  const touched = [...new Set(steps.map((one) => keys.of(one)))];
  const asked = resp.ask('EVAL', SCRIPT, touched.length, ...touched, JSON.stringify(commands));
  const replies = (await asked) as readonly Reply[];
  return steps.map((one, at) => keys.done(one, falseIsNull(replies[at])));
}

/** A script's answer has nothing where a command answered nothing. */
function falseIsNull(reply: Reply | undefined): Reply {
  return reply ?? null;
}

/** Reads with WATCH, and writes where nothing that was read has been changed. */
class Watching implements Optimistic {
  private readonly resp: Resp;
  private readonly keys: Keys;

  constructor(resp: Resp, keys: Keys) {
    this.resp = resp;
    this.keys = keys;
  }

  begin(): void {}

  async get(placed: Placed): Promise<unknown> {
    return (await this.read(placed))[2];
  }

  async rows(placed: Placed): Promise<Readonly<Record<string, number>>> {
    await this.resp.ask('WATCH', this.keys.of(placed));
    return hashIn(await this.resp.ask('HGETALL', this.keys.of(placed)));
  }

  async commit(writes: readonly Placed[]): Promise<boolean> {
    const asked = [this.resp.ask('MULTI'), ...writes.map((one) => this.resp.ask(...this.keys.command(one)))];
    asked.push(this.resp.ask('EXEC'));
    return (await Promise.all(asked)).at(-1) !== null;
  }

  async forget(): Promise<void> {
    await this.resp.ask('UNWATCH');
  }

  private async read(placed: Placed): Promise<Done> {
    await this.resp.ask('WATCH', this.keys.of(placed));
    return this.keys.done(placed, await this.resp.ask(...this.keys.command(placed)));
  }
}

/** Each step by itself. */
class Plain implements StoreSession {
  done: Done[] = [];
  private readonly send: (placed: Placed) => Promise<Done>;
  private readonly log: Log;

  constructor(send: (placed: Placed) => Promise<Done>, log: Log) {
    this.send = send;
    this.log = log;
  }

  async begin(): Promise<void> {
    this.done = [];
  }

  async step(kind: Kind, group: number, step: Step): Promise<void> {
    const placed: Placed = { kind, group, step: asDone(step) };
    this.done.push(await logged(this.log, stepText(placed.step), this.send(placed), resultText));
  }

  async commit(): Promise<void> {}

  async rollback(): Promise<void> {}

  /** Whoever opened the connection closes it. */
  close(): void {}
}

function sessionOf(resp: Resp, keys: Keys, log: Log): StoreSession {
  const one = async (placed: Placed): Promise<Done> => keys.done(placed, await resp.ask(...keys.command(placed)));
  const sessions: Readonly<Record<string, StoreSession>> = {
    commands: new Plain(one, log),
    MULTI: new OneRequestSession((steps) => sendMulti(resp, keys, steps), log, 'MULTI'),
    script: new OneRequestSession((steps) => sendScript(resp, keys, steps), log, 'EVAL'),
    'WATCH and MULTI': new OptimisticSession(new Watching(resp, keys), log),
  };
  return new ByLevel(
    ({ name }) => sessions[name]!,
    () => resp.close(),
  );
}

/** Connects, and says who asks where the URL does. */
async function connectedTo(url: URL): Promise<Resp> {
  const resp = await Resp.open(Number(url.port || 6379), CONNECT_MS, hostIn(url));
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  try {
    if (password !== '') await resp.ask('AUTH', ...(user === '' ? [] : [user]), password);
    const database = url.pathname.slice(1);
    if (database !== '') await resp.ask('SELECT', database);
    return resp;
  } catch (error) {
    resp.close();
    throw error;
  }
}

/** Removes all keys that begin like this; resolves to the names that they were below. */
async function removeBelow(resp: Resp, name: string): Promise<readonly string[]> {
  const names = new Set<string>();
  let cursor = '0';
  do {
    const [next, found] = (await resp.ask('SCAN', cursor, 'MATCH', `${name}*`, 'COUNT', 1000)) as [string, string[]];
    const ours = found.filter((key) => isOurName(key.replace(/:.*$/s, '')));
    for (const key of ours) names.add(key.replace(/:.*$/s, ''));
    if (ours.length > 0) await resp.ask('DEL', ...ours);
    cursor = next;
  } while (cursor !== '0');
  return [...names];
}

async function openRedis(url: URL): Promise<Store> {
  const control = await connectedTo(url);
  const keys = new Keys(newName());
  const info = String(await control.ask('INFO', 'server'));
  return {
    ...{ version: `Redis ${/redis_version:(\S+)/.exec(info)?.[1] ?? ''}`, levels, notes: [] },
    async prepare() {
      // A row that nobody has written is null, and a list is empty.
    },
    async fill(group, rows) {
      const key = keys.of({ kind: 'predicate-registers', group, step: ['rp', 'true', null] });
      await control.ask('HSET', key, ...Object.entries(rows).flat());
    },
    open: async (log) => sessionOf(await connectedTo(url), keys, log),
    // There are no locks.
    waiting: async () => 0,
    async close() {
      await removeBelow(control, keys.name);
      control.close();
    },
  };
}

async function cleanRedis(url: URL): Promise<readonly string[]> {
  const resp = await connectedTo(url);
  try {
    return await removeBelow(resp, 'splitbrain_');
  } finally {
    resp.close();
  }
}

export const redisKind: StoreKind = { name: 'Redis', protocols: ['redis:'], open: openRedis, clean: cleanRedis };
