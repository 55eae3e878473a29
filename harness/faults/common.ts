/** What several kinds of fault share. */
import type { NodeId } from '../../systems/node.ts';
import { wholeBelow } from '../setting/random.ts';
import type { AnyFault, Targets } from './interval.ts';
import type { Scene, Side } from './meaning.ts';

/** A fault that is aimed at nodes. */
export interface Aimed extends AnyFault {
  readonly targets: Targets;
}

export const pick = <T>(draw: () => number, items: readonly T[]): T => items[wholeBelow(draw(), items.length)]!;

/** A role, where a fault is not aimed at nodes by name. Of two nodes or one there is no minority. */
export function aim(draw: () => number, { nodes }: Scene): Targets {
  const targets = pick(draw, ['one', 'primary', 'minority', 'one'] as const);
  return targets === 'minority' && nodes.length < 3 ? 'one' : targets;
}

/** The fault without the node among its targets; a role finds others. */
export function aimedElsewhere<F extends Aimed>(fault: F, node: NodeId): F | undefined {
  if (typeof fault.targets === 'string') return fault;
  const targets = fault.targets.filter((other) => other !== node);
  return targets.length > 0 ? { ...fault, targets } : undefined;
}

/** What is wrong with the targets, for all kinds that have them. */
export function problemsOfTargets({ targets }: Aimed): readonly string[] {
  return Array.isArray(targets) && targets.length === 0 ? ['it has no target'] : [];
}

/** Whether a number is no chance from 0 to 1. */
export const isNoShare = (value: number): boolean => !(value >= 0 && value <= 1);

/** The nodes that were hit, and the others. */
export function hitAndOthers(
  hit: readonly NodeId[],
  nodes: readonly NodeId[],
): readonly (readonly [Side, readonly NodeId[]])[] {
  return [
    ['hit', nodes.filter((node) => hit.includes(node))],
    ['others', nodes.filter((node) => !hit.includes(node))],
  ];
}

/** To tenths of a millisecond: a measured offset is not more exact. */
export function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** With its sign, to tenths of a millisecond. */
export function signed(by: number): string {
  return by > 0 ? `+${rounded(by)}` : String(rounded(by));
}
