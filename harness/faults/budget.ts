/** How much of the time in which faults last leaves a system less than its claim needs. */
import type { NodeId } from '../../systems/node.ts';
import type { Need } from './rhythm.ts';
import { lacking, type Placed, type Sorted } from './room.ts';

export class Budget {
  private readonly nodes: readonly NodeId[];
  private readonly need: Need;
  private readonly share: number;
  private faultyMs = 0;
  private beyondMs = 0;

  constructor(nodes: readonly NodeId[], need: Need, share: number) {
    this.nodes = nodes;
    this.need = need;
    this.share = share;
  }

  /** Whether the fault leaves enough by itself, as often as not more than allowed. */
  bears(one: Sorted): boolean {
    return this.share >= 1 || this.lacking([one]) <= this.share;
  }

  /** Whether these, lasting as they are placed, leave the share of all faults within its bound. */
  allows(group: readonly Placed[]): boolean {
    const { faultyMs, beyondMs } = this.spans(group);
    return beyondMs === 0 || this.beyondMs + beyondMs <= this.share * (this.faultyMs + faultyMs) + 1e-6;
  }

  spend(group: readonly Placed[]): void {
    const { faultyMs, beyondMs } = this.spans(group);
    this.faultyMs += faultyMs;
    this.beyondMs += beyondMs;
  }

  /** For how long any of these lasts, and for how long of that they leave too little. */
  private spans(group: readonly Placed[]): { readonly faultyMs: number; readonly beyondMs: number } {
    const edges = [...new Set(group.flatMap(({ fromMs, toMs }) => [fromMs, toMs]))].sort((a, b) => a - b);
    let faultyMs = 0;
    let beyondMs = 0;
    for (const [i, fromMs] of edges.slice(0, -1).entries()) {
      const active = group.filter((one) => one.fromMs <= fromMs && one.toMs > fromMs);
      const ms = edges[i + 1]! - fromMs;
      if (active.length > 0) faultyMs += ms;
      beyondMs += this.lacking(active) * ms;
    }
    return { faultyMs, beyondMs };
  }

  private lacking(some: readonly Sorted[]): number {
    return lacking(
      some.map(({ sort }) => sort),
      this.nodes,
      this.need,
    );
  }
}
