/** Processes that end without being asked to: an end that a fault explains is a note, any other one ends the run. */
import type { NodeId } from '../../../systems/node.ts';
import type { Fault } from '../../faults/fault.ts';
import type { DatabaseNode } from './node.ts';

/** Kinds of fault over which software may end: a clock that jumps, a disk that fails. */
const EXPLAINING: readonly Fault['kind'][] = ['clock', 'disk'];

/** What is needed of the cluster around. */
interface Around {
  elapsed(): number;
  /** Whether the run is over. */
  isOver(): boolean;
  node(id: NodeId): DatabaseNode;
  crash(node: DatabaseNode): Promise<unknown>;
  note(says: string): void;
  fail(sentence: string): void;
}

export class Exits {
  private readonly around: Around;
  /** Faults that explain an end of a node's processes, and until when: for a while after they ended, too. */
  private readonly explained = new Map<NodeId, { readonly kind: string; readonly untilMs: number }>();
  /** Nodes that ended so. */
  private readonly broken = new Set<NodeId>();

  constructor(around: Around) {
    this.around = around;
  }

  /** From now on, and until then, the fault explains ends of these nodes' processes. */
  explain({ kind }: Fault, targets: readonly NodeId[], untilMs: number): void {
    if (EXPLAINING.includes(kind)) for (const id of targets) this.explained.set(id, { kind, untilMs });
  }

  /** A process ended by itself. */
  ended(node: DatabaseNode, program: string, how: string): void {
    const { around } = this;
    const says = `${node.id} (${program}) ended by itself (${how})`;
    const { kind, untilMs } = this.explained.get(node.id) ?? { kind: '', untilMs: 0 };
    if (kind === '' || around.elapsed() > untilMs) {
      around.fail(`${says}. ${node.logTail()}`);
      return;
    }
    // Software that stops over a clock that jumps tells something of itself, and is no fault of the harness.
    around.note(`${says} under a ${kind} fault: it starts again when that is over`);
    this.broken.add(node.id);
    void around.crash(node).then(() => this.startBroken());
  }

  /** Starts what ended by itself under a fault, once none lasts that explains it. */
  startBroken(): void {
    for (const id of this.broken) {
      if (this.around.isOver() || this.explained.get(id)?.untilMs === Number.POSITIVE_INFINITY) continue;
      this.broken.delete(id);
      const node = this.around.node(id);
      if (!node.isUp) node.start();
    }
  }
}
