/** What nodes lived through because of faults, as people read it. */

import { counted } from '../../harness/campaign/gate.ts';
import { rounded } from '../../harness/faults/common.ts';
import type { DrawnAs } from '../../harness/faults/meaning.ts';
import { drawingOf, nodesHit, nodeText } from '../../harness/faults/meanings.ts';
import type { RunPage } from './data.ts';

export type Injected = RunPage['faults'][number];

/** What a fault was seen to do, measured from outside, in words; empty where nothing was seen. */
export function effectText(injected: Injected): string {
  const { began, ended } = injected;
  const parts = [ended, began].flatMap((effect) => (effect === 'indeterminate' ? [] : measuredText(effect)));
  if (parts.length > 0) return [...new Set(parts)].join(' · ');
  // The simulation stops and ends its nodes itself: which they were is all there is to see.
  const { happened } = drawingOf(injected);
  return happened && began !== 'indeterminate' && began.targets.length > 0
    ? `${began.targets.join(', ')} ${happened}`
    : '';
}

function measuredText(effect: Exclude<Injected['began'], 'indeterminate'>): readonly string[] {
  const parts: string[] = [];
  if (effect.cut) parts.push(`${counted(effect.cut, 'message')} lost`);
  if (effect.touched) parts.push(`${counted(effect.touched, 'message')} touched`);
  if (effect.without) parts.push(`no member any more to ${effect.without} nodes`);
  if (effect.writes) parts.push(`${effect.writes} disk writes hit`);
  if (effect.offsetMs?.some((by) => rounded(by) !== 0))
    parts.push(`clocks off by ${effect.offsetMs.map(rounded).join(', ')} ms`);
  if (effect.done) parts.push(`done ${counted(effect.done, 'time')}`);
  if (effect.pids?.length) parts.push(`processes ${effect.pids.join(', ')}`);
  return parts;
}

/** A stretch of a node's life that was not ordinary. */
export interface Stretch {
  readonly fault: number;
  readonly what: DrawnAs;
  readonly text: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** For each node what it lived through, in order. */
export function livesOf(
  faults: readonly Injected[],
  nodes: readonly string[],
): ReadonlyMap<string, readonly Stretch[]> {
  const lives = new Map<string, Stretch[]>(nodes.map((node) => [node, []]));
  for (const injected of faults) {
    const what = drawingOf(injected).drawnAs;
    for (const node of nodesHit(injected)) {
      const text = nodeText(injected, node);
      lives.get(node)?.push({ fault: injected.fault.id, what, text, fromMs: injected.fromMs, toMs: injected.toMs });
    }
  }
  for (const stretches of lives.values()) stretches.sort((a, b) => a.fromMs - b.fromMs);
  return lives;
}
