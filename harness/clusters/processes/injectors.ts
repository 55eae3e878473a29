/** How real processes are given each kind of fault. One that is not here cannot be made. */

import type { Measured } from '../../faults/effect.ts';
import type { Fault } from '../../faults/fault.ts';
import type { Switch } from '../network/switch.ts';
import { trueMs } from './child-world.ts';
import type { Lifecycle } from './lifecycle.ts';
import { all, type Machine } from './machine.ts';
import type { Measuring } from './measuring.ts';

/** What injectors need of the cluster of processes. */
export interface Injected {
  readonly lifecycle: Lifecycle;
  readonly network: Switch;
  readonly measuring: Measuring;
}

interface Injector<F extends Fault> {
  /** Whether it can make this one; else why not, and what would help. Absent: all of the kind. */
  can?(fault: F): true | string;
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

const NO_POWER = 'its nodes have no device of their own that could lose power: take a disk that is kept or lost';

const nothing = async () => undefined;
const noEffect = async () => ({});

export const injectors: { readonly [K in Fault['kind']]?: Injector<Extract<Fault, { readonly kind: K }>> } = {
  partition: {
    // The switch asks which partitions last.
    inject: nothing,
    lift: nothing,
    effect: async (fault, _, { network }) => network.losses.effectOf(fault),
  },
  link: {
    inject: nothing,
    lift: nothing,
    effect: async (fault, _, { network }) => network.losses.effectOf(fault),
  },
  crash: {
    can: ({ disk }) => disk !== 'synced' || NO_POWER,
    inject: ({ disk }, machines, { lifecycle }) =>
      all(machines, (machine) => lifecycle.crash(machine, disk === 'lost' ? 'lost' : 'kept')),
    lift: (_, machines, { lifecycle }) => all(machines, (machine) => lifecycle.restart(machine)),
    effect: noEffect,
  },
  pause: {
    inject: (_, machines, { lifecycle }) => all(machines, (machine) => lifecycle.pause(machine)),
    lift: (_, machines, { lifecycle }) => all(machines, (machine) => lifecycle.resume(machine)),
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
    effect: async ({ how }, machines, { measuring }) => ({
      offsetMs: await all(machines, (machine) => measuring.offsetOf(machine, how)),
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
    async inject(_, __, { lifecycle }) {
      lifecycle.tellMembers();
      return undefined;
    },
    async lift(_, __, { lifecycle }) {
      lifecycle.tellMembers();
      return undefined;
    },
    effect: async (_, machines, { measuring }) => ({ without: await measuring.without(machines.map(({ id }) => id)) }),
    endsWithFault: true,
  },
};

/** Whether there is an injector that can make the fault; else why not. */
export function canInject(fault: Fault): true | string {
  const injector = injectorOf(fault);
  if (!injector) return `real processes cannot be given the fault ${fault.kind}`;
  return injector.can?.(fault) ?? true;
}

/** The injector of a fault's kind. */
export function injectorOf(fault: Fault): Injector<Fault> | undefined {
  return injectors[fault.kind] as Injector<Fault> | undefined;
}
