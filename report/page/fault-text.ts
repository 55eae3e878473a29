/** What nodes lived through because of faults, as people read it. */

import { rounded } from '../../harness/faults/common.ts';
import type { Fault } from '../../harness/faults/fault.ts';
import { meaningOf, nodesHit } from '../../harness/faults/meanings.ts';
import type { RunPage } from './data.ts';

export type Bitten = RunPage['faults'][number];

/** What a fault was seen to do, measured from outside, in words; empty where nothing was seen. */
export function bitText({ fault, began, ended }: Bitten): string {
  const parts = [ended, began].flatMap((bit) => (bit === 'indeterminate' ? [] : measuredText(bit)));
  if (parts.length > 0) return [...new Set(parts)].join(' · ');
  // The simulation stops and ends its nodes itself: which they were is all there is to see.
  const struck = STRUCK[fault.kind];
  return struck && began !== 'indeterminate' && began.targets.length > 0 ? `${began.targets.join(', ')} ${struck}` : '';
}

const STRUCK: Partial<Record<Fault['kind'], string>> = { pause: 'paused', crash: 'died' };

function measuredText(bit: Exclude<Bitten['began'], 'indeterminate'>): readonly string[] {
  const parts: string[] = [];
  if (bit.cut) parts.push(`${bit.cut} messages lost`);
  if (bit.touched) parts.push(`${bit.touched} messages touched`);
  if (bit.without) parts.push(`no member any more to ${bit.without} nodes`);
  if (bit.writes) parts.push(`${bit.writes} disk writes hit`);
  if (bit.offsetMs?.some((by) => rounded(by) !== 0))
    parts.push(`clocks off by ${bit.offsetMs.map(rounded).join(', ')} ms`);
  if (bit.pids?.length) parts.push(`processes ${bit.pids.join(', ')}`);
  return parts;
}

/** A stretch of a node's life that was not ordinary. */
export interface Stretch {
  readonly fault: number;
  readonly what: 'down' | 'paused' | 'clock' | 'disk' | 'cut' | 'links' | 'out';
  readonly text: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** For each node what it lived through, in order. */
export function livesOf(faults: readonly Bitten[], nodes: readonly string[]): ReadonlyMap<string, readonly Stretch[]> {
  const lives = new Map<string, Stretch[]>(nodes.map((node) => [node, []]));
  for (const bitten of faults) {
    const what = LIVES[bitten.fault.kind];
    for (const node of nodesHit(bitten)) {
      const text = meaningOf(bitten.fault).nodeWords(bitten.fault, bitten.began, node);
      lives.get(node)?.push({ fault: bitten.fault.id, what, text, fromMs: bitten.fromMs, toMs: bitten.toMs });
    }
  }
  for (const stretches of lives.values()) stretches.sort((a, b) => a.fromMs - b.fromMs);
  return lives;
}

const LIVES = {
  partition: 'cut',
  link: 'links',
  crash: 'down',
  pause: 'paused',
  clock: 'clock',
  disk: 'disk',
  membership: 'out',
} as const satisfies Record<Fault['kind'], Stretch['what']>;
