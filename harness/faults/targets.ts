import type { NodeId } from '../../systems/node.ts';
import { chance } from '../node/identity.ts';
import type { Fault } from './fault.ts';
import { meaningOf } from './meanings.ts';

/**
 * The nodes that a fault is aimed at, now that it begins. Chance
 * is keyed to the fault: other faults' absence moves nothing.
 */
export function resolveTargets(
  fault: Fault,
  nodes: readonly NodeId[],
  seed: number,
  primary: NodeId | undefined,
): readonly NodeId[] {
  const targets = meaningOf(fault).targets(fault);
  if (typeof targets !== 'string') return targets.filter((node) => nodes.includes(node));
  if (targets === 'all') return nodes;
  if (targets === 'primary') return [primary ?? nodes[0]!];
  const rank = (node: NodeId) => chance(seed, fault.id, `target ${node}`);
  const shuffled = [...nodes].sort((a, b) => rank(a) - rank(b));
  const minority = Math.floor((nodes.length - 1) / 2);
  const count = targets === 'one' ? 1 : targets === 'minority' ? minority : nodes.length - minority;
  return shuffled.slice(0, count);
}
