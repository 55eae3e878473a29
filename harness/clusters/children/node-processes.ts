/**
 * All processes of a node: those that were started for it, what these started in turn, and daemons that stayed in its
 * folder. Linux alone shows them; elsewhere only those that were started are known.
 */
import { readdirSync, readlinkSync } from 'node:fs';
import type { NodeId } from '../../../systems/node.ts';
import { allProcesses } from './process-tree.ts';

/** What a node's processes are known by. */
export interface Rooted {
  readonly id: NodeId;
  /** The working folder of its processes, and of nobody else's. */
  readonly folder: string;
  /** The processes that were started for it. */
  readonly roots: readonly number[];
}

/** The processes of each node now. */
export function processesOf(nodes: readonly Rooted[]): ReadonlyMap<NodeId, readonly number[]> {
  const parents = new Map(allProcesses().map(({ pid, parent }) => [pid, parent] as const));
  const children = new Map<number, number[]>();
  for (const [pid, parent] of parents) children.set(parent, [...(children.get(parent) ?? []), pid]);
  return new Map(nodes.map((node) => [node.id, processesIn(node, parents, children)] as const));
}

function processesIn(
  { folder, roots }: Rooted,
  parents: ReadonlyMap<number, number>,
  children: ReadonlyMap<number, readonly number[]>,
): readonly number[] {
  const found = new Set(roots);
  // Iterating over a set also visits what is added meanwhile.
  for (const pid of found) for (const child of children.get(pid) ?? []) found.add(child);
  for (const pid of parents.keys()) {
    if (found.has(pid)) continue;
    const at = linkAt(`/proc/${pid}/cwd`);
    if (at === folder || at.startsWith(`${folder}/`)) found.add(pid);
  }
  return [...found];
}

/** What a link points to; empty where it is gone. */
export function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** The names in a folder; none where it is gone. */
export function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
