import type { NodeId } from '../../systems/node.ts';
import { chance } from '../node/identity.ts';
import type { Fault } from './fault.ts';
import { meaningOf } from './meanings.ts';
import { countOf } from './room.ts';

/**
 * The nodes that a fault is aimed at, now that it begins. A role is had by nodes that no other fault has taken, as
 * long as there are any: a clock of a node that is dead shows nothing. Who is named is hit whatever else lasts.
 * Chance is keyed to the fault: other faults' absence moves nothing but what they had taken.
 */
export function resolveTargets(
  fault: Fault,
  nodes: readonly NodeId[],
  seed: number,
  primary: NodeId | undefined,
  taken: readonly NodeId[] = [],
): readonly NodeId[] {
  const targets = meaningOf(fault).targets(fault);
  if (typeof targets !== 'string') return targets.filter((node) => nodes.includes(node));
  if (targets === 'all') return nodes;
  const free = nodes.filter((node) => !taken.includes(node));
  const left = free.length > 0 ? free : nodes;
  const first = primary ?? nodes[0]!;
  if (targets === 'primary' && left.includes(first)) return [first];
  const rank = (node: NodeId) => chance(seed, fault.id, `target ${node}`);
  const shuffled = [...left].sort((a, b) => rank(a) - rank(b));
  return shuffled.slice(0, countOf(targets, nodes.length));
}
