/** Which nodes still hear each other. */
import type { NodeId } from '../../systems/node.ts';

/** Messages along these directed pairs are lost. */
export type Cut = readonly (readonly [from: NodeId, to: NodeId])[];

/**
 * The largest group of nodes that all hear each other both ways, as a bridge hears each of two halves that do not
 * hear one another. Up to a dozen nodes it is exact; of more, nodes that many others do not hear are left out first.
 */
export function largestGroup(nodes: readonly NodeId[], cut: Cut): readonly NodeId[] {
  const apart = new Map(nodes.map((node) => [node, new Set<NodeId>()]));
  for (const [from, to] of cut) {
    if (!apart.has(from) || !apart.has(to)) continue;
    apart.get(from)!.add(to);
    apart.get(to)!.add(from);
  }
  return largest(nodes, apart, nodes.length > 12);
}

type Apart = ReadonlyMap<NodeId, ReadonlySet<NodeId>>;

function largest(nodes: readonly NodeId[], apart: Apart, roughly: boolean): readonly NodeId[] {
  const lost = (node: NodeId) => nodes.reduce((sum, other) => sum + (apart.get(node)!.has(other) ? 1 : 0), 0);
  const [loneliest, count] = nodes
    .map((node) => [node, lost(node)] as const)
    .reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0] as const);
  if (count === 0) return nodes;
  const without = largest(
    nodes.filter((node) => node !== loneliest),
    apart,
    roughly,
  );
  if (roughly) return without;
  const withIt = nodes.filter((node) => !apart.get(loneliest)!.has(node));
  if (withIt.length <= without.length) return without;
  const found = largest(withIt, apart, roughly);
  return found.length > without.length ? found : without;
}
