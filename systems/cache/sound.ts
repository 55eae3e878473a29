/**
 * A replicated cache of versioned entries: sets and invalidations take a tag above the newest that a majority holds, and are stored at a majority; an
 * invalidation is a tombstone. A read asks a majority, and shows the newest entry once a majority holds it.
 *
 * An entry's age is read on one clock: its set notes the monotonic clocks of the majority that it asked before anybody had the entry, and a read compares
 * each of them with the same clock, of which any two majorities share one. The oldest age counts, with an allowance for drift.
 *
 * @see Attiya, Bar-Noy & Dolev, "Sharing Memory Robustly in Message-Passing Systems", JACM 1995: the majorities.
 * @see Gray & Cheriton, "Leases: An Efficient Fault-Tolerant Mechanism for Distributed File Cache Consistency", SOSP 1989: the clocks.
 *
 * Claims that a read never finds what a completed set or invalidation had replaced, nor what has expired, under partition, crash, pause, bad links
 * and clocks that jump and drift; available to a majority, and a read without one misses. The price: two round trips a set, tombstones for ever,
 * and entries that live shorter than they might. There is no database behind it: what it holds is all there is.
 */
import type { Cache } from 'elle-ts';
import { atMostMs } from '../blocks/lifetime.ts';
import { type Answer, majority } from '../blocks/majority.ts';
import { statesOnDisk } from '../blocks/replicated-states.ts';
import { type Node, type NodeId, Refused } from '../node.ts';
import type { System } from '../system.ts';
import { entryOf } from './entry.ts';

/** Tags order the changes of a key: by number, then by node. No two changes share one. */
type Tag = readonly [number: number, node: NodeId, chance: number];
/** A node's monotonic clock; it means nothing to another life of the node. */
interface Reading {
  readonly life: number;
  readonly ms: number;
}
interface Entry {
  readonly tag: Tag;
  /** Null where there is nothing, or nothing any more. */
  readonly value: unknown;
  readonly ttlMs?: number;
  /** Clocks of a majority before the entry was set. */
  readonly born: Readonly<Record<NodeId, Reading>>;
  /** The setter's wall clock. */
  readonly setAt: number;
}
interface Held {
  readonly entry: Entry;
  readonly clock: Reading;
}
type Key = { readonly key: string };
type Store = Key & { readonly entry: Entry };

const NOTHING: Entry = { tag: [0, '', 0], value: null, born: {}, setAt: 0 };
const PATIENCE_MS = 200;

interface Options {
  /** Of two entries a node keeps the newer one, and not the one that comes last. */
  readonly keepsNewer: boolean;
  /** An invalidation leaves a tombstone. */
  readonly tombstones: boolean;
  /** An invalidation is acknowledged once a majority has it, and not the first node. */
  readonly quorumInvalidation: boolean;
  /** How an entry's age is told: on one clock that may drift, on one that may not, or on the wall clocks of two nodes. */
  readonly age: 'drifting' | 'exact' | 'wall';
}

const SOUND: Options = { keepsNewer: true, tombstones: true, quorumInvalidation: true, age: 'drifting' };

