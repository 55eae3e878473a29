/**
 * A multi-writer register on majorities: every read and write asks a majority for the newest tag, and stores at a majority.
 *
 * @see Attiya, Bar-Noy & Dolev, "Sharing Memory Robustly in Message-Passing Systems", JACM 1995.
 * @see Lynch & Shvartsman, "Robust Emulation of Shared Memory Using Dynamic Quorum-Acknowledged Broadcasts", FTCS 1997: many writers.
 *
 * Claims linearizable reads and writes under partition, crash, pause, bad links and skewed clocks, available to a majority. It has no
 * compare-and-set: registers of this kind cannot agree (their consensus number is 1), and the system refuses what it cannot do.
 */
import type { Register, Value } from 'elle-ts';
import { durableMap, volatileMap } from '../blocks/durable-map.ts';
import { majority } from '../blocks/majority.ts';
import { onlyForward } from '../blocks/only-forward.ts';
import { type Node, type NodeId, Refused } from '../node.ts';
import type { Claim, System } from '../system.ts';
import { countingReplies } from './counting-replies.ts';

/** Tags order the writes of a register: by number, then by writer. No two writes share one. */
type Tag = readonly [number: number, writer: NodeId, write: number];
interface Tagged {
  readonly tag: Tag;
  readonly value: Value;
}
type Registers = Readonly<Record<string, Tagged>>;
type Store = { readonly key: string; readonly entry: Tagged };

const UNWRITTEN: Tagged = { tag: [0, '', 0], value: null };

interface Options {
  /** A read stores what it found before it answers. Without this, a later read may go back in time. */
  readonly writeBack: boolean;
  /** Queries go to a majority; else to what a majority leaves, so that R+W = N. */
  readonly overlap: boolean;
  readonly durable: boolean;
  /** How much of a tag is compared: its number, also its writer, or all. */
  readonly compare: 1 | 2 | 3;
  readonly countReplies: boolean;
  /** How long a node is waited for. */
  readonly patienceMs: number;
  /** What a node does that finds no majority: it refuses, or answers reads from its own copy, or writes from it too. */
  readonly alone: 'refuses' | 'reads' | 'writes';
  /** Reads are always answered from the node's own copy. */
  readonly localReads: boolean;
}

const SOUND: Options = {
  writeBack: true,
  overlap: true,
  durable: true,
  compare: 3,
  countReplies: false,
  patienceMs: 500,
  alone: 'refuses',
  localReads: false,
};

async function start(node: Node, options: Options) {
  const registers = options.durable ? await durableMap<Tagged>(node, 'registers') : volatileMap<Tagged>();
  const majorityOf = Math.floor((node.peers.length + 1) / 2) + 1;
  const toRead = options.overlap ? majorityOf : node.peers.length + 1 - majorityOf;
  const { answer, ask } = options.countReplies ? countingReplies(node) : askingNodes(node, options.patienceMs);
  let writes = 0;

  const newer = (a: Tagged, b: Tagged) => compareTags(a.tag, b.tag, options.compare) > 0;
  const query = (key: string): Tagged => registers.get(key) ?? UNWRITTEN;

  async function store({ key, entry }: Store): Promise<true> {
    // What is newer already is written again, not skipped: it may still be on its way to the disk, and the answer vouches for it.
    await registers.set(key, newer(entry, query(key)) ? entry : query(key));
    return true;
  }

  answer('query', ({ key }: { key: string }) => query(key));
  answer('store', store);

  /** Asking changes nothing: who finds no majority here can still refuse. */
  async function newest(key: string): Promise<Tagged> {
    const answers = await ask<Tagged>('query', { key }, () => query(key), toRead).catch(() => undefined);
    if (answers) return answers.reduce((a, b) => (newer(b, a) ? b : a));
    if (options.alone === 'refuses') throw new Refused('no majority answers');
    return query(key);
  }

  async function storeAtMajority(message: Store): Promise<void> {
    const stored = ask('store', message, () => store(message), majorityOf);
    await (options.alone === 'writes' ? stored.catch(() => undefined) : stored);
  }

  /** A node that reads alone does so without storing anywhere. */
  const writeBack = (message: Store) =>
    storeAtMajority(message).catch((error: unknown) => {
      if (options.alone === 'refuses') throw error;
    });

  return {
    state: registers.entries,
    api: {
      async read(_: null, key = ''): Promise<Value> {
        const latest = options.localReads ? query(key) : await newest(key);
        if (options.writeBack && !options.localReads) await writeBack({ key, entry: latest });
        return latest.value;
      },
      async write(value: Value, key = ''): Promise<null> {
        const latest = await newest(key);
        const tag: Tag = [latest.tag[0] + 1, node.id, ++writes + node.random()];
        await storeAtMajority({ key, entry: { tag, value } });
        return null;
      },
      async cas(): Promise<null> {
        throw new Refused('a register on majorities has no compare-and-set');
      },
    },
  };
}

