import type { NodeId } from '../../systems/node.ts';
import type { Fault } from '../faults/fault.ts';
import { meaningOf } from '../faults/meanings.ts';
import { membersUnder } from '../faults/membership.ts';

/** The faults that last now, and the nodes that each was aimed at when it began: the same for both clusters. */
export class ActiveFaults {
  private readonly nodes: readonly NodeId[];
  private readonly targets = new Map<number, readonly NodeId[]>();
  private active: readonly Fault[] = [];

  constructor(nodes: readonly NodeId[]) {
    this.nodes = nodes;
  }

  /** In the order in which they began. The list is replaced, never changed. */
  get all(): readonly Fault[] {
    return this.active;
  }

  begin(fault: Fault, targets: readonly NodeId[]): void {
    this.targets.set(fault.id, targets);
    const made = meaningOf(fault).resolved?.(fault, targets, this.nodes) ?? fault;
    this.active = [...this.active, made];
  }

  end({ id }: Fault): void {
    this.active = this.active.filter((other) => other.id !== id);
  }

  endAll(): void {
    this.active = [];
  }

  /** The nodes that a fault was aimed at when it began, also after its end; none where it never began. */
  targetsOf({ id }: Fault): readonly NodeId[] {
    return this.targets.get(id) ?? [];
  }

  /** Whether a fault of this kind lasts now that is aimed at the node. */
  lasts(kind: Fault['kind'], node: NodeId): boolean {
    return this.active.some((fault) => fault.kind === kind && this.targetsOf(fault).includes(node));
  }

  /** The nodes that the faults of this moment have taken: dead, or stopped. */
  get taken(): readonly NodeId[] {
    return this.active.flatMap((fault) => (meaningOf(fault).takesNodes ? this.targetsOf(fault) : []));
  }

  /** The members that the faults of this moment leave. */
  members(): readonly NodeId[] {
    return membersUnder(this.active, (id) => this.targets.get(id), this.nodes);
  }
}
