/** The slow definition of what faults leave: every choice of the nodes that they may hit, one after the other. */
import type { Fault } from '../../../harness/faults/fault.ts';
import { meaningOf } from '../../../harness/faults/meanings.ts';

type Pairs = readonly (readonly [string, string])[];

function subsets<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: 2 ** items.length }, (_, set) => items.filter((__, i) => (set >> i) % 2 === 1));
}

function choices(fault: Fault, nodes: readonly string[]): readonly (readonly string[])[] {
  const targets = meaningOf(fault).targets(fault);
  if (typeof targets !== 'string') return [targets];
  if (targets === 'all') return [nodes];
  const minority = Math.floor((nodes.length - 1) / 2);
  const size = targets === 'minority' ? minority : targets === 'majority' ? nodes.length - minority : 1;
  return subsets(nodes).filter((some) => some.length === size);
}

function largestLeft(nodes: readonly string[], taken: readonly string[], cut: Pairs): number {
  const apart = (a: string, b: string) => cut.some(([x, y]) => (x === a && y === b) || (x === b && y === a));
  const hears = (some: readonly string[]) => some.every((a) => !taken.includes(a) && some.every((b) => !apart(a, b)));
  return Math.max(...subsets(nodes).map((some) => (hears(some) ? some.length : 0)));
}

/** The size of the largest group of nodes that run and hear each other, for the worst choice of nodes. */
export function leavesAtWorst(faults: readonly Fault[], nodes: readonly string[]): number {
  const walk = (left: readonly Fault[], taken: readonly string[], cut: Pairs): number => {
    const [fault, ...rest] = left;
    if (!fault) return largestLeft(nodes, taken, cut);
    const meaning = meaningOf(fault);
    if (!meaning.takesNodes && !meaning.cuts) return walk(rest, taken, cut);
    const worst = choices(fault, nodes).map((hit) =>
      walk(rest, meaning.takesNodes ? [...taken, ...hit] : taken, [
        ...cut,
        ...(meaning.cuts?.(fault, hit, nodes) ?? []),
      ]),
    );
    return Math.min(...worst);
  };
  return walk(faults, [], []);
}
