/**
 * Dynamo's key-value store: a version is written to W and read from R of a key's home nodes with R+W > N, the later timestamp wins, a read repairs
 * the homes that it found behind, and anti-entropy does the rest. Removals leave tombstones for ever.
 *
 * @see DeCandia et al., "Dynamo: Amazon's Highly Available Key-value Store", SOSP 2007. Unlike there, quorums are strict, and a write
 * asks for the newest version first, as a client of Dynamo does with its context.
 *
 * Claims replicas that converge and each key causally consistent for a client that stays with its node and reads what is settled; a read may
 * meet a write on its way which the next one does not, so it is not linearizable. Available to a majority of the homes.
 */
import type { Register, Value } from 'elle-ts';
import { antiEntropy } from '../blocks/anti-entropy.ts';
import { type DurableMap, durableMap } from '../blocks/durable-map.ts';
import { compareTimestamps, hybridClock, type Timestamp } from '../blocks/hybrid-clock.ts';
import { exclusive } from '../blocks/lock.ts';
import { onlyForward } from '../blocks/only-forward.ts';
import { InDoubt, type Node, type NodeId, Refused } from '../node.ts';
import type { Claim, System } from '../system.ts';

interface Version {
  readonly stamp: Timestamp;
  readonly value: Value;
  readonly removed?: true;
}
type Versions = Readonly<Record<string, Version>>;

/** Registers, and removals: a removed key reads as `null`. */
export type Removable = Pick<Register, 'read' | 'write'> & { remove(input: null): null };

/** How many nodes a key is at home on: Dynamo's N. */
const HOMES = 3;
const PATIENCE_MS = 150;
const GOSSIP_MS = 150;
const GRACE_MS = 250;

interface Options {
  /** A home that does not answer is replaced by the next node, which counts in its place. */
  readonly sloppy: boolean;
  /** A read stores what it found at a quorum before it answers. */
  readonly writeBack: boolean;
  /** What a removal leaves: a tombstone, one that is collected after a while, or nothing. */
  readonly tombstones: 'kept' | 'collected' | 'none';
}

