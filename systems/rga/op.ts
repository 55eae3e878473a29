/**
 * A text edited by several people: a replicated growable array. Every element has a Lamport
 * stamp and goes right after the element that its author named, behind what was put there with
 * a larger stamp; a removed element stays as a tombstone until every node has removed it.
 *
 * @see Roh, Jeon, Kim & Lee, "Replicated Abstract Data Types: Building Blocks for Collaborative Applications",
 * Journal of Parallel and Distributed Computing 71, 2011: the array, and when a tombstone may go.
 * @see Attiya et al., "Specification and Complexity of Collaborative Text
 * Editing", PODC 2016: the strong list specification, which it meets.
 *
 * Claims that elements stay in one order everywhere and for ever, that no acknowledged
 * edit is lost, and that replicas converge, at every node and whatever befalls the
 * network. The price is the broadcast, and tombstones for as long as some node is away.
 */
import type { Value } from 'elle-ts';
import { causalBroadcast, type Event } from '../blocks/causal-broadcast.ts';
import type { Dot } from '../blocks/dots.ts';
import { compareStamps, type Stamp } from '../blocks/lamport.ts';
import type { Versioned } from '../blocks/replicated-states.ts';
import { nobodyKnowsBetter, type VectorClock } from '../blocks/vector-clock.ts';
import { strongEventual } from '../claims.ts';
import { type Node, Refused } from '../node.ts';
import type { Design } from '../system.ts';

type Insertion = { readonly after: Value } & ({ readonly value: Value } | { readonly values: readonly Value[] });
type Removal = Value | { readonly values: readonly Value[] };

/** Lists of distinct elements, by key. What is named must be there; of a range, some of it. */
type SharedText = {
  insert(input: Insertion): Versioned<null>;
  remove(input: Removal): Versioned<null>;
  read(input: null): Versioned<readonly Value[]>;
};

interface Cell {
  readonly stamp: Stamp;
  readonly value: Value;
  /** The event that put it there. */
  readonly inserted: Dot;
  /** The event that removed it; absent while it is visible. */
  readonly removed?: Dot;
}
type Edit =
  | { readonly insert: readonly Value[]; readonly stamp: Stamp; readonly after: Stamp | null; readonly key: string }
  | { readonly remove: readonly Stamp[]; readonly key: string };
interface State {
  readonly texts: Readonly<Record<string, readonly Cell[]>>;
  readonly delivered: VectorClock;
}

interface Options {
  /** Concurrent insertions at one place stay in the order in which they arrive. */
  readonly byArrival: boolean;
  /** When a tombstone goes: once it is stable, or at once. */
  readonly collects: 'stable' | 'at once';
}

const same = (a: Stamp | null, b: Stamp) => a !== null && compareStamps(a, b) === 0;

/**
 * The text with a new cell right after the one named, behind cells
 * with larger stamps: they were put there too, or after what was.
 */
function withCell(text: readonly Cell[], cell: Cell, after: Stamp | null, byArrival: boolean): readonly Cell[] {
  let at = text.findIndex(({ stamp }) => same(after, stamp)) + 1;
  while (!byArrival && at < text.length && compareStamps(text[at]!.stamp, cell.stamp) > 0) at++;
  return [...text.slice(0, at), cell, ...text.slice(at)];
}

async function start(node: Node, { byArrival, collects }: Options) {
  const texts: Record<string, readonly Cell[]> = {};
  let clock = 0;

  function deliver({ dot, operation: edit }: Event<Edit>): void {
    const text = texts[edit.key] ?? [];
    if ('remove' in edit) {
      const isNamed = ({ stamp }: Cell) => edit.remove.some((one) => same(one, stamp));
      const others = text.filter((cell) => !isNamed(cell));
      const tombs = text.map((cell) => (isNamed(cell) ? { ...cell, removed: dot } : cell));
      texts[edit.key] = collects === 'at once' ? others : tombs;
      return;
    }
    // Each element of a run was put after the one before it.
    let { after } = edit;
    for (const [i, value] of edit.insert.entries()) {
      const stamp: Stamp = [edit.stamp[0] + i, edit.stamp[1]];
      texts[edit.key] = withCell(texts[edit.key] ?? [], { stamp, value, inserted: dot }, after, byArrival);
      clock = Math.max(clock, stamp[0]);
      after = stamp;
    }
  }
  const { delivered, broadcast, isStable } = await causalBroadcast<Edit>(node, deliver);

  /**
   * Tombstones that nobody can name any more go, where what follows is stable too: whatever is still to come has
   * a larger stamp than both, so it stops before the follower just as it would have stopped before the tombstone.
   */
  function collect(key: string): void {
    const text = texts[key] ?? [];
    const mayGo = ({ removed }: Cell, at: number) =>
      removed !== undefined && isStable(removed) && (at + 1 === text.length || isStable(text[at + 1]!.inserted));
    if (text.some(mayGo)) texts[key] = text.filter((cell, at) => !mayGo(cell, at));
  }

  function visible(key: string, value: Value): Stamp {
    const cell = (texts[key] ?? []).find((one) => one.value === value && !one.removed);
    if (!cell) throw new Refused(`there is no ${value} in the text`, { answer: true });
    return cell.stamp;
  }

  /** Of a range what is still there. */
  function named(key: string, input: Removal): readonly Stamp[] {
    if (typeof input !== 'object' || input === null || !('values' in input)) return [visible(key, input as Value)];
    const there = (texts[key] ?? []).filter(({ value, removed }) => !removed && input.values.includes(value));
    if (there.length === 0) throw new Refused('nothing of the range is in the text', { answer: true });
    return there.map(({ stamp }) => stamp);
  }

  return {
    state: { texts, delivered },
    api: {
      async insert({ after, ...typed }: Insertion, key = ''): Promise<Versioned<null>> {
        const version = await broadcast(() => {
          collect(key);
          const stamp: Stamp = [clock + 1, node.id];
          const insert = 'values' in typed ? typed.values : [typed.value];
          return { insert, stamp, after: after === null ? null : visible(key, after), key };
        });
        return { value: null, version };
      },
      async remove(input: Removal, key = ''): Promise<Versioned<null>> {
        return { value: null, version: await broadcast(() => ({ remove: named(key, input), key })) };
      },
      read: async (_: null, key = ''): Promise<Versioned<readonly Value[]>> => ({
        value: shown(texts[key] ?? []),
        version: delivered,
      }),
    },
  };
}

const shown = (text: readonly Cell[]): readonly Value[] =>
  text.filter(({ removed }) => !removed).map(({ value }) => value);

function array(name: string, options: Partial<Options>, flaw?: Design['flaw']): Design<SharedText, State> {
  return {
    name: `rga/${name}`,
    datatype: 'list',
    claims: strongEventual('list', 'causal'),
    invariants: { 'a node knows its own events best': nobodyKnowsBetter(({ delivered }) => delivered) },
    content: ({ texts }) => Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, shown(text)])),
    ...(flaw ? { flaw } : {}),
    start: (node) => start(node, { byArrival: false, collects: 'stable', ...options }),
  };
}

export const growableArrays: readonly Design<SharedText, State>[] = [
  array('op', {}),
  array(
    'order-of-arrival',
    { byArrival: true },
    {
      says: 'concurrent insertions at one place stay in the order in which they arrive',
      anomaly: 'order-cycle',
      at: '!byArrival && at < text.length',
    },
  ),
  array(
    'early-collection',
    { collects: 'at once' },
    {
      says: 'a removed element goes at once, so an insertion after it that is under way finds no place',
      anomaly: 'order-cycle',
      at: "collects === 'at once' ? others : tombs",
    },
  ),
];
