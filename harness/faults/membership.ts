import type { NodeId } from '../../systems/node.ts';
import { aim, aimedElsewhere, hitAndOthers, problemsOfTargets } from './common.ts';
import type { Fault, MembershipFault } from './fault.ts';
import type { FaultMeaning } from './meaning.ts';

/** An operator takes nodes out of the cluster, and in again when the fault ends. They continue to run. */
export const membership: FaultMeaning<MembershipFault> = {
  kind: 'membership',
  drawnAs: 'out',
  names: {
    membership: {
      says: 'nodes are taken out of the cluster, and in again (for designs that change members)',
      draw: (draw, scene) => ({ kind: 'membership', targets: aim(draw, scene) }),
    },
  },
  covers: () => ['membership'],
  targets: ({ targets }) => targets,
  withoutNode: aimedElsewhere,
  shortestMs: ({ shortestMs }) => shortestMs,
  problems(fault, { nodes }) {
    const everybody = fault.targets === 'all' || nodes.every((node) => fault.targets.includes(node));
    return [...problemsOfTargets(fault), ...(everybody ? ['it leaves the cluster without members'] : [])];
  },
  words: (_, hit) => `out of the cluster ${hit}`,
  nodeWords: () => 'no member',
  *simpler() {},
  hadEffect: (_, ended) => (ended.without ?? 0) > 0,
  hindersNodes: true,
  sides: (_, hit, nodes) => hitAndOthers(hit, nodes),
};

/**
 * The members that operators ask for while these faults last:
 * all nodes but the targets, or all where nobody would be left.
 */
export function membersUnder(
  active: readonly Fault[],
  targetsOf: (fault: number) => readonly NodeId[] | undefined,
  nodes: readonly NodeId[],
): readonly NodeId[] {
  const out = active.flatMap(({ id, kind }) => (kind === 'membership' ? (targetsOf(id) ?? []) : []));
  const left = nodes.filter((node) => !out.includes(node));
  return left.length > 0 ? left : nodes;
}
