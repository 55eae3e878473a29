import type { NodeId } from '../../systems/node.ts';
import { aimedAtNodes } from './aimed.ts';
import { aim, problemsOfTargets } from './common.ts';
import type { AnyFault, Interval, Targets } from './interval.ts';
import type { FaultMeaning } from './meaning.ts';

/**
 * An operator asks that the targets be no members of the cluster, and
 * that they be members again when the fault ends. They continue to run.
 */
export interface MembershipFault extends Interval {
  readonly kind: 'membership';
  readonly targets: Targets;
}

/** An operator takes nodes out of the cluster, and in again when the fault ends. They continue to run. */
export const membership: FaultMeaning<MembershipFault> = {
  ...aimedAtNodes,
  kind: 'membership',
  drawnAs: 'out',
  names: {
    membership: {
      says: 'nodes are taken out of the cluster, and in again (for designs that change members)',
      draw: (draw, scene) => ({ kind: 'membership', targets: aim(draw, scene) }),
    },
  },
  covers: () => ['membership'],
  problems(fault, { nodes }) {
    const everybody = fault.targets === 'all' || nodes.every((node) => fault.targets.includes(node));
    return [...problemsOfTargets(fault), ...(everybody ? ['it leaves the cluster without members'] : [])];
  },
  words: (_, hit) => `out of the cluster ${hit}`,
  nodeWords: () => 'no member',
  hadEffect: (_, ended) => (ended.without ?? 0) > 0,
  hindersNodes: true,
};

/**
 * The members that operators ask for while these faults last:
 * all nodes but the targets, or all where nobody would be left.
 */
export function membersUnder(
  active: readonly AnyFault[],
  targetsOf: (fault: number) => readonly NodeId[] | undefined,
  nodes: readonly NodeId[],
): readonly NodeId[] {
  const out = active.flatMap(({ id, kind }) => (kind === 'membership' ? (targetsOf(id) ?? []) : []));
  const left = nodes.filter((node) => !out.includes(node));
  return left.length > 0 ? left : nodes;
}
