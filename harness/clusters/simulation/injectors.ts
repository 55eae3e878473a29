/** How the simulation makes each kind of fault. One that is not here it cannot make. */
import type { NodeId } from '../../../systems/node.ts';
import type { Measured } from '../../faults/effect.ts';
import type { Fault } from '../../faults/fault.ts';
import type { ActiveFaults } from '../active-faults.ts';
import type { Network } from '../network/network.ts';
import type { ClientCalls } from './client-calls.ts';
import type { Machine } from './life.ts';
import type { States } from './states.ts';

/** What injectors need of the simulated cluster. */
export interface Injected {
  readonly machines: ReadonlyMap<NodeId, Machine>;
  readonly faults: ActiveFaults;
  readonly network: Network;
  readonly calls: ClientCalls;
  readonly states: States;
  elapsed(): number;
  /** Asks every node that runs for the members that the faults of this moment leave. */
  tellMembers(): void;
}

interface Injector<F extends Fault> {
  /** Whether it can make this one; else why not, and what would help. Absent: all of the kind. */
  can?(fault: F): true | string;
  /** Begins it. Returns the nodes that it hit at once, for kinds that hit nodes. */
  inject(fault: F, machines: readonly Machine[], cluster: Injected): readonly NodeId[] | undefined;
  lift(fault: F, machines: readonly Machine[], cluster: Injected): void;
  /** What it was seen to do so far. */
  effect(fault: F, machines: readonly Machine[], cluster: Injected): Omit<Measured, 'targets'>;
  /** Whether the effect is gone once it is lifted, and must be measured before. */
  readonly endsWithFault?: true;
}

const NO_POWER = 'its disks have no device that could lose power: take a disk that is kept or lost';

const nothing = () => undefined;
const names = (machines: readonly Machine[]) => machines.map(({ id }) => id);

export const injectors: { readonly [K in Fault['kind']]?: Injector<Extract<Fault, { readonly kind: K }>> } = {
  partition: {
    // The network asks which partitions last.
    inject: nothing,
    lift: nothing,
    effect: (fault, _, { network }) => ({ cut: network.losses.effectOf(fault).cut }),
  },
  link: {
    inject: nothing,
    lift: nothing,
    effect: (fault, _, { network }) => network.losses.effectOf(fault),
  },
  crash: {
    can: ({ disk }) => disk !== 'synced' || NO_POWER,
    inject({ disk }, machines, cluster) {
      const alive = machines.filter(({ life }) => life);
      for (const machine of machines) {
        machine.crash(disk === 'lost' ? 'lost' : 'kept');
        cluster.calls.breakOff(machine);
      }
      return names(alive);
    },
    lift(_, machines, { faults }) {
      for (const machine of machines) if (!machine.life && !faults.lasts('crash', machine.id)) machine.boot();
    },
    effect: () => ({}),
  },
  pause: {
    inject(_, machines) {
      const alive = machines.filter(({ life }) => life);
      for (const machine of machines) machine.pause();
      return names(alive);
    },
    lift(_, machines, { faults }) {
      for (const machine of machines) if (!faults.lasts('pause', machine.id)) machine.resume();
    },
    effect: () => ({}),
  },
  clock: {
    inject(fault, machines) {
      for (const machine of machines) machine.clock.begin(fault);
      return undefined;
    },
    lift({ id }, machines) {
      for (const machine of machines) machine.clock.end(id);
    },
    effect: (_, machines, cluster) => ({ offsetMs: machines.map(({ clock }) => clock.now() - cluster.elapsed()) }),
    // What a drift did shows at its end.
    endsWithFault: true,
  },
  disk: {
    inject(fault, machines) {
      for (const machine of machines) machine.diskFaults.set(fault.id, fault);
      return undefined;
    },
    lift({ id }, machines) {
      for (const machine of machines) machine.diskFaults.delete(id);
    },
    effect: ({ id }, machines) => ({
      writes: machines.reduce((sum, { diskHits }) => sum + (diskHits.get(id) ?? 0), 0),
    }),
  },
  membership: {
    inject(_, __, cluster) {
      cluster.tellMembers();
      return undefined;
    },
    lift: (_, __, cluster) => cluster.tellMembers(),
    effect(_, machines, cluster) {
      const out = names(machines);
      // A leader that takes itself out knows of it, a follower may not: what counts is who it is gone for.
      const others = [...cluster.machines.values()].filter(({ id }) => !out.includes(id));
      const views = others.map((machine) => cluster.states.membersOf(machine));
      const without = views.filter((members) => members && !out.some((target) => members.includes(target)));
      return { without: without.length };
    },
    endsWithFault: true,
  },
};

/** Whether there is an injector that can make the fault; else why not. */
export function canInject(fault: Fault): true | string {
  const injector = injectorOf(fault);
  if (!injector) return `the simulation cannot make the fault ${fault.kind}`;
  return injector.can?.(fault) ?? true;
}

/** The injector of a fault's kind. */
export function injectorOf(fault: Fault): Injector<Fault> | undefined {
  return injectors[fault.kind] as Injector<Fault> | undefined;
}
