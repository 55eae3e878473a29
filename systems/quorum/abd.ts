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
import { type DurableMap, durableMap } from '../blocks/durable-map.ts';
import { majority } from '../blocks/majority.ts';
import { type Node, type NodeId, Refused } from '../node.ts';
import type { Claim, System } from '../system.ts';

/** Tags order the writes of a register: by number, then by writer. No two writes share one. */
type Tag = readonly [number: number, writer: NodeId, write: number];
interface Tagged {
  readonly tag: Tag;
  readonly value: Value;
}

const UNWRITTEN: Tagged = { tag: [0, '', 0], value: null };

const claim: Claim = {
  model: 'linearizable',
  under: ['partition', 'link', 'crash', 'pause', 'clock'],
  available: 'majority',
  durable: 'always',
  converges: false,
  recoversMs: 2000,
};

interface Options {
  /** A read stores what it found before it answers. Without this, a later read may go back in time. */
  readonly writeBack: boolean;
}

async function start(node: Node, { writeBack }: Options) {
  const registers: DurableMap<Tagged> = await durableMap(node, 'registers');
  let writes = 0;

  const query = (key: string): Tagged => registers.get(key) ?? UNWRITTEN;

  async function store(key: string, entry: Tagged): Promise<true> {
    // What is newer already is written again, not skipped: it may still be on its way to the disk, and the answer vouches for it.
    await registers.set(key, newer(entry, query(key)) ? entry : query(key));
    return true;
  }

  node.on('query', ({ key }: { key: string }) => query(key));
  node.on('store', ({ key, entry }: { key: string; entry: Tagged }) => store(key, entry));

  async function newest(key: string): Promise<Tagged> {
    const answers = await majority<Tagged>(node, 'query', { key }, () => query(key));
    return answers.map((answer) => answer.reply).reduce((a, b) => (newer(b, a) ? b : a));
  }

  const storeAtMajority = (key: string, entry: Tagged) =>
    majority(node, 'store', { key, entry }, () => store(key, entry));

  return {
    state: registers.entries,
    api: {
      async read(_: null, key = ''): Promise<Value> {
        const latest = await newest(key);
        if (writeBack) await storeAtMajority(key, latest);
        return latest.value;
      },
      async write(value: Value, key = ''): Promise<null> {
        const latest = await newest(key);
        await storeAtMajority(key, { tag: [latest.tag[0] + 1, node.id, ++writes + node.random()], value });
        return null;
      },
      async cas(): Promise<null> {
        throw new Refused('a register on majorities has no compare-and-set');
      },
    },
  };
}

function newer(a: Tagged, b: Tagged): boolean {
  if (a.tag[0] !== b.tag[0]) return a.tag[0] > b.tag[0];
  return a.tag[1] === b.tag[1] ? a.tag[2] > b.tag[2] : a.tag[1] > b.tag[1];
}

export const abd: System<Register> = {
  name: 'quorum/abd',
  datatype: 'register',
  without: ['cas'],
  claims: [claim],
  start: (node) => start(node, { writeBack: true }),
};

export const noWriteBack: System<Register> = {
  name: 'quorum/no-write-back',
  datatype: 'register',
  without: ['cas'],
  claims: [claim],
  flaw: { says: 'a read does not store what it found before it answers', anomaly: 'stale-read' },
  start: (node) => start(node, { writeBack: false }),
};
