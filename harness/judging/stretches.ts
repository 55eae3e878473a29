/**
 * What faults left of a cluster, and when: stretches of a run in which the same faults lasted, with the nodes that
 * were up and could hear each other. What a claim promises is asked of such stretches alone in which its
 * conditions held; they are known from what faults were aimed at when they began, measured from outside the nodes.
 */
import type { NodeId } from '../../systems/node.ts';
import type { Claim } from '../../systems/system.ts';
import { type Cut, largestGroup } from '../faults/groups.ts';
import { hadEffect, meaningOf, nodesHit } from '../faults/meanings.ts';
import type { InjectedFault } from '../running/nemesis.ts';

/** Which nodes a claim of availability promises to serve. */
export type Promised = Exclude<Claim['available'], 'none'>;
export const PROMISES: readonly Promised[] = ['total', 'majority', 'primary-side'];

export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  /** The faults that lasted all the while. */
  readonly active: readonly InjectedFault[];
  /**
   * By promise, the groups of nodes of which each is promised an answer: those that heard each other; for a majority
   * all that were in one; beside the primary any of these groups may be the one. None where nothing is promised.
   */
  readonly groups: Readonly<Record<Promised, readonly (readonly NodeId[])[]>>;
  /** Nothing lasted but faults that take nodes or cut them off for good, so that those left were undisturbed. */
  readonly isCalm: boolean;
  /** No messages were lost or late by chance: where they are, a client may wait in vain for each single answer. */
  readonly isSure: boolean;
}

const NOBODY: Stretch['groups'] = { total: [], majority: [], 'primary-side': [] };

/** After so many times as long as a client waits in vain, a system has taken note of a fault. */
const TIMEOUTS = 4;

/** How long a stretch must be before any answer is certain: a system takes note of what happened, and recovers. */
export function settlingMs(callTimeoutMs: number, recoversMs: number): number {
  return Math.max(TIMEOUTS * callTimeoutMs, recoversMs);
}

/** The stretches of a run in which any fault lasted, in the order of time; those alone that are longer than this. */
export function stretchesIn(
  faults: readonly InjectedFault[],
  nodes: readonly NodeId[],
  longerThanMs = 0,
): readonly Stretch[] {
  const edges = [...new Set(faults.flatMap(({ fromMs, toMs }) => [fromMs, toMs]))].sort((a, b) => a - b);
  return edges.slice(0, -1).flatMap((fromMs, i) => {
    if (edges[i + 1]! - fromMs <= longerThanMs) return [];
    const active = faults.filter((one) => one.fromMs <= fromMs && one.toMs > fromMs);
    return active.length === 0 ? [] : [{ fromMs, toMs: edges[i + 1]!, active, ...leftBy(active, nodes) }];
  });
}

function leftBy(
  active: readonly InjectedFault[],
  nodes: readonly NodeId[],
): Pick<Stretch, 'groups' | 'isCalm' | 'isSure'> {
  // Of a fault that may or may not have been there nobody knows what it left.
  if (active.some(({ began, ended }) => began === 'indeterminate' || ended === 'indeterminate'))
    return { groups: NOBODY, isCalm: false, isSure: false };
  const hindered = active.filter(({ fault }) => meaningOf(fault).hindersNodes).flatMap(nodesHit);
  const up = nodes.filter((node) => !hindered.includes(node));
  const cut = active.flatMap(
    (injected) => meaningOf(injected.fault).cuts?.(injected.fault, nodesHit(injected), nodes) ?? [],
  );
  const heard = cut.length === 0 ? [up].filter(({ length }) => length > 0) : groupsOf(up, cut);
  const enough = up.length > nodes.length / 2;
  const majority = enough ? up.filter((node) => cut.length === 0 || isOfMajority(node, up, cut, nodes.length)) : [];
  // Where nodes are down or stopped, the primary may be among them.
  const mayLackPrimary = active.some(({ fault }) => meaningOf(fault).takesNodes);
  return {
    groups: {
      total: heard,
      majority: majority.length > 0 ? [majority] : [],
      'primary-side': mayLackPrimary ? [] : heard,
    },
    isSure: active.every(({ fault }) => {
      const { hindersNodes, cuts } = meaningOf(fault);
      return hindersNodes || cuts !== undefined;
    }),
    isCalm: active.every(({ fault }) => {
      const { takesNodes, cuts, isSteady } = meaningOf(fault);
      return (takesNodes || cuts) && isSteady?.(fault) !== false;
    }),
  };
}

function isApart(a: NodeId, b: NodeId, cut: Cut): boolean {
  return cut.some(([from, to]) => (from === a && to === b) || (from === b && to === a));
}

/** Whether the node is one of more than half of all that hear each other: a bridge is of two such groups. */
function isOfMajority(node: NodeId, up: readonly NodeId[], cut: Cut, all: number): boolean {
  const hears = up.filter((other) => other === node || !isApart(node, other, cut));
  return largestGroup(hears, cut).length > all / 2;
}

/** Nodes that could hear each other both ways, apart from those they could not. */
function groupsOf(up: readonly NodeId[], cut: Cut): readonly (readonly NodeId[])[] {
  const groups: NodeId[][] = [];
  for (const node of up) {
    // Who is cut from any of a group is no part of it: on a ring or beside
    // a bridge each node is alone with those that all hear each other.
    const group = groups.find((members) => members.every((member) => !isApart(node, member, cut)));
    if (group) group.push(node);
    else groups.push([node]);
  }
  return groups;
}

/** What lasted: `crash, partition`. */
export function kindsText({ active }: Pick<Stretch, 'active'>): string {
  return [...new Set(active.filter(hadEffect).map(({ fault }) => fault.kind))].sort().join(', ') || 'no fault';
}
