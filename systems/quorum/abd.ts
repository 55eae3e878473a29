/**
 * A multi-writer register on majorities: every read and write
 * asks a majority for the newest tag, and stores at a majority.
 *
 * @see Attiya, Bar-Noy & Dolev, "Sharing Memory Robustly in Message-Passing Systems", JACM 1995.
 * @see Lynch & Shvartsman, "Robust Emulation of Shared Memory Using
 *   Dynamic Quorum-Acknowledged Broadcasts", FTCS 1997: many writers.
 *
 * Claims linearizable reads and writes under partition, crash, pause, bad links and skewed
 * clocks, available to a majority. It has no compare-and-set: registers of this kind
 * cannot agree (their consensus number is 1), and the system refuses what it cannot do.
 */
import type { Register, Value } from 'elle-ts';
import { type DurableMap, durableMap } from '../blocks/durable-map.ts';
import { majority } from '../blocks/majority.ts';
import { onlyForward } from '../blocks/only-forward.ts';
import { type Node, type NodeId, Refused } from '../node.ts';
import { type Stepped, stepped } from '../twin.ts';

/** Tags order the writes of a register: by number, then by writer. No two writes share one. */
export type Tag = readonly [number: number, writer: NodeId, write: number];
interface Tagged {
  readonly tag: Tag;
  readonly value: Value;
}
type Registers = Readonly<Record<string, Tagged>>;
type Store = { readonly key: string; readonly entry: Tagged };

const UNWRITTEN: Tagged = { tag: [0, '', 0], value: null };

/** How processors ask each other. */
export interface Channels {
  answer<M>(kind: string, handler: (message: M) => unknown): void;
  /** Asks every processor, this one through `own`, and resolves with the replies of so many. */
  communicate<R>(kind: string, message: unknown, own: () => R | Promise<R>, needed: number): Promise<readonly R[]>;
}

/** A processor: its state, and the steps that it takes. */
interface Processor extends Steps {
  readonly node: Node;
  readonly channels: Channels;
  readonly registers: DurableMap<Tagged>;
  /** How many writes it has begun in this life. */
  writes: number;
}

export type Steps = typeof steps;

/** The protocol. Each of the broken twins replaces one step of it (twins.ts). */
const steps = {
  async read(this: Processor, key: string): Promise<Value> {
    const latest = await this.query(key);
    await this.writeBack({ key, entry: latest });
    return latest.value;
  },

  async write(this: Processor, key: string, value: Value): Promise<null> {
    const { tag } = await this.query(key);
    const next: Tag = [tag[0] + 1, this.node.id, ++this.writes + this.node.random()];
    await this.propagate({ key, entry: { tag: next, value } });
    return null;
  },

  /** Returns what has the largest tag at a majority. This changes nothing: without a majority it is a refusal. */
  async query(this: Processor, key: string): Promise<Tagged> {
    const own = () => this.held(key);
    const needed = this.queried(this.node.peers.length + 1);
    const found = await this.channels.communicate<Tagged>('query', { key }, own, needed).catch(() => {
      throw new Refused('no majority answers');
    });
    return found.reduce((a, b) => (this.compareTags(b.tag, a.tag) > 0 ? b : a));
  },

  /** Resolves once a majority has stored it. */
  async propagate(this: Processor, message: Store): Promise<void> {
    const needed = majorityOf(this.node.peers.length + 1);
    await this.channels.communicate('store', message, () => this.store(message), needed);
  },

  /** A read stores what it found: no later read may find less. */
  async writeBack(this: Processor, message: Store): Promise<void> {
    await this.propagate(message);
  },

  held(this: Processor, key: string): Tagged {
    return this.registers.get(key) ?? UNWRITTEN;
  },

  /** An entry that is newer already is written again: it may not be on disk yet, and the reply says that it is. */
  async store(this: Processor, { key, entry }: Store): Promise<true> {
    const held = this.held(key);
    await this.registers.set(key, this.compareTags(entry.tag, held.tag) > 0 ? entry : held);
    return true;
  },

  compareTags,
  /** How many of all processors a query asks. */
  queried: majorityOf,
  openRegisters: (node: Node): Promise<DurableMap<Tagged>> => durableMap(node, 'registers'),
  /** A request has one reply, however often the network doubles it. */
  connect: (node: Node, patienceMs: number): Channels => ({
    answer: (kind, handler) => node.on(kind, handler),
    async communicate<R>(kind: string, message: unknown, own: () => R | Promise<R>, needed: number) {
      const answers = await majority<R>(node, kind, message, own, needed, patienceMs);
      return answers.map(({ reply }) => reply);
    },
  }),
};

function compareTags(a: Tag, b: Tag): number {
  for (let i = 0; i < 3; i++) if (a[i] !== b[i]) return a[i]! > b[i]! ? 1 : -1;
  return 0;
}

export function majorityOf(processors: number): number {
  return Math.floor(processors / 2) + 1;
}

async function start(node: Node, given: Steps, patienceMs: number) {
  const registers = await given.openRegisters(node);
  const channels = given.connect(node, patienceMs);
  const processor: Processor = { ...given, node, channels, registers, writes: 0 };
  channels.answer('query', ({ key }: { key: string }) => processor.held(key));
  channels.answer('store', (message: Store) => processor.store(message));
  return {
    state: registers.entries,
    api: {
      read: (_: null, key = ''): Promise<Value> => processor.read(key),
      write: (value: Value, key = ''): Promise<null> => processor.write(key, value),
      async cas(): Promise<null> {
        throw new Refused('a register on majorities has no compare-and-set');
      },
    },
  };
}

export type MajorityRegister = Stepped<Register, Registers, Steps>;

/**
 * The register on majorities, under any name: other designs build
 * on it. `patienceMs` is how long a processor is waited for.
 */
export function majorityRegister(name: string, patienceMs = 500): MajorityRegister {
  return stepped<Register, Registers, Steps>({
    name,
    datatype: 'register',
    without: ['cas'],
    claims: [
      {
        model: 'linearizable',
        under: ['partition', 'link', 'crash', 'pause', 'clock'],
        available: 'majority',
        durable: 'always',
        converges: false,
        recoversMs: 2000,
      },
    ],
    invariants: {
      'tags-only-rise': onlyForward(
        'the tag',
        (registers: Registers) => registers,
        (older, newer) => compareTags(newer.tag, older.tag) < 0,
      ),
    },
    steps,
    startWith: (node, given) => start(node, given, patienceMs),
  });
}

export const abd: MajorityRegister = majorityRegister('quorum/abd');
