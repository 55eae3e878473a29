import type { NodeControls } from '../../../databases/database.ts';
import type { NodeId } from '../../../systems/node.ts';
import { HarnessFailure } from '../../failure.ts';
import type { Rooted } from '../children/node-processes.ts';
import type { NodeHost } from './host.ts';
import type { DatabaseNode } from './node.ts';

/** The nodes of a cluster, by name. */
export class Nodes {
  private readonly byId = new Map<NodeId, DatabaseNode>();

  add(node: DatabaseNode): void {
    this.byId.set(node.id, node);
  }

  get all(): readonly DatabaseNode[] {
    return [...this.byId.values()];
  }

  get hosts(): readonly NodeHost[] {
    return this.all.map(({ host }) => host);
  }

  get rooted(): readonly Rooted[] {
    return this.all.map(({ rooted }) => rooted);
  }

  /** Throws `HarnessFailure` where there is none of this name. */
  of(id: NodeId): DatabaseNode {
    const node = this.byId.get(id);
    if (!node) throw new HarnessFailure(`there is no node ${id}; the cluster has ${[...this.byId.keys()].join(', ')}`);
    return node;
  }

  /** What an operator may do to them; `crash` kills a node, and `note` takes what he has to tell. */
  controls(crash: (node: DatabaseNode) => Promise<unknown>, note: (says: string) => void): NodeControls {
    return {
      stop: async (id) => void (await crash(this.of(id))),
      start: async (id) => void this.of(id).start(),
      wipe: async (id) => this.of(id).wipe(),
      copy: (from, to) => this.of(to).copyOf(this.of(from)),
      note,
    };
  }
}
