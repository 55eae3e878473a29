/** Faults as people read them, and what nodes lived through because of them. */
import type { Fault } from '../../harness/faults/fault.ts';
import type { RunPage } from './data.ts';

export type Bitten = RunPage['faults'][number];

/** The nodes that a fault hit: as measured, or as planned where nothing was measured. */
function targetsOf({ fault, began }: Bitten): readonly string[] {
  if (began !== 'indeterminate') return began.targets;
  if (fault.kind === 'partition') return [...new Set(fault.cut.flat())];
  if (fault.kind === 'link') return fault.among;
  return typeof fault.targets === 'string' ? [] : fault.targets;
}

/** What was done: `partition n1 | n2 n3`, `crash n2, disk lost`. */
export function faultText(bitten: Bitten): string {
  const { fault } = bitten;
  if (fault.kind === 'partition') return `partition ${cutText(fault.cut)}${fault.flapMs ? ', flapping' : ''}`;
  const on = targetsOf(bitten).join(' ') || aim(fault);
  if (fault.kind === 'link') return `bad links ${on}: ${linkText(fault)}`;
  if (fault.kind === 'crash') return `crash ${on}${fault.disk === 'lost' ? ', disk lost' : ''}`;
  if (fault.kind === 'pause') return `pause ${on}`;
  if (fault.kind === 'clock') return `clock of ${on} ${clockText(fault)}`;
  return `disk of ${on}: ${fault.how}`;
}

/** What a fault was seen to do, measured from outside, in words; empty where nothing was seen. */
export function bitText({ began, ended }: Bitten): string {
  const parts: string[] = [];
  for (const bit of [ended, began]) {
    if (bit === 'indeterminate') continue;
    if (bit.cut) parts.push(`${bit.cut} messages lost`);
    if (bit.touched) parts.push(`${bit.touched} messages touched`);
    if (bit.writes) parts.push(`${bit.writes} disk writes hit`);
    if (bit.offsetMs?.some((by) => rounded(by) !== 0))
      parts.push(`clocks off by ${bit.offsetMs.map(rounded).join(', ')} ms`);
    if (bit.pids?.length) parts.push(`processes ${bit.pids.join(', ')}`);
  }
  return [...new Set(parts)].join(' · ');
}

/** A stretch of a node's life that was not ordinary. */
export interface Stretch {
  readonly fault: number;
  readonly what: 'down' | 'paused' | 'clock' | 'disk' | 'cut' | 'links';
  readonly text: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** For each node what it lived through, in order. */
export function livesOf(faults: readonly Bitten[], nodes: readonly string[]): ReadonlyMap<string, readonly Stretch[]> {
  const lives = new Map<string, Stretch[]>(nodes.map((node) => [node, []]));
  for (const bitten of faults) {
    const what = LIVES[bitten.fault.kind];
    for (const node of targetsOf(bitten)) {
      const text = stretchText(bitten, node);
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
} as const satisfies Record<Fault['kind'], Stretch['what']>;

function stretchText(bitten: Bitten, node: string): string {
  const { fault, began } = bitten;
  if (fault.kind === 'crash') return fault.disk === 'lost' ? 'down, disk lost' : 'down';
  if (fault.kind === 'pause') return 'paused';
  if (fault.kind === 'clock') {
    const at = began === 'indeterminate' ? -1 : began.targets.indexOf(node);
    const offset = began === 'indeterminate' ? undefined : began.offsetMs?.[at];
    return offset === undefined ? `clock ${clockText(fault)}` : `clock ${signed(offset)} ms`;
  }
  if (fault.kind === 'partition') return 'cut off';
  return fault.kind === 'link' ? 'bad links' : `disk: ${fault.how}`;
}

/** Groups of nodes that still hear each other both ways, or the cut's pairs where it is one-way. */
function cutText(cut: readonly (readonly [string, string])[]): string {
  const pairs = new Set(cut.map(([from, to]) => `${from}\n${to}`));
  const oneWay = cut.filter(([from, to]) => !pairs.has(`${to}\n${from}`));
  if (oneWay.length > 0) return oneWay.map(([from, to]) => `${from} ↛ ${to}`).join(', ');
  const nodes = [...new Set(cut.flat())].sort();
  const sides = new Map<string, string[]>();
  for (const node of nodes) {
    const lost = nodes.filter((other) => pairs.has(`${node}\n${other}`)).join(' ');
    sides.set(lost, [...(sides.get(lost) ?? []), node]);
  }
  return [...sides.values()].map((side) => side.join(' ')).join(' | ');
}

function linkText(fault: Extract<Fault, { kind: 'link' }>): string {
  const parts = [
    fault.drop > 0 && `${percent(fault.drop)} lost`,
    fault.duplicate > 0 && `${percent(fault.duplicate)} doubled`,
    fault.delayMs > 0 && `${fault.delayMs} ms late`,
    fault.jitterMs > 0 && `up to ${fault.jitterMs} ms jitter`,
  ];
  return parts.filter(Boolean).join(', ') || 'as usual';
}

function clockText(fault: Extract<Fault, { kind: 'clock' }>): string {
  if (fault.how === 'drift') return `runs ${fault.rate ?? 1} times as fast`;
  const by = `${signed(fault.byMs)} ms`;
  return fault.how === 'step' ? `steps ${by}` : `jumps ${by} and back every ${fault.periodMs ?? '?'} ms`;
}

function aim(fault: Fault): string {
  if (!('targets' in fault)) return '';
  return typeof fault.targets === 'string' ? fault.targets : fault.targets.join(' ');
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10}%`;
}

/** To tenths of a millisecond: a measured offset is not more exact. */
function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function signed(by: number): string {
  return by > 0 ? `+${rounded(by)}` : String(rounded(by));
}
