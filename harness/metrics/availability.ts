/** Who was answered while each fault lasted, on which side of it, and how soon all were answered again. */
import type { Columns, History } from 'elle-ts';
import type { NodeId } from '../../systems/node.ts';
import type { Fault } from '../faults/fault.ts';
import type { Struck } from '../nemesis.ts';
import { isAnswered } from './latency.ts';

/**
 * Where a node stood in a fault. In a partition it is on a `majority` side when it and those with which it can talk both ways are more than half
 * of all, and on a `minority` side otherwise; in other faults it is `struck` or one of the `others`; a bad link leaves no node aside.
 */
export type Side = 'majority' | 'minority' | 'struck' | 'others';

export interface SideSeen {
  readonly side: Side;
  readonly nodes: readonly NodeId[];
  /** Calls that began at these nodes while the fault lasted, and those of them that were answered before the client gave up. */
  readonly called: number;
  readonly answered: number;
}

export interface FaultSeen {
  readonly fault: number;
  readonly kind: Fault['kind'];
  readonly fromMs: number;
  readonly toMs: number;
  readonly sides: readonly SideSeen[];
  /** From its end until every node had answered a call made after that; absent where one never did. */
  readonly recoveryMs?: number;
  /** Whether another fault was there when this one ended: then the recovery is from both. */
  readonly overlapped: boolean;
}

export function faultsSeen(
  history: History,
  faults: readonly Struck[],
  nodes: readonly NodeId[],
): readonly FaultSeen[] {
  return faults.map((struck) => {
    const { fault, fromMs, toMs } = struck;
    const recoveryMs = recovery(history.columns, nodes, toMs);
    return {
      ...{ fault: fault.id, kind: fault.kind, fromMs, toMs },
      sides: sidesOf(struck, nodes).map(([side, members]) => ({
        ...{ side, nodes: members },
        ...countAt(history.columns, members, fromMs, toMs),
      })),
      ...(recoveryMs === undefined ? {} : { recoveryMs }),
      overlapped: faults.some((other) => other !== struck && other.fromMs < toMs && other.toMs > toMs),
    };
  });
}

/** The same counts for all calls that began while no fault was there: what the others are to be measured by. */
export function calmSeen({ columns }: History, faults: readonly Struck[]): Pick<SideSeen, 'called' | 'answered'> {
  let called = 0;
  let answered = 0;
  for (let row = 0; row < columns.length; row++) {
    const ms = columns.startNs[row]! / 1e6;
    if (faults.some(({ fromMs, toMs }) => fromMs <= ms && ms < toMs)) continue;
    called++;
    if (isAnswered(columns, row)) answered++;
  }
  return { called, answered };
}

function sidesOf({ fault, began }: Struck, nodes: readonly NodeId[]): readonly (readonly [Side, readonly NodeId[]])[] {
  const isFirst =
    fault.kind === 'partition'
      ? majorityIn(fault.cut, nodes)
      : (node: NodeId) => began !== 'indeterminate' && began.targets.includes(node);
  const names: readonly [Side, Side] = fault.kind === 'partition' ? ['majority', 'minority'] : ['struck', 'others'];
  const sides = [
    [names[0], nodes.filter(isFirst)],
    [names[1], nodes.filter((node) => !isFirst(node))],
  ] as const;
  return sides.filter(([, members]) => members.length > 0);
}

function majorityIn(cut: readonly (readonly [NodeId, NodeId])[], nodes: readonly NodeId[]): (node: NodeId) => boolean {
  const apart = new Set(cut.flatMap(([from, to]) => [`${from} ${to}`, `${to} ${from}`]));
  return (node) => nodes.filter((other) => !apart.has(`${node} ${other}`)).length > nodes.length / 2;
}

function countAt(
  columns: Columns,
  nodes: readonly NodeId[],
  fromMs: number,
  toMs: number,
): Pick<SideSeen, 'called' | 'answered'> {
  let called = 0;
  let answered = 0;
  for (let row = 0; row < columns.length; row++) {
    const startNs = columns.startNs[row]!;
    if (startNs < fromMs * 1e6 || startNs >= toMs * 1e6) continue;
    if (!nodes.includes(columns.nodeNames[columns.node[row]!] ?? '')) continue;
    called++;
    if (isAnswered(columns, row)) answered++;
  }
  return { called, answered };
}

function recovery(columns: Columns, nodes: readonly NodeId[], endMs: number): number | undefined {
  const waiting = new Map(nodes.map((node) => [node, Number.POSITIVE_INFINITY]));
  for (let row = 0; row < columns.length; row++) {
    if (columns.startNs[row]! < endMs * 1e6 || !isAnswered(columns, row)) continue;
    const node = columns.nodeNames[columns.node[row]!] ?? '';
    const known = waiting.get(node);
    if (known !== undefined) waiting.set(node, Math.min(known, columns.endNs[row]!));
  }
  const last = Math.max(...waiting.values());
  return Number.isFinite(last) ? Math.round((last - endMs * 1e6) / 1e3) / 1e3 : undefined;
}
