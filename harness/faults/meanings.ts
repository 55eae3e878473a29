/**
 * The kinds of fault there are. A kind without a meaning does not compile;
 * one that a cluster has no injector for is refused before the run.
 */
import type { NodeId } from '../../systems/node.ts';
import type { FaultKind } from '../../systems/system.ts';
import { chore } from './chore.ts';
import { clock } from './clock.ts';
import { crash } from './crash.ts';
import { disk } from './disk.ts';
import type { FaultEffect } from './effect.ts';
import type { Fault } from './fault.ts';
import { link } from './link.ts';
import type { FaultMeaning } from './meaning.ts';
import { membership } from './membership.ts';
import { partition } from './partition.ts';
import { pause } from './pause.ts';

export const meanings: { readonly [K in FaultKind]: FaultMeaning<Extract<Fault, { readonly kind: K }>> } = {
  partition,
  link,
  crash,
  pause,
  clock,
  disk,
  membership,
  chore,
};

/** What is known of a fault's kind. */
export function meaningOf<F extends Fault>(fault: F): FaultMeaning<F> {
  return meanings[fault.kind] as unknown as FaultMeaning<F>;
}

/** All kinds that a claim must tolerate to cover these faults. */
export function kindsAmong(faults: readonly Fault[]): readonly FaultKind[] {
  return [...new Set(faults.flatMap((fault) => meaningOf(fault).covers(fault)))].sort();
}

/** A fault, and what it was seen to do. */
export interface Observed {
  readonly fault: Fault;
  readonly began: FaultEffect;
  readonly ended: FaultEffect;
}

/** Whether the fault was seen to do anything, from outside the nodes. */
export function hadEffect({ fault, began, ended }: Observed): boolean {
  if (began === 'indeterminate' || ended === 'indeterminate' || began.targets.length === 0) return false;
  return meaningOf(fault).hadEffect(began, ended);
}

/** The nodes that a fault hit: as measured, or as planned where nothing was measured. */
export function nodesHit({ fault, began }: Pick<Observed, 'fault' | 'began'>): readonly NodeId[] {
  if (began !== 'indeterminate') return began.targets;
  const targets = meaningOf(fault).targets(fault);
  return typeof targets === 'string' ? [] : targets;
}

/** What was done: `partition n1 | n2 n3`, `crash n2, disk lost`. */
export function faultText(observed: Pick<Observed, 'fault' | 'began'>): string {
  const { fault } = observed;
  const targets = meaningOf(fault).targets(fault);
  const planned = typeof targets === 'string' ? targets : targets.join(' ');
  return meaningOf(fault).words(fault, nodesHit(observed).join(' ') || planned);
}
