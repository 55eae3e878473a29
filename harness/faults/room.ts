/** What faults leave of a system at worst, before anybody knows which nodes they hit. */
import type { NodeId } from '../../systems/node.ts';
import type { Fault } from './fault.ts';
import { largestGroup } from './groups.ts';
import type { AnyFault, Targets } from './interval.ts';
import type { Sort } from './meaning.ts';
import { meaningOf } from './meanings.ts';
import type { Need } from './rhythm.ts';

/** A fault that was drawn under a name, before it has a place in time. */
export interface Sorted {
  readonly id: number;
  readonly name: string;
  readonly sort: Sort<AnyFault>;
}

/** A fault in its place. */
export interface Placed extends Sorted {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How many of so many nodes have a role. */
export function countOf(targets: Targets, nodes: number): number {
  if (typeof targets !== 'string') return targets.length;
  const minority = Math.floor((nodes - 1) / 2);
  const counts = { primary: 1, one: 1, minority, majority: nodes - minority, all: nodes };
  return counts[targets];
}

/** How many nodes cannot answer anybody while this lasts. */
export function takenBy(fault: Sort<AnyFault>, nodes: number): number {
  const meaning = meaningOf(fault as Fault);
  return meaning.takesNodes ? countOf(meaning.targets(fault as Fault), nodes) : 0;
}

/** How many nodes it keeps from the largest group that still hear each other. */
function keptFrom(fault: Sort<AnyFault>, nodes: readonly NodeId[]): number {
  const meaning = meaningOf(fault as Fault);
  const targets = meaning.targets(fault as Fault);
  // Whoever has the role: those that are left are as many.
  const hit = typeof targets === 'string' ? nodes.slice(0, countOf(targets, nodes.length)) : targets;
  const cut = meaning.cuts?.(fault as Fault, hit, nodes) ?? [];
  return cut.length === 0 ? 0 : nodes.length - largestGroup(nodes, cut).length;
}

/**
 * The chance that these faults, lasting together and hitting different nodes, leave
 * less than is needed: 0 or 1, but for the primary, which only the system knows.
 */
export function lacking(faults: readonly Sort<AnyFault>[], nodes: readonly NodeId[], need: Need): number {
  const taken = faults.reduce((sum, fault) => sum + takenBy(fault, nodes.length), 0);
  if (need === 'node') return taken >= nodes.length ? 1 : 0;
  if (need === 'primary') {
    const spared = faults.reduce((chance, fault) => chance * (1 - hitsPrimary(fault, nodes.length)), 1);
    return 1 - spared;
  }
  const kept = faults.reduce((sum, fault) => sum + keptFrom(fault, nodes), 0);
  return nodes.length - taken - kept > nodes.length / 2 ? 0 : 1;
}

function hitsPrimary(fault: Sort<AnyFault>, nodes: number): number {
  const meaning = meaningOf(fault as Fault);
  if (!meaning.takesNodes) return 0;
  const targets = meaning.targets(fault as Fault);
  return targets === 'primary' ? 1 : Math.min(1, countOf(targets, nodes) / nodes);
}
