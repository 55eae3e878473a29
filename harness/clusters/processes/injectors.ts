/** How real processes are given each kind of fault. One that is not here cannot be made. */
import type { NodeId } from '../../../systems/node.ts';
import type { FaultKind } from '../../../systems/system.ts';
import type { ClockFault, Fault } from '../../faults/fault.ts';
import type { Measured } from '../../faults/meaning.ts';
import { trueMs } from './child-world.ts';
import type { Machine } from './machine.ts';

/** What injectors need of the cluster of processes. */
export interface Injected {
  crash(machine: Machine, disk: 'kept' | 'lost'): Promise<number | undefined>;
  restart(machine: Machine): Promise<number | undefined>;
  pause(machine: Machine): Promise<number | undefined>;
  resume(machine: Machine): Promise<number | undefined>;
  tellMembers(): void;
  /** Messages that a fault of the network lost and changed, as the switch counted. */
  networkEffect(fault: Fault): Omit<Measured, 'targets'>;
  offsetOf(machine: Machine, how: ClockFault['how']): Promise<number | undefined>;
  /** How many nodes take none of these for a member. */
  without(targets: readonly NodeId[]): Promise<number>;
}

interface Injector<F extends Fault> {
  /** Begins it. Returns the processes that it hit, for kinds that hit processes. */
  inject(fault: F, machines: readonly Machine[], cluster: Injected): Promise<readonly number[] | undefined>;
  lift(fault: F, machines: readonly Machine[], cluster: Injected): Promise<readonly number[] | undefined>;
  /** What it was seen to do so far. */
  effect(fault: F, machines: readonly Machine[], cluster: Injected): Promise<Omit<Measured, 'targets'>>;
  /** Tells a node that starts again under it. */
  renew?(fault: F, machine: Machine): void;
  /** Whether the effect is gone once it is lifted, and must be measured before. */
  readonly endsWithFault?: true;
}

const nothing = async () => undefined;
const noEffect = async () => ({});

/** What came of each, without what came to nothing. */
async function all(
  machines: readonly Machine[],
  task: (machine: Machine) => Promise<number | undefined>,
): Promise<readonly number[]> {
  return (await Promise.all(machines.map(task))).filter((result) => result !== undefined);
}

export const injectors: { readonly [K in FaultKind]?: Injector<Extract<Fault, { readonly kind: K }>> } = {
  partition: {
    // The switch asks which partitions last.
    inject: nothing,
    lift: nothing,
    effect: async (fault, _, cluster) => cluster.networkEffect(fault),
  },
  link: {
    inject: nothing,
    lift: nothing,
    effect: async (fault, _, cluster) => cluster.networkEffect(fault),
  },
  crash: {
    inject: ({ disk }, machines, cluster) => all(machines, (machine) => cluster.crash(machine, disk)),
    lift: (_, machines, cluster) => all(machines, (machine) => cluster.restart(machine)),
    effect: noEffect,
  },
  pause: {
    inject: (_, machines, cluster) => all(machines, (machine) => cluster.pause(machine)),
    lift: (_, machines, cluster) => all(machines, (machine) => cluster.resume(machine)),
    effect: noEffect,
  },
  clock: {
    async inject(fault, machines) {
      for (const { life, clockFaults } of machines) {
        const beganMs = trueMs();
        clockFaults.set(fault.id, beganMs);
        life?.line.tell(['clock', fault, beganMs]);
      }
      return undefined;
    },
    async lift({ id }, machines) {
      for (const { life, clockFaults } of machines) {
        clockFaults.delete(id);
        life?.line.tell(['end', id]);
      }
      return undefined;
    },
    effect: async ({ how }, machines, cluster) => ({
      offsetMs: await all(machines, (machine) => cluster.offsetOf(machine, how)),
    }),
    renew(fault, { life, clockFaults }) {
      const beganMs = clockFaults.get(fault.id);
      if (beganMs !== undefined) life?.line.tell(['clock', fault, beganMs]);
    },
    // What a drift did shows at its end.
    endsWithFault: true,
  },
  disk: {
    async inject(fault, machines) {
      for (const { life } of machines) life?.line.tell(['disk', fault]);
      return undefined;
    },
    async lift({ id }, machines) {
      for (const { life } of machines) life?.line.tell(['end', id]);
      return undefined;
    },
    renew: (fault, { life }) => life?.line.tell(['disk', fault]),
    effect: async ({ id }, machines) => ({ writes: machines.reduce((sum, { hits }) => sum + (hits.get(id) ?? 0), 0) }),
  },
  membership: {
    async inject(_, __, cluster) {
      cluster.tellMembers();
      return undefined;
    },
    async lift(_, __, cluster) {
      cluster.tellMembers();
      return undefined;
    },
    effect: async (_, machines, cluster) => ({ without: await cluster.without(machines.map(({ id }) => id)) }),
    endsWithFault: true,
  },
};

/** The injector of a fault's kind. */
export function injectorOf(fault: Fault): Injector<Fault> | undefined {
  return injectors[fault.kind] as Injector<Fault> | undefined;
}
