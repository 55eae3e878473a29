import type { NodeId } from '../node.ts';
import { Refused } from '../node.ts';

/** Who leads a partition, since which epoch, and which replicas have all that was ever acknowledged. */
export interface Assignment {
  readonly leader: NodeId;
  readonly epoch: number;
  readonly inSync: readonly NodeId[];
}

export type ControllerCommand = { readonly key: string; readonly epoch: number; readonly node: NodeId } & (
  | { readonly f: 'elect' }
  | { readonly f: 'join' }
  | { readonly f: 'leave' }
);

/**
 * What all nodes agree on about partitions, as a deterministic
 * machine. At first the nodes lead in turns and all are in sync.
 */
export class Controller {
  private readonly nodes: readonly NodeId[];
  private readonly mayLead: (inSync: readonly NodeId[], node: NodeId) => boolean;
  private readonly assignments = new Map<string, Assignment>();

  constructor(nodes: readonly NodeId[], mayLead: (inSync: readonly NodeId[], node: NodeId) => boolean) {
    this.nodes = nodes;
    this.mayLead = mayLead;
  }

  assignment(key: string): Assignment {
    const known = this.assignments.get(key);
    if (known) return known;
    let sum = 0;
    for (let i = 0; i < key.length; i++) sum += key.charCodeAt(i);
    return { leader: this.nodes[sum % this.nodes.length]!, epoch: 0, inSync: this.nodes };
  }

  /** Throws `Refused`, and changes nothing, where the command comes too late or is not allowed. */
  apply({ f, key, epoch, node }: ControllerCommand): void {
    const now = this.assignment(key);
    if (now.epoch !== epoch) throw new Refused(`epoch ${now.epoch} has begun`);
    const others = now.inSync.filter((one) => one !== node);
    if (f === 'elect') this.elect(key, now, node);
    else if (f === 'join') this.assignments.set(key, { ...now, inSync: [...others, node].sort() });
    else if (others.length * 2 > this.nodes.length) this.assignments.set(key, { ...now, inSync: others });
    else throw new Refused('fewer than a majority would be in sync');
  }

  private elect(key: string, { epoch, inSync }: Assignment, node: NodeId): void {
    if (!this.mayLead(inSync, node)) throw new Refused(`${node} is not in sync`);
    const all = inSync.includes(node) ? inSync : [...inSync, node].sort();
    this.assignments.set(key, { leader: node, epoch: epoch + 1, inSync: all });
  }
}
