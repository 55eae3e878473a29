/**
 * A replicated cache of versioned entries: sets and invalidations take a tag above the
 * newest that a majority holds, and are stored at a majority; an invalidation is a
 * tombstone. A read asks a majority, and shows the newest entry once a majority holds it.
 *
 * An entry's age is read on one clock: its set notes the monotonic clocks of the majority that
 * it asked before anybody had the entry, and a read compares each of them with the same clock,
 * of which any two majorities share one. The oldest age counts, with an allowance for drift.
 *
 * @see Attiya, Bar-Noy & Dolev, "Sharing Memory Robustly in Message-Passing Systems", JACM 1995: the majorities.
 * @see Gray & Cheriton, "Leases: An Efficient Fault-Tolerant Mechanism
 *   for Distributed File Cache Consistency", SOSP 1989: the clocks.
 *
 * Claims that a read never finds what a completed set or invalidation had replaced, nor what has expired,
 * under partition, crash, pause, bad links and clocks that jump and drift; available to a majority, and a
 * read without one misses. The price: two round trips a set, tombstones for ever, and entries that live
 * shorter than they might. There is no database behind it: what it holds is all there is.
 */
import type { Cache } from 'elle-ts';
import { atMostMs } from '../blocks/lifetime.ts';
import { type Answer, majority } from '../blocks/majority.ts';
import { type ReplicatedStates, statesOnDisk } from '../blocks/replicated-states.ts';
import { type Node, type NodeId, Refused } from '../node.ts';
import { type Stepped, stepped } from '../twin.ts';
import { entryOf } from './entry.ts';

/** Tags order the changes of a key: by number, then by node. No two changes share one. */
type Tag = readonly [number: number, node: NodeId, chance: number];
/** A node's monotonic clock; it means nothing to another life of the node. */
interface Reading {
  readonly life: number;
  readonly ms: number;
}
export interface Entry {
  readonly tag: Tag;
  /** Null where there is nothing, or nothing any more. */
  readonly value: unknown;
  readonly ttlMs?: number;
  /** Clocks of a majority before the entry was set. */
  readonly born: Readonly<Record<NodeId, Reading>>;
}
interface Held {
  readonly entry: Entry;
  readonly clock: Reading;
}
type Key = { readonly key: string };
type Store = Key & { readonly entry: Entry };
type Replies = readonly Answer<Held>[];

export const NOTHING: Entry = { tag: [0, '', 0], value: null, born: {} };
export const PATIENCE_MS = 200;

/** A node: its entries, and the steps that it takes. */
interface Holder extends Steps {
  readonly node: Node;
  /** Names this life of the node. */
  readonly life: number;
  readonly entries: ReplicatedStates<Entry>;
}

export type Steps = typeof steps;

/** The protocol. Each of the broken twins replaces a step of it (twins.ts). */
const steps = {
  async get(this: Holder, key: string): Promise<unknown> {
    const replies = await this.ask(key);
    if (!replies) return null;
    const entry = newestOf(replies);
    if (entry.value === null || !this.isAlive(entry, replies)) return null;
    // A read that another may not follow finds nothing.
    const held = replies.every(({ reply }) => compareTags(reply.entry.tag, entry.tag) === 0);
    if (held) return entry.value;
    return this.spread({ key, entry }).then(
      () => entry.value,
      () => null,
    );
  },

  /** Sets a value; null invalidates. */
  async change(this: Holder, key: string, value: unknown, ttlMs?: number): Promise<null> {
    const replies = await this.ask(key);
    if (!replies) throw new Refused('no majority answers');
    await this.spread({ key, entry: this.next(replies, value, ttlMs) });
    return null;
  },

  /** The entry that replaces what these nodes have. */
  next(this: Holder, replies: Replies, value: unknown, ttlMs?: number): Entry {
    const tag: Tag = [newestOf(replies).tag[0] + 1, this.node.id, this.node.random()];
    const born = Object.fromEntries(replies.map(({ from, reply }) => [from, reply.clock]));
    return { tag, value, born, ...(ttlMs === undefined ? {} : { ttlMs }) };
  },

  isAlive(this: Holder, entry: Entry, replies: Replies): boolean {
    if (entry.ttlMs === undefined) return true;
    const ages = replies.flatMap(({ from, reply: { clock } }) => {
      const then = entry.born[from];
      return then?.life === clock.life ? [clock.ms - then.ms] : [];
    });
    // Where no clock remembers its birth the entry may be of any age.
    const age = ages.length > 0 ? Math.max(...ages) : Number.POSITIVE_INFINITY;
    return this.atMostMs(age) <= entry.ttlMs;
  },

  /** How much time may have passed while a clock that may drift has counted so much. */
  atMostMs,

  /** What a majority holds; nothing where none answers. */
  ask(this: Holder, key: string): Promise<Replies | undefined> {
    const own = () => this.query({ key });
    return majority<Held>(this.node, 'query', { key }, own, undefined, PATIENCE_MS).catch(() => undefined);
  },

  query(this: Holder, { key }: Key): Held {
    return { entry: this.entries.get(key), clock: { life: this.life, ms: this.node.elapsed() } };
  },

  /** Resolves once a majority has it. */
  spread(this: Holder, message: Store): Promise<unknown> {
    return majority<true>(this.node, 'store', message, () => this.store(message), undefined, PATIENCE_MS);
  },

  async store(this: Holder, { key, entry }: Store): Promise<true> {
    await this.entries.update(key, (held) => this.kept(entry, held));
    return true;
  },

  /** Which of two entries of a key a node keeps. */
  kept: (entry: Entry, held: Entry): Entry => (newer(entry, held) ? entry : held),
};

async function start(node: Node, given: Steps) {
  const entries = await statesOnDisk<Entry>(node, NOTHING);
  const holder: Holder = { ...given, node, life: node.random(), entries };
  node.on('query', (message: Key) => holder.query(message));
  node.on('store', (message: Store) => holder.store(message));
  return {
    state: entries.states,
    api: {
      set: (input: unknown, key = ''): Promise<null> => {
        const { value, ttlMs } = entryOf(input);
        return holder.change(key, value, ttlMs);
      },
      invalidate: (_: null, key = ''): Promise<null> => holder.change(key, null),
      get: (_: null, key = ''): Promise<unknown> => holder.get(key),
    },
  };
}

function newestOf(replies: Replies): Entry {
  return replies.reduce((newest, { reply: { entry } }) => (newer(entry, newest) ? entry : newest), NOTHING);
}

const newer = (a: Entry, b: Entry) => compareTags(a.tag, b.tag) > 0;

function compareTags(a: Tag, b: Tag): number {
  for (let i = 0; i < 3; i++) if (a[i] !== b[i]) return a[i]! > b[i]! ? 1 : -1;
  return 0;
}

export type ReplicatedCache = Stepped<Cache, unknown, Steps>;

export const replicatedCache: ReplicatedCache = stepped<Cache, unknown, Steps>({
  name: 'cache/sound',
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
  steps,
  startWith: start,
});
