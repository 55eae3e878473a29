/** Faults that somebody places by hand: pure functions from a fault to the changed one. Times in ms. */
import { NAMED } from '../../harness/faults/draw.ts';
import type { Fault } from '../../harness/faults/fault.ts';
import type { Targets } from '../../harness/faults/interval.ts';
import { meaningOf } from '../../harness/faults/meanings.ts';
import type { Setting } from '../../harness/setting/plan.ts';
import type { NodeId } from '../../systems/node.ts';

/** Times are placed to this, and no fault is shorter. */
export const STEP_MS = 10;

export const ROLES = ['primary', 'one', 'minority', 'majority', 'all'] as const;

type Frame = Pick<Setting, 'nodes' | 'callTimeoutMs' | 'options'>;

/** A fault of this name, neither the least nor the most of its sort, at these nodes and times. */
export function placed(
  name: string,
  {
    at,
    fromMs,
    toMs,
    id,
  }: { readonly at: readonly NodeId[]; readonly fromMs: number; readonly toMs: number; readonly id: number },
  { nodes, callTimeoutMs, options }: Frame,
): Fault {
  const scene = { nodes, callTimeoutMs, durationMs: options.durationMs, shortestMs: 1 };
  const fault = { ...NAMED[name]!.draw(() => 0.5, scene), id, fromMs, toMs } as Fault;
  return aimed(fault, at, nodes);
}

/** The fault at other nodes: for a partition one side of it, for bad links those among which they are. */
export function aimed(fault: Fault, at: Targets, nodes: readonly NodeId[]): Fault {
  if (fault.kind === 'partition') {
    const { isolate: _, cut, ...rest } = fault;
    if (typeof at === 'string') return { ...rest, cut: [], isolate: at };
    const others = nodes.filter((node) => !at.includes(node));
    const there = at.flatMap((from) => others.map((to) => [from, to] as const));
    return { ...rest, cut: isOneWay(cut) ? there : [...there, ...there.map(([from, to]) => [to, from] as const)] };
  }
  if (fault.kind === 'link') return { ...fault, among: typeof at === 'string' ? nodes : at };
  return 'targets' in fault ? { ...fault, targets: at } : fault;
}

/** The nodes, or the role, at which the fault is aimed: of a partition one side. */
export function aimOf(fault: Fault, nodes: readonly NodeId[]): Targets {
  if (fault.kind !== 'partition') return meaningOf(fault).targets(fault);
  const { cut, isolate } = fault;
  if (isolate !== undefined) return isolate;
  const first = cut[0]?.[0];
  if (first === undefined) return [];
  if (isOneWay(cut)) return nodes.filter((node) => cut.some(([from]) => from === node));
  const lost = new Set(cut.flatMap(([from, to]) => (from === first ? [to] : [])));
  const side = nodes.filter((node) => !lost.has(node));
  const other = nodes.filter((node) => lost.has(node));
  return other.length < side.length ? other : side;
}

function isOneWay(cut: readonly (readonly [NodeId, NodeId])[]): boolean {
  return cut.length > 0 && cut.every(([a, b]) => !cut.some(([from, to]) => from === b && to === a));
}

/** The fault later by so much, as long as before, and within the time. */
export function moved(fault: Fault, byMs: number, durationMs: number): Fault {
  const length = fault.toMs - fault.fromMs;
  const fromMs = within(stepped(fault.fromMs + byMs), 0, Math.max(0, durationMs - length));
  return { ...fault, fromMs, toMs: fromMs + length };
}

/** The fault with another beginning or end, within the time. */
export function stretched(
  fault: Fault,
  to: { readonly fromMs?: number; readonly toMs?: number },
  durationMs: number,
): Fault {
  const fromMs = within(stepped(to.fromMs ?? fault.fromMs), 0, fault.toMs - STEP_MS);
  const toMs = within(stepped(to.toMs ?? fault.toMs), fromMs + STEP_MS, Math.max(durationMs, fault.toMs));
  return { ...fault, fromMs, toMs };
}

/** What these faults become in a cluster of other nodes. */
export function amongNodes(
  faults: readonly Fault[],
  before: readonly NodeId[],
  nodes: readonly NodeId[],
): readonly Fault[] {
  const gone = before.filter((node) => !nodes.includes(node));
  return faults.flatMap((fault) => {
    const left = gone.reduce<Fault | undefined>((one, node) => one && meaningOf(one).withoutNode(one, node), fault);
    if (!left || (left.kind === 'link' && left.among.length < 2)) return [];
    if (left.kind !== 'partition' || left.isolate !== undefined) return [left];
    // A side of a partition is a side of the new nodes, too: those that come are on the other.
    const side = aimOf(fault, before);
    const there = typeof side === 'string' ? side : side.filter((node) => nodes.includes(node));
    return there.length === 0 || there.length === nodes.length ? [] : [aimed(left, there, nodes)];
  });
}

/** An id that none of these has. */
export function freeId(faults: readonly Fault[]): number {
  return Math.max(-1, ...faults.map(({ id }) => id)) + 1;
}

/** The numbers that a fault of its kind has beside its times, by the names of their fields. */
export function numbersOf(fault: Fault): readonly (readonly [name: string, value: number])[] {
  return Object.entries(fault).flatMap(([name, value]) =>
    typeof value === 'number' && !['id', 'fromMs', 'toMs'].includes(name) ? [[name, value] as const] : [],
  );
}

const stepped = (ms: number): number => Math.round(ms / STEP_MS) * STEP_MS;
const within = (ms: number, least: number, most: number): number =>
  Math.min(Math.max(ms, least), Math.max(least, most));
