/** What nodes show of their states while a run lasts: invariants that broke, and shapes that were seen. */
import type { Anomaly } from 'elle-ts';
import type { NodeId } from '../../../systems/node.ts';
import type { Design } from '../../../systems/system.ts';
import type { Machine } from './life.ts';
import { shapeOf } from './shape.ts';
import type { SystemErrors } from './system-errors.ts';
import type { VirtualTime } from './virtual-time.ts';

/** States are looked at after every so many events: one after the other is much the same. */
const EVENTS_BETWEEN_LOOKS = 8;

interface StatesOptions {
  readonly system: Design;
  readonly machines: ReadonlyMap<NodeId, Machine>;
  readonly time: VirtualTime;
  readonly errors: SystemErrors;
  /** Whether shapes are looked at. */
  readonly shapes: boolean;
}

export class States {
  /** The first breach of each invariant. */
  readonly breaches = new Map<string, Anomaly>();
  /** The shapes that nodes' states were seen to have, where they were looked at. */
  readonly shapes = new Set<number>();
  private readonly options: StatesOptions;
  /** The nodes that may have changed since the invariants were judged. */
  private readonly changed = new Set<NodeId>();
  private readonly last = new Map<NodeId, unknown>();
  /** What each invariant has noted so far. */
  private readonly memories: Record<string, Record<string, unknown>> = {};
  private events = 0;

  constructor(options: StatesOptions) {
    this.options = options;
  }

  /** The node may hold something else than before. */
  mayHaveChanged(node: NodeId): void {
    this.changed.add(node);
  }

  /** Judges the invariants, and looks at shapes, after an event and all that followed from it. */
  settled(): void {
    const { invariants } = this.options.system;
    // What happens between the harness and its clients changes no node.
    if (invariants && this.changed.size > 0) this.judge(invariants);
    if (this.options.shapes && ++this.events % EVENTS_BETWEEN_LOOKS === 0)
      for (const state of this.all().values()) this.shapes.add(shapeOf(state));
  }

  /** The states of running nodes. */
  all(): ReadonlyMap<NodeId, unknown> {
    const states = new Map<NodeId, unknown>();
    for (const machine of this.options.machines.values()) {
      if (machine.life?.replica) states.set(machine.id, this.of(machine));
    }
    return states;
  }

  /** What a replica shows of itself now. Throws `HarnessFailure` where that cannot be read. */
  of({ id, life }: Machine): unknown {
    return this.options.errors.shown('state', id, () => life?.replica?.state);
  }

  /** Whom the machine's system takes for members now, if it runs and tells. */
  membersOf({ id, life }: Machine): readonly NodeId[] | undefined {
    return this.options.errors.shown('members', id, () => life?.replica?.membership?.members);
  }

  /** The states of running nodes, brought up to date where they may have changed. */
  private now(): ReadonlyMap<NodeId, unknown> {
    for (const node of this.changed) {
      const machine = this.options.machines.get(node);
      if (machine?.life?.replica) this.last.set(node, this.of(machine));
      else this.last.delete(node);
    }
    return this.last;
  }

  private judge(invariants: NonNullable<Design['invariants']>): void {
    const { time, errors } = this.options;
    const states = this.now();
    for (const name in invariants) {
      if (this.breaches.has(name)) continue;
      this.memories[name] ??= {};
      const memory = this.memories[name];
      const says = errors.asked(`its invariant ${name}`, () => invariants[name]?.(states, memory, this.changed));
      if (says === undefined) continue;
      this.breaches.set(name, {
        name,
        message: says,
        steps: [],
        operations: [],
        at: { ms: time.elapsed(), nodes: [...states.keys()] },
      });
    }
    this.changed.clear();
  }
}
