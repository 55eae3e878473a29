/** Who is whose neighbour, where a program is told: Maelstrom's names, defined here by position. */
import type { NodeId } from '../../../systems/node.ts';

/** What `--topology` takes. */
export const TOPOLOGIES = ['grid', 'line', 'total', 'tree', 'tree2', 'tree3', 'tree4'] as const;
export type TopologyName = (typeof TOPOLOGIES)[number];

/** The neighbours of each node, in the order of the nodes; every link is there in both directions. */
export function topologyOf(name: TopologyName, nodes: readonly NodeId[]): Readonly<Record<NodeId, readonly NodeId[]>> {
  const places = nodes.map((_, i) => i);
  const next = neighbours(name, nodes.length);
  return Object.fromEntries(nodes.map((node, i) => [node, places.filter((j) => next(i, j)).map((j) => nodes[j]!)]));
}

/** Whether the nodes at two places are neighbours. */
function neighbours(name: TopologyName, count: number): (i: number, j: number) => boolean {
  if (name === 'total') return (i, j) => i !== j;
  if (name === 'line') return (i, j) => Math.abs(i - j) === 1;
  if (name === 'grid') return inGrid(Math.ceil(Math.sqrt(count)));
  const branches = name === 'tree' ? 2 : Number(name.slice(4));
  const parent = (i: number) => Math.floor((i - 1) / branches);
  return (i, j) => (i > 0 && parent(i) === j) || (j > 0 && parent(j) === i);
}

/** Nodes are laid row by row into rows of this width. */
function inGrid(width: number): (i: number, j: number) => boolean {
  return (i, j) => {
    const rows = Math.abs(Math.floor(i / width) - Math.floor(j / width));
    const columns = Math.abs((i % width) - (j % width));
    return rows + columns === 1;
  };
}
