/**
 * What nodes tell of themselves when the harness asks: states,
 * clocks, members, and for how long they were kept from running.
 */
import type { NodeId } from '../../../systems/node.ts';
import type { ClockFault } from '../../faults/clock.ts';
import type { ActiveFaults } from '../active-faults.ts';
import { Starvation } from '../children/starvation.ts';
import type { Starved } from '../cluster.ts';
import { trueMs } from './child-world.ts';
import { all, type Machine } from './machine.ts';
import type { OpenCalls } from './open-calls.ts';

/** How long a fault waits for the clock or the state of a node, which may be paused. */
const MEASURE_MS = 1000;
const STROBE_LOOKS = 10;

export class Measuring {
  private readonly machines: readonly Machine[];
  private readonly calls: OpenCalls;
  private readonly faults: ActiveFaults;
  private readonly starvation = new Starvation({ ownWork: true });

  constructor(machines: readonly Machine[], calls: OpenCalls, faults: ActiveFaults) {
    this.machines = machines;
    this.calls = calls;
    this.faults = faults;
  }

  stop(): void {
    this.starvation.stop();
  }

  async starved(): Promise<Starved> {
    const told = await all(this.machines, async ({ id, life }) => {
      if (!life?.isUp) return undefined;
      const ms = await this.calls.ask(life, 'starved', MEASURE_MS).catch(() => undefined);
      return ms === undefined ? undefined : ([id, Number(ms)] as const);
    });
    return { harness: this.starvation.ms, nodes: Object.fromEntries(told) };
  }

  /**
   * How far a node's clock is ahead, to half the time that asking takes. One that is down or paused cannot be asked.
   */
  async offsetOf(machine: Machine, how: ClockFault['how']): Promise<number | undefined> {
    const { life } = machine;
    if (!life?.isUp || this.isPaused(machine)) return undefined;
    let farthest = 0;
    // A strobe jumps there and back: of several looks, the one that saw it there counts.
    for (let looks = how === 'strobe' ? STROBE_LOOKS : 1; looks > 0; looks--) {
      const sentMs = trueMs();
      const now = Number(await this.calls.ask(life, 'now', MEASURE_MS));
      const offset = now - (sentMs + trueMs()) / 2;
      if (Math.abs(offset) >= Math.abs(farthest)) farthest = offset;
    }
    return farthest;
  }

  /** How many other nodes no longer take any of these for a member. Those that cannot be asked do not count. */
  async without(targets: readonly NodeId[]): Promise<number> {
    const views = await all(this.machines, async (machine) => {
      // A leader that takes itself out knows of it, a follower may not: what counts is who it is gone for.
      if (targets.includes(machine.id) || !machine.life?.isReady || this.isPaused(machine)) return undefined;
      return this.calls.ask(machine.life, 'members', MEASURE_MS).catch(() => undefined);
    });
    return views.filter((members) => Array.isArray(members) && !targets.some((target) => members.includes(target)))
      .length;
  }

  /** The states of the nodes that run and tell. */
  async states(): Promise<ReadonlyMap<NodeId, unknown>> {
    const told = await all(this.machines, async ({ id, life }) => {
      if (!life?.isReady) return undefined;
      const state = await this.calls.ask(life, 'state', MEASURE_MS).catch(() => undefined);
      return state === undefined ? undefined : ([id, state] as const);
    });
    return new Map(told);
  }

  private isPaused({ id }: Machine): boolean {
    return this.faults.lasts('pause', id);
  }
}
