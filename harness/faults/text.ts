/** Faults as people read them. */
import type { NodeId } from '../../systems/node.ts';
import type { Struck } from '../nemesis.ts';
import type { Fault } from './fault.ts';

/** A fault, and what it was seen to do when it began. */
type Bitten = Pick<Struck, 'fault' | 'began'>;

/** The nodes that a fault hit: as measured, or as planned where nothing was measured. */
export function targetsOf({ fault, began }: Bitten): readonly NodeId[] {
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
  if (fault.kind === 'membership') return `out of the cluster ${on}`;
  return `disk of ${on}: ${fault.how}`;
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

/** How a clock is wrong: `steps +200 ms`. */
export function clockText(fault: Extract<Fault, { kind: 'clock' }>): string {
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
export function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** With its sign, to tenths of a millisecond. */
export function signed(by: number): string {
  return by > 0 ? `+${rounded(by)}` : String(rounded(by));
}
