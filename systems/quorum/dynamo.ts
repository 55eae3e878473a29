/**
 * Dynamo's key-value store: a version is written to W and read from R of a key's home
 * nodes with R+W > N, the later timestamp wins, a read repairs the homes that it
 * found behind, and anti-entropy does the rest. Removals leave tombstones for ever.
 *
 * @see DeCandia et al., "Dynamo: Amazon's Highly Available Key-value Store", SOSP 2007. Unlike there, quorums
 *   are strict, and a write asks for the newest version first, as a client of Dynamo does with its context.
 *
 * Claims replicas that converge and each key causally consistent for a client that stays
 * with its node and reads what is settled; a read may meet a write on its way which the
 * next one does not, so it is not linearizable. Available to a majority of the homes.
 */
import type { Register, Value } from 'elle-ts';
import { antiEntropy } from '../blocks/anti-entropy.ts';
import { type DurableMap, durableMap } from '../blocks/durable-map.ts';
import { compareTimestamps, type HybridClock, hybridClock, type Timestamp } from '../blocks/hybrid-clock.ts';
import { type Exclusive, exclusive } from '../blocks/lock.ts';
import { onlyForward } from '../blocks/only-forward.ts';
import { InDoubt, type Node, type NodeId, Refused } from '../node.ts';
import type { Claim } from '../system.ts';
import { type Stepped, stepped } from '../twin.ts';

interface Version {
  readonly stamp: Timestamp;
  readonly value: Value;
  readonly removed?: true;
}
type Versions = Readonly<Record<string, Version>>;

/** Registers, and removals: a removed key reads as `null`. */
export type Removable = Pick<Register, 'read' | 'write'> & { remove(input: null): null };

/** How many nodes a key is at home on: Dynamo's N. */
export const HOMES = 3;
const PATIENCE_MS = 150;
const GOSSIP_MS = 150;

/** A home of keys: its state, and the steps that it takes. */
interface Home extends Steps {
  readonly node: Node;
  readonly ring: readonly NodeId[];
  readonly versions: DurableMap<Version>;
  readonly clock: HybridClock;
  readonly inTurn: Exclusive;
}

export type Steps = typeof steps;

/** The protocol. Each of the broken twins replaces one step of it (twins.ts). */
const steps = {
  async read(this: Home, key: string): Promise<Value> {
    const version = await this.newest(key);
    return version?.value ?? null;
  },

  async put(this: Home, key: string, change: Pick<Version, 'value' | 'removed'>): Promise<null> {
    await this.newest(key);
    await this.store(key, { stamp: this.clock.tick(), ...change });
    return null;
  },

  /** The newest version of a majority of the homes, and those of them that are behind are sent it. */
  async newest(this: Home, key: string): Promise<Version | undefined> {
    const asked = this.ask('get', key, { key }, () => this.held(key));
    const answers = await asked.catch(() => {
      throw new Refused('too few homes answer');
    });
    const found = answers.flatMap(([, version]) => (version ? [version] : []));
    const latest = found.reduce<Version | undefined>((a, b) => (a && !later(b, a) ? a : b), undefined);
    if (latest) this.repair(key, latest, answers);
    return latest;
  },

  repair(this: Home, key: string, latest: Version, answers: readonly (readonly [NodeId, Version | null])[]): void {
    this.clock.witness(latest.stamp);
    for (const [home, version] of answers)
      if (home !== this.node.id && (!version || later(latest, version)))
        this.node.send(home, 'put', { key, version: latest });
  },

  store(this: Home, key: string, version: Version): Promise<unknown> {
    return this.ask('put', key, { key, version }, () => this.take(key, version));
  },

  /** The answers of a majority of the homes; asks all, so that all hear of it. */
  ask<R>(
    this: Home,
    kind: string,
    key: string,
    message: unknown,
    own: () => Promise<R>,
  ): Promise<readonly (readonly [NodeId, R])[]> {
    const asked = this.askHomes<R>(preference(this.ring, key), (to) =>
      to === this.node.id ? own() : this.node.call<R>(to, kind, message, PATIENCE_MS),
    );
    return firstOf(asked, Math.floor(asked.length / 2) + 1);
  },

  /** A key's homes are the first nodes of its preference list. */
  askHomes<R>(
    this: Home,
    nodes: readonly NodeId[],
    ask: (node: NodeId) => Promise<R>,
  ): Promise<readonly [NodeId, R]>[] {
    return nodes.slice(0, HOMES).map(async (home) => {
      const reply = await ask(home).catch(() => {
        throw new InDoubt(`${home} does not answer`);
      });
      return [home, reply] as const;
    });
  },

  /** What a crash could still undo is not shown: it waits for the disk. */
  held(this: Home, key: string): Promise<Version | null> {
    return this.inTurn(key, async () => this.versions.get(key) ?? null);
  },

  take(this: Home, key: string, version: Version): Promise<true> {
    return this.inTurn(key, async () => {
      this.clock.witness(version.stamp);
      const known = this.versions.get(key);
      if (!known || later(version, known)) await this.keep(key, version);
      return true as const;
    });
  },

  /** A removed key keeps a version that says so. */
  async keep(this: Home, key: string, version: Version): Promise<void> {
    await this.versions.set(key, version);
  },
};