async function start(node: Node, options: Options) {
  const { states, get, update } = await statesOnDisk<Entry>(node, NOTHING);
  const life = node.random();

  const query = ({ key }: Key): Held => ({ entry: get(key), clock: { life, ms: node.elapsed() } });
  const store = async ({ key, entry }: Store): Promise<true> => {
    const isGone = entry.value === null && !options.tombstones;
    const kept = isGone ? NOTHING : entry;
    await update(key, (held) => (!options.keepsNewer || isGone || newer(entry, held) ? kept : held));
    return true;
  };
  node.on('query', query);
  node.on('store', store);

  const ask = (key: string) =>
    majority<Held>(node, 'query', { key }, () => query({ key }), undefined, PATIENCE_MS).catch(() => undefined);
  const spread = (message: Store, needed?: number) =>
    majority<true>(node, 'store', message, () => store(message), needed, PATIENCE_MS);

  async function change(key: string, value: unknown, ttlMs?: number): Promise<null> {
    const answers = await ask(key);
    if (!answers) throw new Refused('no majority answers');
    const tag: Tag = [newestOf(answers).tag[0] + 1, node.id, node.random()];
    const born = Object.fromEntries(answers.map(({ from, reply }) => [from, reply.clock]));
    const entry: Entry = { tag, value, born, setAt: node.now(), ...(ttlMs === undefined ? {} : { ttlMs }) };
    await spread({ key, entry }, value === null && !options.quorumInvalidation ? 1 : undefined);
    return null;
  }

  function isAlive(entry: Entry, answers: readonly Answer<Held>[]): boolean {
    if (entry.ttlMs === undefined) return true;
    if (options.age === 'wall') return node.now() - entry.setAt <= entry.ttlMs;
    const ages = answers.flatMap(({ from, reply: { clock } }) => {
      const then = entry.born[from];
      return then?.life === clock.life ? [clock.ms - then.ms] : [];
    });
    // Where no clock remembers its birth the entry may be of any age.
    const age = ages.length > 0 ? Math.max(...ages) : Number.POSITIVE_INFINITY;
    return (options.age === 'exact' ? age : atMostMs(age)) <= entry.ttlMs;
  }

  return {
    state: states,
    api: {
      set: (input: unknown, key = ''): Promise<null> => {
        const { value, ttlMs } = entryOf(input);
        return change(key, value, ttlMs);
      },
      invalidate: (_: null, key = ''): Promise<null> => change(key, null),
      async get(_: null, key = ''): Promise<unknown> {
        const answers = await ask(key);
        if (!answers) return null;
        const entry = newestOf(answers);
        if (entry.value === null || !isAlive(entry, answers)) return null;
        // A read that another may not follow finds nothing.
        const held = answers.every(({ reply }) => compareTags(reply.entry.tag, entry.tag) === 0);
        if (held) return entry.value;
        return spread({ key, entry }).then(
          () => entry.value,
          () => null,
        );
      },
    },
  };
}

function newestOf(answers: readonly Answer<Held>[]): Entry {
  return answers.reduce((newest, { reply: { entry } }) => (newer(entry, newest) ? entry : newest), NOTHING);
}

const newer = (a: Entry, b: Entry) => compareTags(a.tag, b.tag) > 0;

function compareTags(a: Tag, b: Tag): number {
  for (let i = 0; i < 3; i++) if (a[i] !== b[i]) return a[i]! > b[i]! ? 1 : -1;
  return 0;
}

function cache(name: string, options: Partial<Options>, flaw?: System['flaw']): System<Cache> {
  return {
    name: `cache/${name}`,
    datatype: 'cache',
    claims: [
      {
        model: 'cache',
        under: ['partition', 'link', 'crash', 'pause', 'clock'],
        available: 'majority',
        durable: 'no',
        converges: false,
        recoversMs: 2000,
      },
    ],
    ...(flaw ? { flaw } : {}),
    start: (node) => start(node, { ...SOUND, ...options }),
  };
}

export const replicatedCaches: readonly System<Cache>[] = [
  cache('sound', {}),
  cache(
    'slow-set-wins',
    { keepsNewer: false },
    {
      says: 'a node keeps what comes last, so a slow set brings back what was replaced or invalidated',
      anomaly: 'stale-read',
    },
  ),
  cache(
    'no-tombstone',
    { tombstones: false },
    {
      says: 'an invalidation leaves nothing behind, so a node that missed it brings the value back',
      anomaly: 'stale-read',
    },
  ),
  cache(
    'partial-invalidation',
    { quorumInvalidation: false },
    { says: 'an invalidation is acknowledged once one node has it', anomaly: 'stale-read' },
  ),
  cache(
    'expiry-by-wall-clock',
    { age: 'wall' },
    { says: 'an age is the difference of two wall clocks, one of which may be behind', anomaly: 'expired-read' },
  ),
  cache(
    'no-allowance-for-drift',
    { age: 'exact' },
    { says: 'an age is taken for exact, though the clock that tells it may run slow', anomaly: 'expired-read' },
  ),
];
