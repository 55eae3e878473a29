/** Replicated data types as in the literature, and variants of them with one defect each. */
import { below, pick } from '../monitors/random.ts';
import type { Replicated } from './simulation.ts';

type Counts = Readonly<Record<number, number>>;
type Tagged = { readonly tags: Readonly<Record<string, number>>; readonly dead: readonly string[] };
type Stamped = { readonly value: unknown; readonly at: readonly [number, number] };
type Sibling = { readonly value: unknown; readonly node: number; readonly clock: number };
type Siblings = { readonly values: readonly Sibling[]; readonly seen: Counts };
type Cell = { readonly value: number; readonly after: number | null; readonly at: readonly [number, number] };
type Cells = { readonly cells: readonly Cell[]; readonly dead: readonly number[] };

const zip = (a: Counts, b: Counts, both: (x: number, y: number) => number): Counts =>
  Object.fromEntries([0, 1, 2].map((node) => [node, both(a[node] ?? 0, b[node] ?? 0)]));
const sum = (counts: Counts): number => Object.values(counts).reduce((all, one) => all + one, 0);
const union = <T>(a: readonly T[], b: readonly T[]): readonly T[] => [...new Set([...a, ...b])];
const later = (a: readonly [number, number], b: readonly [number, number]): boolean =>
  a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);

export const growOnlyCounter: Replicated<Counts> = {
  init: {},
  update: (counts, node, _, input) => ({ ...counts, [node]: (counts[node] ?? 0) + (input as number) }),
  merge: (a, b) => zip(a, b, Math.max),
  show: sum,
  call: (draw) => ({ f: 'add', input: 1 + below(draw, 2) }),
};
export const counterThatSums: Replicated<Counts> = {
  ...growOnlyCounter,
  merge: (a, b) => (a === b ? a : zip(a, b, (x, y) => x + y)),
};
export const counterThatForgets: Replicated<Counts> = {
  ...growOnlyCounter,
  merge: (a, b) => zip(a, b, (x, y) => (x + y > 7 ? Math.min(x, y) : Math.max(x, y))),
};

export const upDownCounter: Replicated<{ up: Counts; down: Counts }> = {
  init: { up: {}, down: {} },
  update: ({ up, down }, node, f, input) => {
    const delta = input as number;
    return delta > 0
      ? { up: growOnlyCounter.update(up, node, f, delta, [0, 0]), down }
      : { up, down: growOnlyCounter.update(down, node, f, -delta, [0, 0]) };
  },
  merge: (a, b) => ({ up: zip(a.up, b.up, Math.max), down: zip(a.down, b.down, Math.max) }),
  show: ({ up, down }) => sum(up) - sum(down),
  call: (draw) => ({ f: 'add', input: pick(draw, [-3, -1, 1, 2]) }),
};
export const counterThatForgetsDown: typeof upDownCounter = {
  ...upDownCounter,
  merge: (a, b) => ({ up: zip(a.up, b.up, Math.max), down: a.down }),
};

export const growOnlySet: Replicated<readonly number[]> = {
  init: [],
  update: (elements, _, __, input) => union(elements, [input as number]),
  merge: union,
  show: (elements) => elements,
  call: (_, i) => ({ f: 'add', input: i }),
};
export const setThatDrops: Replicated<readonly number[]> = {
  ...growOnlySet,
  merge: (a, b) =>
    union(a, b)
      .filter((element) => element % 5 !== 4 || a.includes(element))
      .slice(-6),
};

const setCall: Replicated<unknown>['call'] = (draw) => ({ f: draw() < 0.6 ? 'add' : 'remove', input: below(draw, 3) });

export const removedForEver: Replicated<{ added: readonly number[]; removed: readonly number[] }> = {
  init: { added: [], removed: [] },
  update: ({ added, removed }, _, f, input) =>
    f === 'add'
      ? { added: union(added, [input as number]), removed }
      : { added, removed: union(removed, [input as number]) },
  merge: (a, b) => ({ added: union(a.added, b.added), removed: union(a.removed, b.removed) }),
  show: ({ added, removed }) => added.filter((element) => !removed.includes(element)),
  call: setCall,
};
export const removedForAWhile: typeof removedForEver = {
  ...removedForEver,
  merge: (a, b) => ({ added: union(a.added, b.added), removed: union(a.removed, b.removed).slice(-1) }),
};

