import type { NodeId } from '../../systems/node.ts';
import { chance } from '../identity.ts';
import type { Fault, Targets } from './fault.ts';

/** The nodes that a fault is aimed at, now that it begins. Chance is keyed to the fault: other faults' absence moves nothing. */
export function resolveTargets(
  fault: Fault,
  nodes: readonly NodeId[],
  seed: number,
  primary: NodeId | undefined,
): readonly NodeId[] {
  if (fault.kind === 'partition') return [...new Set(fault.cut.flat())];
  if (fault.kind === 'link') return fault.among;
  return namesOf(fault.targets, nodes, primary, (node) => chance(seed, fault.id, `target ${node}`));
}

/** The members that operators ask for while these faults last: all nodes but the targets, or all where nobody would be left. */
export function membersUnder(
  active: readonly Fault[],
  targetsOf: (fault: number) => readonly NodeId[] | undefined,
  nodes: readonly NodeId[],
): readonly NodeId[] {
  const out = active.flatMap(({ id, kind }) => (kind === 'membership' ? (targetsOf(id) ?? []) : []));
  const left = nodes.filter((node) => !out.includes(node));
  return left.length > 0 ? left : nodes;
}

function namesOf(
  targets: Targets,
  nodes: readonly NodeId[],
  primary: NodeId | undefined,
  rank: (node: NodeId) => number,
): readonly NodeId[] {
  if (typeof targets !== 'string') return targets.filter((node) => nodes.includes(node));
  if (targets === 'all') return nodes;
  if (targets === 'primary') return [primary ?? nodes[0]!];
  const shuffled = [...nodes].sort((a, b) => rank(a) - rank(b));
  const minority = Math.floor((nodes.length - 1) / 2);
  const count = targets === 'one' ? 1 : targets === 'minority' ? minority : nodes.length - minority;
  return shuffled.slice(0, count);
}
