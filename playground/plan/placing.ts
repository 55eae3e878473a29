/** Faults that somebody places by hand: pure functions from a fault to the changed one. Times in ms. */

import type { Fault } from '../../harness/faults/fault.ts';
import type { Targets } from '../../harness/faults/interval.ts';
import { meaningOf } from '../../harness/faults/meanings.ts';
import type { NodeId } from '../../systems/node.ts';

/** The fault at other nodes: for a partition one side of it, for bad links those among which they are. */
function aimed(fault: Fault, at: Targets, nodes: readonly NodeId[]): Fault {
  if (fault.kind === 'partition') {
    const { isolate: _, cut, ...rest } = fault;
    if (typeof at === 'string') return { ...rest, cut: [], isolate: at };
    const others = nodes.filter((node) => !at.includes(node));
    const there = at.flatMap((from) => others.map((to) => [from, to] as const));
    return { ...rest, cut: isOneWay(cut) ? there : [...there, ...there.map(([from, to]) => [to, from] as const)] };
  }
  if (fault.kind === 'link') return { ...fault, among: typeof at === 'string' ? nodes : at };
  return 'targets' in fault ? { ...fault, targets: at } : fault;
}

/** The nodes, or the role, at which the fault is aimed: of a partition one side. */
function aimOf(fault: Fault, nodes: readonly NodeId[]): Targets {
  if (fault.kind !== 'partition') return meaningOf(fault).targets(fault);
  const { cut, isolate } = fault;
  if (isolate !== undefined) return isolate;
  const first = cut[0]?.[0];
  if (first === undefined) return [];
  if (isOneWay(cut)) return nodes.filter((node) => cut.some(([from]) => from === node));
  const lost = new Set(cut.flatMap(([from, to]) => (from === first ? [to] : [])));
  const side = nodes.filter((node) => !lost.has(node));
  const other = nodes.filter((node) => lost.has(node));
  return other.length < side.length ? other : side;
}

function isOneWay(cut: readonly (readonly [NodeId, NodeId])[]): boolean {
  return cut.length > 0 && cut.every(([a, b]) => !cut.some(([from, to]) => from === b && to === a));
}

/** What these faults become in a cluster of other nodes. */
export function amongNodes(
  faults: readonly Fault[],
  before: readonly NodeId[],
  nodes: readonly NodeId[],
): readonly Fault[] {
  const gone = before.filter((node) => !nodes.includes(node));
  return faults.flatMap((fault) => {
    const left = gone.reduce<Fault | undefined>((one, node) => one && meaningOf(one).withoutNode(one, node), fault);
    if (!left) return [];
    // A side of a partition is a side of the new nodes, too: those that come are on the other.
    return [left.kind === 'partition' && left.isolate === undefined ? aimed(left, aimOf(fault, before), nodes) : left];
  });
}
