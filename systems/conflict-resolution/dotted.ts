/**
 * Siblings by dotted version vectors: every write is a dot, one event of one node; a client writes with
 * the context of what it read, and a write replaces the siblings that its context covers and no others. Nodes
 * exchange siblings with all the dots that they have seen, so what one has seen and has no more was replaced.
 *
 * @see Preguiça, Baquero, Almeida, Fonte & Gonçalves, "Brief Announcement: Efficient Causality Tracking
 * in Distributed Storage Systems with Dotted Version Vectors", PODC 2012 (and the technical report of 2010).
 *
 * Claims that no acknowledged write is lost but to one whose client had read it, and that
 * replicas converge, under partition, crash, pause, bad links and skewed clocks; every node
 * answers, alone if need be. The price is that clients have to deal with several values.
 */
import { antiEntropy } from '../blocks/anti-entropy.ts';
import { durableMap } from '../blocks/durable-map.ts';
import { exclusive } from '../blocks/lock.ts';
import { onlyForward } from '../blocks/only-forward.ts';
import { covers, merged, type VectorClock } from '../blocks/vector-clock.ts';
import type { Node, NodeId } from '../node.ts';
import type { Design } from '../system.ts';

type Value = string | number | boolean | null;
interface Sibling {
  readonly dot: readonly [node: NodeId, count: number];
  readonly value: Value;
}
/** The siblings of a key, and all the dots that were ever seen of it. */
interface Register {
  readonly seen: VectorClock;
  readonly siblings: readonly Sibling[];
}
type Registers = Readonly<Record<string, Register>>;

interface Shown {
  readonly values: readonly Value[];
  readonly context: VectorClock;
}
/** Registers with siblings: a write replaces what its client saw. */
export type Siblings = {
  read(input: null): Shown;
  write(input: { readonly value: Value; readonly seen: Shown | null }): null;
};

const GOSSIP_MS = 100;
const EMPTY: Register = { seen: {}, siblings: [] };

interface Options {
  /** Of concurrent siblings one is kept. */
  readonly keepsOne: boolean;
  /** A node counts its events in memory alone. */
  readonly countsInMemory: boolean;
}

async function start(node: Node, { keepsOne, countsInMemory }: Options) {
  const registers = await durableMap<Register>(node, 'registers');
  const inTurn = exclusive();
  const counts = new Map<string, number>();

  function nextDot(key: string, { seen }: Register): readonly [NodeId, number] {
    const count = (countsInMemory ? (counts.get(key) ?? 0) : (seen[node.id] ?? 0)) + 1;
    counts.set(key, count);
    return [node.id, count];
  }

  const write = (key: string, value: Value, context: VectorClock) =>
    inTurn(key, async () => {
      const known = registers.get(key) ?? EMPTY;
      const dot = nextDot(key, known);
      const kept = known.siblings.filter((sibling) => !isCovered(sibling, context));
      const seen = merged(merged(known.seen, context), { [dot[0]]: dot[1] });
      await registers.set(key, { seen, siblings: [...kept, { dot, value }] });
    });

  async function merge(theirs: Registers): Promise<void> {
    for (const [key, register] of Object.entries(theirs)) {
      await inTurn(key, async () => {
        const known = registers.get(key) ?? EMPTY;
        const both = mergeRegisters(known, register);
        const changed = !covers(known.seen, register.seen) || both.siblings.length !== known.siblings.length;
        if (changed) await registers.set(key, keepsOne ? { ...both, siblings: both.siblings.slice(0, 1) } : both);
      });
    }
  }
  void antiEntropy<Registers>(node, GOSSIP_MS, () => registers.entries, merge);

  return {
    state: registers.entries,
    api: {
      // Readers wait for the disk: what a crash could still undo must not be seen.
      read: (_: null, key = ''): Promise<Shown> =>
        inTurn(key, async () => {
          const { siblings, seen } = registers.get(key) ?? EMPTY;
          return { values: siblings.map(({ value }) => value), context: seen };
        }),
      async write(input: { readonly value: Value; readonly seen: Shown | null }, key = ''): Promise<null> {
        await write(key, input.value, input.seen?.context ?? {});
        return null;
      },
    },
  };
}

function isCovered({ dot: [node, count] }: Sibling, context: VectorClock): boolean {
  return (context[node] ?? 0) >= count;
}

/** What both have, and what one has that the other has never seen. */
function mergeRegisters(a: Register, b: Register): Register {
  const has = (siblings: readonly Sibling[], { dot }: Sibling) =>
    siblings.some((other) => other.dot[0] === dot[0] && other.dot[1] === dot[1]);
  const ofA = a.siblings.filter((sibling) => has(b.siblings, sibling) || !isCovered(sibling, b.seen));
  const ofB = b.siblings.filter((sibling) => !has(a.siblings, sibling) && !isCovered(sibling, a.seen));
  return { seen: merged(a.seen, b.seen), siblings: [...ofA, ...ofB] };
}

function dotted(name: string, options: Partial<Options>, flaw?: Design['flaw']): Design<Siblings, Registers> {
  return {
    name: `conflict-resolution/${name}`,
    datatype: 'siblings',
    claims: [
      {
        model: 'siblings',
        under: ['partition', 'link', 'crash', 'pause', 'clock'],
        available: 'total',
        durable: 'always',
        converges: true,
        recoversMs: 1000,
      },
    ],
    ...(flaw ? { flaw } : {}),
    invariants: {
      'vectors-never-shrink': onlyForward(
        'the vector',
        (registers: Registers) => registers,
        (older, newer) => !covers(newer.seen, older.seen),
      ),
    },
    content: (registers) =>
      Object.fromEntries(
        Object.entries(registers).map(([key, { siblings }]) => [
          key,
          siblings.map(({ value }) => String(value)).sort(),
        ]),
      ),
    start: (node) => start(node, { keepsOne: false, countsInMemory: false, ...options }),
  };
}

export const dottedRegisters: readonly Design<Siblings, Registers>[] = [
  dotted('dotted', {}),
  dotted(
    'sibling-dropped',
    { keepsOne: true },
    {
      says: 'a merge keeps one of the concurrent siblings and drops the rest',
      anomaly: 'lost-sibling',
      at: 'both.siblings.slice(0, 1)',
    },
  ),
  dotted(
    'entry-lost',
    { countsInMemory: true },
    {
      says: 'a crash takes the vector clock entry: new writes get dots that others have seen long ago',
      anomaly: 'lost-sibling',
      at: 'countsInMemory ? (counts.get(key) ?? 0)',
    },
  ),
];
