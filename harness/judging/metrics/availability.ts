/** Who was answered while each fault lasted, on which side of it, and how soon all were answered again. */
import type { NodeId } from '../../../systems/node.ts';
import type { Fault } from '../../faults/fault.ts';
import { meaningOf, nodesHit } from '../../faults/meanings.ts';
import type { InjectedFault } from '../../running/nemesis.ts';
import { isAnswered, isCommitted, type Recorded } from '../responses.ts';

/**
 * Where a node stood in a fault. In a partition it is on a `majority` side when it and those with
 * which it can talk both ways are more than half of all, and on a `minority` side otherwise;
 * in other faults it is `hit` or one of the `others`; a bad link leaves no node aside.
 */
export type Side = 'majority' | 'minority' | 'hit' | 'others';

/**
 * Calls; those of them that were answered before the client gave up;
 * and those that succeeded, where the others were told of a conflict.
 */
export interface Responses {
  readonly called: number;
  readonly answered: number;
  readonly committed: number;
}

interface SideSeen extends Responses {
  readonly side: Side;
  /** The calls began at these nodes while the fault lasted. */
  readonly nodes: readonly NodeId[];
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
  recorded: Recorded,
  faults: readonly InjectedFault[],
  nodes: readonly NodeId[],
): readonly FaultSeen[] {
  return faults.map((injected) => {
    const { fault, fromMs, toMs } = injected;
    const recoveryMs = recovery(recorded, nodes, toMs);
    return {
      ...{ fault: fault.id, kind: fault.kind, fromMs, toMs },
      sides: sidesOf(injected, nodes).map(([side, members]) => ({
        ...{ side, nodes: members },
        ...countAt(recorded, members, fromMs, toMs),
      })),
      ...(recoveryMs === undefined ? {} : { recoveryMs }),
      overlapped: faults.some((other) => other !== injected && other.fromMs < toMs && other.toMs > toMs),
    };
  });
}

/** The same counts for all calls that began while no fault was there: what the others are to be measured by. */
export function calmSeen(recorded: Recorded, faults: readonly InjectedFault[]): Responses {
  const { columns } = recorded.history;
  return count(recorded, (row) => {
    const ms = columns.startNs[row]! / 1e6;
    return !faults.some(({ fromMs, toMs }) => fromMs <= ms && ms < toMs);
  });
}

function count(recorded: Recorded, isAmong: (row: number) => boolean): Responses {
  const counts = { called: 0, answered: 0, committed: 0 };
  for (let row = 0; row < recorded.history.length; row++) {
    if (!isAmong(row)) continue;
    counts.called++;
    if (isAnswered(recorded, row)) counts.answered++;
    if (isCommitted(recorded, row)) counts.committed++;
  }
  return counts;
}

function sidesOf(injected: InjectedFault, nodes: readonly NodeId[]): readonly (readonly [Side, readonly NodeId[]])[] {
  const { fault, began } = injected;
  const hit = began === 'indeterminate' ? [] : nodesHit(injected);
  return meaningOf(fault)
    .sides(fault, hit, nodes)
    .filter(([, members]) => members.length > 0);
}

function countAt(recorded: Recorded, nodes: readonly NodeId[], fromMs: number, toMs: number): Responses {
  const { startNs, node, nodeNames } = recorded.history.columns;
  return count(recorded, (row) => {
    const isThen = startNs[row]! >= fromMs * 1e6 && startNs[row]! < toMs * 1e6;
    return isThen && nodes.includes(nodeNames[node[row]!] ?? '');
  });
}

function recovery(recorded: Recorded, nodes: readonly NodeId[], endMs: number): number | undefined {
  const { columns } = recorded.history;
  const waiting = new Map(nodes.map((node) => [node, Number.POSITIVE_INFINITY]));
  for (let row = 0; row < columns.length; row++) {
    if (columns.startNs[row]! < endMs * 1e6 || !isAnswered(recorded, row)) continue;
    const node = columns.nodeNames[columns.node[row]!] ?? '';
    const known = waiting.get(node);
    if (known !== undefined) waiting.set(node, Math.min(known, columns.endNs[row]!));
  }
  const last = Math.max(...waiting.values());
  return Number.isFinite(last) ? Math.round((last - endMs * 1e6) / 1e3) / 1e3 : undefined;
}
