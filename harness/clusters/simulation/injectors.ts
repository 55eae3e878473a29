/** How the simulation makes each kind of fault. One that is not here it cannot make. */
import type { NodeId } from '../../../systems/node.ts';
import type { FaultKind } from '../../../systems/system.ts';
import type { Fault } from '../../faults/fault.ts';
import type { Measured } from '../../faults/meaning.ts';
import type { Machine } from './life.ts';

/** What injectors need of the simulated cluster. */
export interface Injected {
  elapsed(): number;
  /** Messages that a fault lost, and those that it changed. */
  readonly cutBy: ReadonlyMap<number, number>;
  readonly touchedBy: ReadonlyMap<number, number>;
  /** All nodes. */
  readonly everyMachine: Iterable<Machine>;
  /** Whether another fault of this kind lasts that is aimed at the machine. */
  lasts(kind: FaultKind, machine: Machine): boolean;
  /** Connections of a node that died break off. */
  breakOff(machine: Machine): void;
  /** Asks every node that runs for the members that the faults of this moment leave. */
  tellMembers(): void;
  /** Whom the machine's system takes for members, if it runs and tells. */
  readonly membersOf: (machine: Machine) => readonly NodeId[] | undefined;
}

interface Injector<F extends Fault> {
  /** Begins it. Returns the nodes that it hit at once, for kinds that hit nodes. */
  inject(fault: F, machines: readonly Machine[], cluster: Injected): readonly NodeId[] | undefined;
  lift(fault: F, machines: readonly Machine[], cluster: Injected): void;
  /** What it was seen to do so far. */
  effect(fault: F, machines: readonly Machine[], cluster: Injected): Omit<Measured, 'targets'>;
  /** Whether the effect is gone once it is lifted, and must be measured before. */
  readonly endsWithFault?: true;
}

const nothing = () => undefined;
const names = (machines: readonly Machine[]) => machines.map(({ id }) => id);

export const injectors: { readonly [K in FaultKind]?: Injector<Extract<Fault, { readonly kind: K }>> } = {
  partition: {
    // The network asks which partitions last.
    inject: nothing,
    lift: nothing,
    effect: ({ id }, _, { cutBy }) => ({ cut: cutBy.get(id) ?? 0 }),
  },
  link: {
    inject: nothing,
    lift: nothing,
    effect: ({ id }, _, { cutBy, touchedBy }) => ({ cut: cutBy.get(id) ?? 0, touched: touchedBy.get(id) ?? 0 }),
  },
  crash: {
    inject({ disk }, machines, cluster) {
      const alive = machines.filter(({ life }) => life);
      for (const machine of machines) {
        machine.crash(disk);
        cluster.breakOff(machine);
      }
      return names(alive);
    },
    lift(_, machines, cluster) {
      for (const machine of machines) if (!machine.life && !cluster.lasts('crash', machine)) machine.boot();
    },
    effect: () => ({}),
  },
  pause: {
    inject(_, machines) {
      const alive = machines.filter(({ life }) => life);
      for (const machine of machines) machine.pause();
      return names(alive);
    },
    lift(_, machines, cluster) {
      for (const machine of machines) if (!cluster.lasts('pause', machine)) machine.resume();
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
    effect(_, machines, { everyMachine, membersOf }) {
      const out = names(machines);
      // A leader that takes itself out knows of it, a follower may not: what counts is who it is gone for.
      const views = [...everyMachine].filter(({ id }) => !out.includes(id)).map(membersOf);
      const without = views.filter((members) => members && !out.some((target) => members.includes(target)));
      return { without: without.length };
    },
    endsWithFault: true,
  },
};

/** The injector of a fault's kind. */
export function injectorOf(fault: Fault): Injector<Fault> | undefined {
  return injectors[fault.kind] as Injector<Fault> | undefined;
}