async function start(node: Node, options: Options) {
  const store = await versionStore(node, options);
  const { clock, take, versions } = store;
  const ring = [node.id, ...node.peers].sort();
  node.on('get', ({ key }: { key: string }) => store.get(key));
  node.on('put', ({ key, version }: { key: string; version: Version }) => take(key, version));
  void antiEntropy<Versions>(node, GOSSIP_MS, () => versions.entries, store.merge);

  function preference(key: string): readonly NodeId[] {
    let at = 0;
    for (let i = 0; i < key.length; i++) at = (at * 31 + key.charCodeAt(i)) % ring.length;
    return ring.map((_, i) => ring[(at + i) % ring.length]!);
  }

  const askOne = <R>(to: NodeId, kind: string, message: unknown, own: () => Promise<R>) =>
    to === node.id ? own() : node.call<R>(to, kind, message, PATIENCE_MS);

  /** The answers of a majority of the homes; asks all, so that all hear of it. */
  function ask<R>(kind: string, key: string, message: unknown, own: () => Promise<R>): Promise<readonly [NodeId, R][]> {
    const order = preference(key);
    const homes = order.slice(0, HOMES);
    const standIns = options.sloppy ? order.slice(HOMES) : [];
    const askHome = async (home: NodeId): Promise<[NodeId, R]> => {
      for (let asked = home; ; asked = standIns.shift() as NodeId) {
        const answer = await askOne<R>(asked, kind, message, own).then(
          (reply) => ({ reply }),
          () => undefined,
        );
        if (answer) return [asked, answer.reply];
        if (standIns.length === 0) throw new InDoubt(`${asked} does not answer`);
      }
    };
    return firstOf(homes.map(askHome), Math.floor(homes.length / 2) + 1);
  }

  async function newest(key: string): Promise<Version | undefined> {
    const asked = ask('get', key, { key }, async () => store.get(key));
    const answers = await asked.catch(() => {
      throw new Refused('too few homes answer');
    });
    const found = answers.flatMap(([, version]) => (version ? [version] : []));
    const latest = found.reduce<Version | undefined>((a, b) => (a && !later(b, a) ? a : b), undefined);
    if (latest) repair(key, latest, answers);
    return latest;
  }

  function repair(key: string, latest: Version, answers: readonly [NodeId, Version | null][]): void {
    clock.witness(latest.stamp);
    for (const [home, version] of answers) {
      if (home !== node.id && (!version || later(latest, version))) node.send(home, 'put', { key, version: latest });
    }
  }

  async function put(key: string, change: Pick<Version, 'value' | 'removed'>): Promise<null> {
    await newest(key);
    const version: Version = { stamp: clock.tick(), ...change };
    await ask('put', key, { key, version }, () => take(key, version));
    return null;
  }

  return {
    state: versions.entries,
    api: {
      async read(_: null, key = ''): Promise<Value> {
        const version = await newest(key);
        if (version && options.writeBack) await ask('put', key, { key, version }, () => take(key, version));
        return version?.value ?? null;
      },
      write: (value: Value, key = ''): Promise<null> => put(key, { value }),
      remove: (_: null, key = ''): Promise<null> => put(key, { value: null, removed: true }),
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

const later = (a: Version, b: Version) => compareTimestamps(a.stamp, b.stamp) > 0;

/** The versions that this node keeps. */
async function versionStore(node: Node, { tombstones }: Options) {
  const versions: DurableMap<Version> = await durableMap<Version>(node, 'versions');
  const clock = hybridClock(node);
  for (const { stamp } of Object.values(versions.entries)) clock.witness(stamp);
  const inTurn = exclusive();

  async function keep(key: string, version: Version): Promise<void> {
    if (version.removed && tombstones === 'none') return versions.delete(key);
    await versions.set(key, version);
    if (version.removed && tombstones === 'collected') void collect(key, version);
  }

  async function collect(key: string, tombstone: Version): Promise<void> {
    await node.sleep(GRACE_MS);
    await inTurn(key, async () => {
      if (versions.get(key)?.stamp === tombstone.stamp) await versions.delete(key);
    });
  }

  const take = (key: string, version: Version): Promise<true> =>
    inTurn(key, async () => {
      clock.witness(version.stamp);
      const known = versions.get(key);
      if (!known || later(version, known)) await keep(key, version);
      return true as const;
    });

  return {
    clock,
    versions,
    take,
    // What a crash could still undo is not shown: it waits for the disk.
    get: (key: string) => inTurn(key, async () => versions.get(key) ?? null),
    merge: (theirs: Versions) => Promise.all(Object.entries(theirs).map(([key, version]) => take(key, version))),
  };
}

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

const registerClaims: readonly Claim[] = [
  { model: 'eventual', converges: true, ...common },
  { model: 'read-your-writes', converges: false, ...common },
];
const strictClaims: readonly Claim[] = [
  { model: 'eventual', converges: true, ...common },
  { model: 'linearizable', converges: false, ...common },
];
const mapClaims: readonly Claim[] = [{ model: 'lww-map', converges: true, ...common }];

const KEPT: Options = { sloppy: false, writeBack: false, tombstones: 'kept' };

function onRegisters(
  name: string,
  claims: readonly Claim[],
  options: Partial<Options>,
  flaw?: System['flaw'],
): System<Register, Versions> {
  return {
    name,
    datatype: 'register',
    without: ['cas'],
    claims,
    ...(flaw ? { flaw } : {}),
    invariants,
    start: (node) => start(node, { ...KEPT, ...options }),
  };
}

function withRemovals(name: string, options: Partial<Options>, flaw?: System['flaw']): System<Removable, Versions> {
  return {
    name,
    datatype: 'lww-map',
    claims: mapClaims,
    ...(flaw ? { flaw } : {}),
    invariants,
    start: (node) => start(node, { ...KEPT, ...options }),
  };
}

export const dynamos: readonly System<Register, Versions>[] = [
  onRegisters('quorum/dynamo', registerClaims, {}),
  onRegisters('quorum/dynamo-strict', strictClaims, { writeBack: true }),
  onRegisters(
    'quorum/sloppy',
    strictClaims,
    { writeBack: true, sloppy: true },
    {
      says: 'stand-ins of unreachable homes count for a quorum, which the next quorum need not meet then',
      anomaly: 'stale-read',
    },
  ),
];

export const removableDynamos: readonly System<Removable, Versions>[] = [
  withRemovals('quorum/dynamo-removals', {}),
  withRemovals(
    'quorum/no-tombstones',
    { tombstones: 'none' },
    {
      says: 'a removal leaves nothing behind, so repair brings the value back from a node that missed it',
      anomaly: 'lost-update',
    },
  ),
  withRemovals(
    'quorum/early-collection',
    { tombstones: 'collected' },
    { says: 'tombstones are collected before every node has seen them', anomaly: 'lost-update' },
  ),
];
