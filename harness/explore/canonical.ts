/**
 * One form for runs that differ in names alone: nodes and clients
 * are numbered in the order in which the story meets them.
 */
import type { Planned } from './trial.ts';

/**
 * The same plan with its nodes called n1, n2, ... (of programs n0, n1, ...) and its clients 0, 1, ... by
 * first appearance, calls before faults. It is another run all the same: names are part of messages'
 * identities, and of how systems break ties.
 */
export function renamed(planned: Planned): Planned {
  const { plan, nodes, options } = planned;
  const inOrder = [...plan.calls].sort((a, b) => a.atMs - b.atMs || a.id - b.id);
  const named = nodeNames(plan.faults).filter((name) => nodes.includes(name));
  const met = [...new Set([...inOrder.map(({ node }) => node), ...named, ...nodes])];
  // Programs' nodes are called n0 and on.
  const first = nodes.includes('n0') ? 0 : 1;
  const nameOf = new Map(met.map((node, i) => [node, `n${first + i}`]));
  const clientOf = new Map([...new Set(inOrder.map(({ client }) => client))].map((client, i) => [client, i]));
  const inNewNames = <T>(value: T): T => renamedIn(value, nameOf) as T;
  const calls = plan.calls.map((call) => ({
    ...call,
    client: clientOf.get(call.client)!,
    node: nameOf.get(call.node) ?? call.node,
  }));
  const order = met.map((node) => nameOf.get(node)!);
  return {
    ...planned,
    nodes: order,
    options: { ...options, nodes: order },
    plan: { ...plan, calls, faults: plan.faults.map(inNewNames) },
  };
}

/** The texts in a fault, in order: node names among them. */
function nodeNames(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(nodeNames) : [];
}

function renamedIn(value: unknown, nameOf: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return nameOf.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => renamedIn(item, nameOf));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, renamedIn(item, nameOf)]));
}
