/** Who was answered while each fault lasted, on which side of it, and how soon all were answered again. */
import type { NodeId } from '../../../systems/node.ts';
import type { Fault } from '../../faults/fault.ts';
import { meaningOf, nodesHit } from '../../faults/meanings.ts';
import type { InjectedFault } from '../../running/nemesis.ts';
import { isAnswered, isCommitted, type Recorded, rowsBetween } from '../responses.ts';

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
  /**
   * Whether another fault was there when this one ended, or began before every node
   * had answered again: then it is no recovery from this one, and counts nowhere.
   */
  readonly overlapped: boolean;
}

/** How soon every node answered again after faults of a kind that no other fault disturbed. */
export interface Recoveries {
  /** Faults that ended undisturbed, and those of them after which every node answered again. */
  readonly faults: number;
  readonly recovered: number;
  readonly medianMs?: number;
  readonly mostMs?: number;
}

/** Recoveries by the kind of the fault. */
export function recoveriesByKind(seen: readonly FaultSeen[]): Readonly<Record<string, Recoveries>> {
  const undisturbed = seen.filter(({ overlapped }) => !overlapped);
  const kinds = [...new Set(undisturbed.map(({ kind }) => kind))].sort();
  return Object.fromEntries(
    kinds.map((kind) => {
      const faults = undisturbed.filter((one) => one.kind === kind);
      const times = faults.flatMap(({ recoveryMs }) => recoveryMs ?? []).sort((a, b) => a - b);
      const known = times.length > 0 ? { medianMs: times[times.length >> 1]!, mostMs: times.at(-1)! } : {};
      return [kind, { faults: faults.length, recovered: times.length, ...known }];
    }),
  );
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
      overlapped: faults.some(
        (other) =>
          other !== injected && other.toMs > toMs && other.fromMs < toMs + (recoveryMs ?? Number.POSITIVE_INFINITY),
      ),
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

function count(recorded: Recorded, isAmong: (row: number) => boolean, first = 0, end?: number): Responses {
  const counts = { called: 0, answered: 0, committed: 0 };
  for (let row = first; row < (end ?? recorded.history.length); row++) {
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
  const { columns } = recorded.history;
  const [first, end] = rowsBetween(columns, fromMs, toMs);
  return count(recorded, (row) => nodes.includes(columns.nodeNames[columns.node[row]!] ?? ''), first, end);
}

function recovery(recorded: Recorded, nodes: readonly NodeId[], endMs: number): number | undefined {
  const { columns } = recorded.history;
  const answered = new Map<NodeId, number>();
  let lastNs = 0;
  for (let [row] = rowsBetween(columns, endMs, Number.POSITIVE_INFINITY); row < columns.length; row++) {
    // Whatever begins once all have answered is later than that.
    if (answered.size === nodes.length && columns.startNs[row]! > lastNs) break;
    const node = columns.nodeNames[columns.node[row]!] ?? '';
    if (!nodes.includes(node) || !isAnswered(recorded, row)) continue;
    answered.set(node, Math.min(answered.get(node) ?? Number.POSITIVE_INFINITY, columns.endNs[row]!));
    lastNs = Math.max(...answered.values());
  }
  if (answered.size < nodes.length || !Number.isFinite(lastNs)) return undefined;
  return Math.round((lastNs - endMs * 1e6) / 1e3) / 1e3;
}
