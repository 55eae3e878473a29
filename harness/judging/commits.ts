/**
 * Whether clients got anything done while a fault lasted: an answer that tells of a conflict
 * is one, but who is told of nothing else is not served. Looked at are the nodes that could
 * reach each other, in intervals so long that a system had the time to take note of the fault.
 */
import { type Offered, withArticle } from 'elle-ts';
import type { NodeId } from '../../systems/node.ts';
import { hadEffect, meaningOf, nodesHit } from '../faults/meanings.ts';
import { cutUnder } from '../faults/partition.ts';
import type { InjectedFault } from '../running/nemesis.ts';
import { isEffect, type Recorded } from './responses.ts';

/** Which nodes a claim of availability promises to serve. */
type Promised = 'total' | 'majority' | 'primary-side';

/**
 * How often a function had no effect at a group of nodes that a claim
 * promises to serve, of how many such groups, and one of them in words.
 */
interface Unserved {
  readonly groups: number;
  readonly without: number;
  readonly example?: string;
}

export type Commits = Readonly<Record<Promised, Unserved>>;

export const NO_COMMITS: Commits = {
  total: { groups: 0, without: 0 },
  majority: { groups: 0, without: 0 },
  'primary-side': { groups: 0, without: 0 },
};

/** After so many times as long as a client waits in vain, a system has taken note of a fault. */
const TIMEOUTS = 4;
/** Fewer calls of a function at a group prove nothing: each may have met a conflict. */
const ENOUGH_CALLS = 10;

export interface Frame {
  readonly nodes: readonly NodeId[];
  readonly callTimeoutMs: number;
  /** What clients call but for what comes seldom by nature. */
  readonly functions: readonly string[];
  readonly datatype: Offered;
}

/**
 * Whether a fault lasted so long that a system had the time to take note of it: of shorter ones no answer is certain.
 */
export function isLong({ fromMs, toMs }: Pick<InjectedFault, 'fromMs' | 'toMs'>, callTimeoutMs: number): boolean {
  return toMs - fromMs > TIMEOUTS * callTimeoutMs;
}

/**
 * Looks at one fault, unless others were there at the time:
 * what several together leave of a system is nobody's promise.
 */
export function commitsDuring(
  recorded: Recorded,
  injected: InjectedFault,
  others: readonly InjectedFault[],
  frame: Frame,
): Commits {
  const { fromMs, toMs, fault } = injected;
  const isAlone = others.every((other) => other === injected || other.toMs <= fromMs || other.fromMs >= toMs);
  if (!isAlone || !isLong(injected, frame.callTimeoutMs) || !hadEffect(injected)) return NO_COMMITS;
  const groups = groupsIn(injected, frame.nodes);
  const served = frame.functions.flatMap((f) =>
    groups.map((nodes) => ({ f, nodes, ...callsAt(recorded, f, nodes, injected, frame) })),
  );
  const asked = served.filter(({ called }) => called >= ENOUGH_CALLS);
  const says = ({ f, nodes, called }: (typeof asked)[number]) =>
    `none of ${called} ${f} calls had an effect at ${nodes.join(', ')} in the ${Math.round(toMs - fromMs)} ms of ${withArticle(fault.kind)}`;
  const of = (some: typeof asked): Unserved => {
    const without = some.filter(({ effects }) => effects === 0);
    return { groups: some.length, without: without.length, ...(without[0] ? { example: says(without[0]) } : {}) };
  };
  return {
    total: of(asked),
    majority: of(asked.filter(({ nodes }) => nodes.length > frame.nodes.length / 2)),
    // Nobody but the system knows where the primary is: some group must be served.
    'primary-side': of(frame.functions.flatMap((f) => best(asked.filter((one) => one.f === f)))),
  };
}

function best<T extends { readonly effects: number }>(groups: readonly T[]): readonly T[] {
  return [...groups].sort((a, b) => b.effects - a.effects).slice(0, 1);
}

/** The nodes that were up and could hear each other both ways, apart from those they could not. */
function groupsIn(injected: InjectedFault, nodes: readonly NodeId[]): readonly (readonly NodeId[])[] {
  const { fault } = injected;
  const down = meaningOf(fault).hindersNodes ? nodesHit(injected) : [];
  const up = nodes.filter((node) => !down.includes(node));
  if (fault.kind !== 'partition') return up.length > 0 ? [up] : [];
  const apart = new Set(
    cutUnder(fault, nodesHit(injected), nodes).flatMap(([from, to]) => [`${from} ${to}`, `${to} ${from}`]),
  );
  const groups: NodeId[][] = [];
  for (const node of up) {
    // Who is cut from any of a group is no part of it: on a ring or beside
    // a bridge each node is alone with those that all hear each other.
    const group = groups.find((members) => members.every((member) => !apart.has(`${node} ${member}`)));
    if (group) group.push(node);
    else groups.push([node]);
  }
  return groups;
}

function callsAt(
  recorded: Recorded,
  f: string,
  nodes: readonly NodeId[],
  { fromMs, toMs }: InjectedFault,
  { datatype }: Frame,
): { readonly called: number; readonly effects: number } {
  const { columns } = recorded.history;
  const index = columns.fNames.indexOf(f);
  let called = 0;
  let effects = 0;
  for (let row = 0; row < columns.length; row++) {
    const startNs = columns.startNs[row]!;
    if (columns.f[row] !== index || startNs < fromMs * 1e6 || startNs >= toMs * 1e6) continue;
    if (!nodes.includes(columns.nodeNames[columns.node[row]!] ?? '')) continue;
    called++;
    if (isEffect(recorded, row, datatype)) effects++;
  }
  return { called, effects };
}

export function addCommits(a: Commits, b: Commits): Commits {
  const add = (one: Unserved, other: Unserved): Unserved => {
    const example = one.example ?? other.example;
    return {
      groups: one.groups + other.groups,
      without: one.without + other.without,
      ...(example === undefined ? {} : { example }),
    };
  };
  return {
    total: add(a.total, b.total),
    majority: add(a.majority, b.majority),
    'primary-side': add(a['primary-side'], b['primary-side']),
  };
}