const later = (a: Version, b: Version) => compareTimestamps(a.stamp, b.stamp) > 0;

/** All nodes, from the key's place on the ring on. */
function preference(ring: readonly NodeId[], key: string): readonly NodeId[] {
  let at = 0;
  for (let i = 0; i < key.length; i++) at = (at * 31 + key.charCodeAt(i)) % ring.length;
  return ring.map((_, i) => ring[(at + i) % ring.length]!);
}

async function start(node: Node, given: Steps) {
  const versions = await durableMap<Version>(node, 'versions');
  const clock = hybridClock(node);
  for (const { stamp } of Object.values(versions.entries)) clock.witness(stamp);
  const ring = [node.id, ...node.peers].sort();
  const home: Home = { ...given, node, ring, versions, clock, inTurn: exclusive() };
  node.on('get', ({ key }: { key: string }) => home.held(key));
  node.on('put', ({ key, version }: { key: string; version: Version }) => home.take(key, version));
  const merge = (theirs: Versions) =>
    Promise.all(Object.entries(theirs).map(([key, version]) => home.take(key, version)));
  void antiEntropy<Versions>(node, GOSSIP_MS, () => versions.entries, merge);
  return {
    state: versions.entries,
    api: {
      read: (_: null, key = ''): Promise<Value> => home.read(key),
      write: (value: Value, key = ''): Promise<null> => home.put(key, { value }),
      remove: (_: null, key = ''): Promise<null> => home.put(key, { value: null, removed: true }),
      async cas(): Promise<null> {
        throw new Refused('there is no compare-and-set on versions');
      },
    },
  };
}

const invariants = {
  'timestamps-only-rise': onlyForward(
    'the timestamp',
    (versions: Versions) => versions,
    (older, newer) => compareTimestamps(newer.stamp, older.stamp) < 0,
  ),
};

/** The first `needed` results; rejects once they cannot be had any more. */
function firstOf<T>(all: readonly Promise<T>[], needed: number): Promise<readonly T[]> {
  return new Promise((resolve, reject) => {
    const results: T[] = [];
    let left = all.length;
    const miss = () => {
      if (--left + results.length < needed) reject(new InDoubt(`fewer than ${needed} answered`));
    };
    const take = (result: T) => {
      left--;
      results.push(result);
      if (results.length === needed) resolve([...results]);
    };
    for (const one of all) one.then(take, miss);
  });
}

const common = {
  under: ['partition', 'link', 'crash', 'pause', 'clock'],
  available: 'majority',
  durable: 'always',
  recoversMs: 2000,
} as const;

const eventual: Claim = { model: 'eventual', converges: true, ...common };

export const dynamo: Stepped<Register, Versions, Steps> = stepped<Register, Versions, Steps>({
  name: 'quorum/dynamo',
  datatype: 'register',
  without: ['cas'],
  claims: [eventual, { model: 'read-your-writes', converges: false, ...common }],
  invariants,
  steps,
  startWith: start,
});

/** The same, whose reads store what they found at a majority before they return it. */
export const strictDynamo: typeof dynamo = stepped<Register, Versions, Steps>({
  ...dynamo,
  name: 'quorum/dynamo-strict',
  claims: [eventual, { model: 'linearizable', converges: false, ...common }],
  steps: {
    ...steps,
    async read(key) {
      const version = await this.newest(key);
      if (version) await this.store(key, version);
      return version?.value ?? null;
    },
  },
});

export const removableDynamo: Stepped<Removable, Versions, Steps> = stepped<Removable, Versions, Steps>({
  name: 'quorum/dynamo-removals',
  datatype: 'lww-map',
  claims: [{ model: 'lww-map', converges: true, ...common }],
  invariants,
  steps,
  startWith: start,
});