/** Asks with requests, each of which has one reply however often the network doubles it. */
function askingNodes(node: Node, patienceMs: number): ReturnType<typeof countingReplies> {
  return {
    answer: (kind, handler) => node.on(kind, handler),
    async ask<R>(kind: string, message: unknown, own: () => R | Promise<R>, needed: number) {
      const answers = await majority<R>(node, kind, message, own, needed, patienceMs);
      return answers.map(({ reply }) => reply);
    },
  };
}

function compareTags(a: Tag, b: Tag, depth: number): number {
  for (let i = 0; i < depth; i++) if (a[i] !== b[i]) return a[i]! > b[i]! ? 1 : -1;
  return 0;
}

const claim: Claim = {
  model: 'linearizable',
  under: ['partition', 'link', 'crash', 'pause', 'clock'],
  available: 'majority',
  durable: 'always',
  converges: false,
  recoversMs: 2000,
};

/** The register on majorities, under any name: other designs build on it. */
export function majorityRegister(
  name: string,
  options: Partial<Options>,
  flaw?: System['flaw'],
  available: Claim['available'] = 'majority',
): System<Register, Registers> {
  return {
    name,
    datatype: 'register',
    without: ['cas'],
    claims: [{ ...claim, available }],
    ...(flaw ? { flaw } : {}),
    invariants: {
      'tags-only-rise': onlyForward(
        'the tag',
        (registers: Registers) => registers,
        (older, newer) => compareTags(newer.tag, older.tag, 3) < 0,
      ),
    },
    start: (node) => start(node, { ...SOUND, ...options }),
  };
}

export const abd: System<Register, Registers> = majorityRegister('quorum/abd', {});

/** The register on majorities with one line wrong. */
export const brokenRegisters: readonly System<Register, Registers>[] = [
  majorityRegister(
    'quorum/no-write-back',
    { writeBack: false },
    { says: 'a read does not store what it found before it answers', anomaly: 'stale-read' },
  ),
  majorityRegister(
    'quorum/small-quorums',
    { overlap: false },
    { says: 'queries ask so few nodes that they may miss the last write: R+W = N', anomaly: 'stale-read' },
  ),
  majorityRegister(
    'quorum/volatile',
    { durable: false },
    { says: 'a node acknowledges what is in its memory alone', anomaly: 'stale-read' },
  ),
  majorityRegister(
    'quorum/equal-tags',
    { compare: 2 },
    { says: 'two writes that one node makes at once share a tag', anomaly: 'stale-read' },
  ),
  majorityRegister(
    'quorum/no-writer-id',
    { compare: 1 },
    { says: 'tags are numbers alone: two nodes that write at once share one', anomaly: 'stale-read' },
  ),
  majorityRegister(
    'quorum/replies-counted-twice',
    { countReplies: true },
    { says: 'a quorum counts replies and not nodes, so a doubled one counts twice', anomaly: 'stale-read' },
  ),
];