export const addWins: Replicated<Tagged> = {
  init: { tags: {}, dead: [] },
  update: ({ tags, dead }, _, f, input, stamp) =>
    f === 'add'
      ? { tags: { ...tags, [stamp.join('.')]: input as number }, dead }
      : {
          tags,
          dead: union(
            dead,
            Object.keys(tags).filter((tag) => tags[tag] === input),
          ),
        },
  merge: (a, b) => ({ tags: { ...a.tags, ...b.tags }, dead: union(a.dead, b.dead) }),
  show: ({ tags, dead }) => [
    ...new Set(
      Object.keys(tags)
        .filter((tag) => !dead.includes(tag))
        .map((tag) => tags[tag]),
    ),
  ],
  call: setCall,
};
/** Removing by value: whatever is added again stays away. */
export const removeByValue: Replicated<Tagged> = {
  ...addWins,
  show: ({ tags, dead }) =>
    [...new Set(Object.values(tags))].filter((element) => !dead.some((tag) => tags[tag] === element)),
};
/** Tombstones thrown away too early: what was removed comes back with the next gossip. */
export const earlyCollection: Replicated<Tagged> = {
  ...addWins,
  merge: (a, b) => ({ tags: { ...a.tags, ...b.tags }, dead: union(a.dead, b.dead).slice(-1) }),
};

export const lastWriter: Replicated<Stamped> = {
  init: { value: null, at: [0, 0] },
  update: (_, __, ___, value, at) => ({ value, at }),
  merge: (a, b) => (later(b.at, a.at) ? b : a),
  show: ({ value }) => value,
  call: (_, i) => ({ f: 'write', input: i }),
};
export const firstWriter: Replicated<Stamped> = {
  ...lastWriter,
  merge: (a, b) => (a.value === null || (b.value !== null && later(a.at, b.at)) ? b : a),
};
export const ownWriter: Replicated<Stamped> = {
  ...lastWriter,
  merge: (a, b) => (a.value === null || later(b.at, [a.at[0] + 2, 0]) ? b : a),
};

export const siblings: Replicated<Siblings> = {
  init: { values: [], seen: {} },
  update: ({ seen }, node, _, value) => {
    const clock = (seen[node] ?? 0) + 1;
    return { values: [{ value, node, clock }], seen: { ...seen, [node]: clock } };
  },
  merge: (a, b) => {
    const kept = (one: Siblings, other: Siblings): readonly Sibling[] =>
      one.values.filter(
        ({ node, clock }) =>
          clock > (other.seen[node] ?? 0) || other.values.some((same) => same.node === node && same.clock === clock),
      );
    const all = [...kept(a, b), ...kept(b, a)];
    const values = all.filter(
      (one, i) => all.findIndex((same) => same.node === one.node && same.clock === one.clock) === i,
    );
    return { values, seen: zip(a.seen, b.seen, Math.max) };
  },
  show: ({ values }) => values.map(({ value }) => value).sort(),
  call: (_, i) => ({ f: 'write', input: i }),
};
/** Every value is kept, even what was overwritten. */
export const hoarder: Replicated<Siblings> = {
  ...siblings,
  merge: (a, b) => ({
    values: [...new Map([...a.values, ...b.values].map((one) => [one.value, one])).values()],
    seen: zip(a.seen, b.seen, Math.max),
  }),
};

export const list: Replicated<Cells> = {
  init: { cells: [], dead: [] },
  update: ({ cells, dead }, _, f, input, at) => {
    if (f === 'remove')
      return { cells, dead: union(dead, cells.some(({ value }) => value === input) ? [input as number] : []) };
    const { value, after } = input as { value: number; after: number | null };
    return { cells: [...cells, { value, after, at }], dead };
  },
  merge: (a, b) => ({
    cells: [...new Map([...a.cells, ...b.cells].map((cell) => [cell.value, cell])).values()],
    dead: union(a.dead, b.dead),
  }),
  show: (state) => ordered(state, later).filter((value) => !state.dead.includes(value)),
  call: (draw, i, state) => {
    const visible = ordered(state, later).filter((value) => !state.dead.includes(value));
    if (visible.length > 0 && draw() < 0.25) return { f: 'remove', input: pick(draw, visible) };
    return { f: 'insert', input: { value: i, after: visible.length > 0 && draw() < 0.8 ? pick(draw, visible) : null } };
  },
};
/** Concurrent insertions at one place in the order in which they arrived. */
export const listByArrival: Replicated<Cells> = {
  ...list,
  show: (state) => ordered(state, () => false).filter((value) => !state.dead.includes(value)),
};

/** Depth first, the latest insertion at a place first: the order of an RGA. */
function ordered(
  { cells }: Cells,
  first: (a: readonly [number, number], b: readonly [number, number]) => boolean,
): readonly number[] {
  const below = (after: number | null): readonly number[] =>
    cells
      .filter((cell) => cell.after === after)
      .sort((a, b) => (first(a.at, b.at) ? -1 : first(b.at, a.at) ? 1 : 0))
      .flatMap(({ value }) => [value, ...below(value)]);
  return below(null);
}
