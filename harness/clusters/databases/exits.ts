/** Processes that end without being asked to: an end that a fault explains is a note, any other one ends the run. */
import type { NodeId } from '../../../systems/node.ts';
import type { Fault } from '../../faults/fault.ts';
import { messageOf } from '../../node/thrown.ts';
import type { DatabaseNode } from './node.ts';

/** What ends again before it was up for so long is started anew after a while. */
const SOON_MS = 3000;
const AGAIN_MS = 500;
/** So often is told of a node that it ended so. */
const TOLD = 3;

/** What is needed of the cluster around. */
interface Around {
  elapsed(): number;
  /** Whether the run is over. */
  isOver(): boolean;
  node(id: NodeId): DatabaseNode;
  crash(node: DatabaseNode): Promise<unknown>;
  /** Does to its files what the database's documentation says before it is started again. */
  repair(node: DatabaseNode): Promise<void>;
  /** What is done with what ended under a fault that is over, in words. */
  readonly again: string;
  note(says: string): void;
  fail(sentence: string): void;
}

/** What explains that a node ends. */
interface Explained {
  /** The fault, in words. */
  readonly by: string;
  /** Until when it does. */
  readonly untilMs: number;
  /** Whether the fault is over. */
  readonly isOver: boolean;
  /** How often it ended, and when last. */
  ends: number;
  endedMs: number;
}

export class Exits {
  private readonly around: Around;
  private readonly explained = new Map<NodeId, Explained>();
  /** Nodes that ended so. */
  private readonly broken = new Set<NodeId>();
  /** Nodes on whose disks there may be what their software never left there. */
  private readonly damaged = new Set<NodeId>();

  constructor(around: Around) {
    this.around = around;
  }

  /** From now on, while it lasts, the fault explains ends of these nodes' processes. */
  explain(fault: Fault, targets: readonly NodeId[]): void {
    this.set(fault, targets, { untilMs: Number.POSITIVE_INFINITY, isOver: false });
  }

  /** The fault is over: for so long it still explains ends, and for ever where the disk is not what it was. */
  explainAfter(fault: Fault, targets: readonly NodeId[], ms: number): void {
    if (leavesDamage(fault)) for (const id of targets) this.damaged.add(id);
    this.set(fault, targets, { untilMs: this.around.elapsed() + ms, isOver: true });
  }

  /** A process ended by itself. */
  ended(node: DatabaseNode, program: string, how: string): void {
    const { around } = this;
    const says = `${node.id} (${program}) ended by itself (${how})`;
    const explained = this.explained.get(node.id);
    if (!explained || (around.elapsed() > explained.untilMs && !this.damaged.has(node.id))) {
      around.fail(`${says}. ${node.logTail()}`);
      return;
    }
    const isAgain = around.elapsed() - explained.endedMs < SOON_MS;
    explained.ends++;
    explained.endedMs = around.elapsed();
    // Software that stops over a clock that jumps tells something of itself, and is no fault of the harness.
    const then = explained.isOver ? this.around.again : 'it starts again when that is over';
    const more = explained.ends === TOLD ? ' (what more of it ends is not told)' : '';
    if (explained.ends <= TOLD)
      around.note(`${says} ${explained.isOver ? 'after' : 'under'} a ${explained.by} fault: ${then}${more}`);
    this.broken.add(node.id);
    void around.crash(node).then(async () => {
      if (isAgain) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      await this.startBroken();
    });
  }

  /** Starts what ended by itself under a fault, once none lasts that explains it. */
  async startBroken(): Promise<void> {
    const ready = [...this.broken].filter((id) => this.explained.get(id)?.isOver !== false);
    for (const id of ready) this.broken.delete(id);
    await Promise.all(ready.map((id) => this.startAgain(this.around.node(id))));
  }

  private async startAgain(node: DatabaseNode): Promise<void> {
    const { around } = this;
    if (node.isUp || around.isOver()) return;
    await around.repair(node).catch((error) => around.note(`${node.id} could not be repaired: ${messageOf(error)}`));
    if (!node.isUp && !around.isOver()) node.start();
  }

  private set(fault: Fault, targets: readonly NodeId[], how: Pick<Explained, 'untilMs' | 'isOver'>): void {
    const by = explaining(fault);
    if (by === undefined) return;
    const never = { ends: 0, endedMs: Number.NEGATIVE_INFINITY };
    for (const id of targets) this.explained.set(id, { ...never, ...this.explained.get(id), ...how, by });
  }
}

/** What it is called where software may end over it: a clock that jumps, a disk that fails, power that failed. */
function explaining(fault: Fault): string | undefined {
  if (fault.kind === 'crash') return fault.disk === 'synced' ? 'power' : undefined;
  return fault.kind === 'clock' || fault.kind === 'disk' ? fault.kind : undefined;
}

/** Whether a disk may hold from then on what its software never left there. */
function leavesDamage(fault: Fault): boolean {
  return (fault.kind === 'crash' && fault.disk === 'synced') || (fault.kind === 'disk' && fault.how !== 'slow');
}
