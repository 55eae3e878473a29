/** How the nodes of a database are given each kind of fault. One that is not here cannot be made. */
import type { Database } from '../../../databases/database.ts';
import { isDatabase } from '../../../databases/database.ts';
import type { NodeId } from '../../../systems/node.ts';
import type { System } from '../../../systems/system.ts';
import type { Measured } from '../../faults/effect.ts';
import type { Fault } from '../../faults/fault.ts';
import type { ActiveFaults } from '../active-faults.ts';
import { clocksCanBeMoved } from '../children/clock-probe.ts';
import type { Clocks } from '../children/clocks.ts';
import type { NodeDisk } from '../children/node-disk.ts';
import type { NodeNetwork } from '../network/node-network.ts';
import type { BadDisks } from './bad-disks.ts';
import { offsetOf } from './clock-offsets.ts';
import { badText, canBeBad, endsInPowerFailure, whyNoDisk } from './disk-faults.ts';
import { type DiskName, disksWork, diskText, usualDisk } from './disks.ts';
import { linkText, networkOf, partitionText, whyNoLink } from './networks.ts';
import type { DatabaseNode } from './node.ts';
import type { Operator } from './operator.ts';

/** What injectors need of the cluster of a database. */
export interface Injected {
  readonly network: NodeNetwork;
  readonly faults: ActiveFaults;
  readonly operator: Operator;
  readonly clocks: Clocks;
  readonly database: Database;
  readonly badDisks: BadDisks;
  /** Ends the run where connections between nodes pass no proxy. */
  audit(): Promise<void>;
  /** The disk that a node loses power with. */
  diskOf(node: NodeId): NodeDisk;
  /** Kills the node's processes, and ends the sessions with it. Resolves to the processes. */
  crash(node: DatabaseNode): Promise<readonly number[]>;
}

interface Injector<F extends Fault> {
  /** How it is made, in words. */
  by(fault: F, database: Database): string;
  /**
   * Whether it can make this one, with the disks that are asked for, if any; else why not, and what would help. Absent:
   * all of the kind.
   */
  can?(fault: F, database: Database, disk: DiskName | undefined): true | string;
  /** Begins it. Returns the processes that it hit, for kinds that hit processes. */
  inject(fault: F, nodes: readonly DatabaseNode[], cluster: Injected): Promise<readonly number[] | undefined>;
  lift(fault: F, nodes: readonly DatabaseNode[], cluster: Injected): Promise<readonly number[] | undefined>;
  /** What it was seen to do so far. */
  effect(fault: F, nodes: readonly DatabaseNode[], cluster: Injected): Promise<Omit<Measured, 'targets'>>;
  /** Whether the effect is gone once it is lifted, and must be measured before. */
  readonly endsWithFault?: true;
}

const AND_ITS_DISK = {
  kept: '',
  lost: ', and its folder is emptied',
  synced: '',
};

const injectors: { readonly [K in Fault['kind']]?: Injector<Extract<Fault, { readonly kind: K }>> } = {
  partition: {
    by: (_, database) => partitionText[networkOf(database)],
    async inject(_, __, { network, audit }) {
      await network.changed();
      await audit();
      return undefined;
    },
    async lift(_, __, { network, audit }) {
      await audit();
      await network.changed();
      return undefined;
    },
    effect: async (fault, _, { network }) => ({ cut: (await network.effectOf(fault)).cut }),
  },
  link: {
    by: (fault, database) => linkText(fault, database),
    can: (fault, database) => whyNoLink(fault, database) ?? true,
    inject: async (_, __, { network }) => {
      await network.changed();
      return undefined;
    },
    lift: async (_, __, { network }) => {
      await network.changed();
      return undefined;
    },
    effect: async (fault, _, { network }) => ({ touched: (await network.effectOf(fault)).touched }),
  },
  crash: {
    by: ({ disk }) =>
      `SIGKILL to all processes of a node${disk === 'synced' ? `, ${diskText[usualDisk()]}` : AND_ITS_DISK[disk]}`,
    can({ disk }, database) {
      if (disk === 'lost') return database.needsFolder ?? true;
      return disk !== 'synced' || whyNoDisk(database) || disksWork();
    },
    async inject({ disk }, nodes, cluster) {
      if (disk === 'synced') return losePower(nodes, cluster, ({ id }) => cluster.diskOf(id).restore());
      const pids = await Promise.all(nodes.map(cluster.crash));
      if (disk === 'lost') for (const node of nodes) node.wipe();
      return pids.flat();
    },
    lift: async (_, nodes, cluster) => startAgain(nodes, cluster),
    effect: async () => ({}),
  },
  pause: {
    by: () => 'SIGSTOP to all processes of a node',
    inject: async (_, nodes) => (await Promise.all(nodes.map((node) => node.pause()))).flat(),
    lift: async (_, nodes, { faults }) =>
      nodes.flatMap((node) => (faults.lasts('pause', node.id) ? [] : node.resume())),
    effect: async () => ({}),
  },
  clock: {
    by: () => 'the vDSO of all processes of a node is patched',
    can: () => clocksCanBeMoved(),
    async inject(fault, nodes, { clocks }) {
      await clocks.begin(
        fault,
        nodes.map(({ id }) => id),
      );
      return undefined;
    },
    async lift(fault, _, { clocks }) {
      await clocks.end(fault);
      return undefined;
    },
    async effect(fault, nodes, { database, clocks }) {
      // A strobe waits with its first jump back until it was measured: of one that jumps, one look is all there is.
      const looks = fault.how === 'strobe' ? 1 : undefined;
      const offsets = await Promise.all(nodes.map(({ host }) => offsetOf(database, host, looks)));
      clocks.release(fault);
      return { offsetMs: offsets.flatMap((offset) => offset ?? []) };
    },
    // What a drift did shows at its end.
    endsWithFault: true,
  },
  disk: {
    by: ({ how }, database) => badText(how, database),
    can: ({ how }, database, disk) => canBeBad(how, database, disk),
    async inject(fault, nodes, { badDisks }) {
      await badDisks.begin(fault, nodes);
      return undefined;
    },
    async lift(fault, nodes, cluster) {
      const { badDisks, diskOf } = cluster;
      if (!endsInPowerFailure(fault.how)) {
        await badDisks.end(fault);
        return undefined;
      }
      const torn = fault.how === 'tear';
      await losePower(nodes, cluster, ({ id }) => (torn ? badDisks.tear(fault, id) : diskOf(id).restore()));
      await badDisks.end(fault);
      return startAgain(nodes, cluster);
    },
    effect: async (fault, _, { badDisks }) => ({ writes: await badDisks.hits(fault) }),
  },
  chore: {
    by: () => 'what an operator does, as the database has it',
    can: ({ chore }, { name, chores = {} }) =>
      Object.hasOwn(chores, chore) ||
      `${name} has no chore ${chore}: ${Object.keys(chores).join(', ') || 'it has none'}`,
    async inject({ id, chore }, _, { operator }) {
      operator.begin(id, chore);
      return undefined;
    },
    async lift({ id }, _, { operator }) {
      await operator.end(id);
      return undefined;
    },
    effect: async ({ id }, _, { operator }) => ({ done: operator.doneOf(id) }),
  },
};

/** Power fails at the nodes; what is left on each disk `restore` decides. Resolves to the processes that died. */
async function losePower(
  nodes: readonly DatabaseNode[],
  { crash, diskOf }: Injected,
  restore: (node: DatabaseNode) => Promise<void>,
): Promise<readonly number[]> {
  // Nobody acknowledges anything once it is decided what is left.
  await Promise.all(nodes.map((node) => node.pause()));
  await Promise.all(nodes.map((node) => diskOf(node.id).keep()));
  const pids = await Promise.all(nodes.map(crash));
  for (const node of nodes) await restore(node);
  return pids.flat();
}

/** Starts what is down and has no other fault that keeps it so. Returns the new processes. */
function startAgain(nodes: readonly DatabaseNode[], { faults }: Injected): readonly number[] {
  return nodes.flatMap((node) => (node.isUp || faults.lasts('crash', node.id) ? [] : node.start()));
}

/** Whether there is an injector that can make the fault for the system; else why not. */
export function canInject(fault: Fault, system: System, disk?: DiskName): true | string {
  const injector = injectorOf(fault);
  if (!injector || !isDatabase(system)) return `databases cannot be given the fault ${fault.kind} yet`;
  return injector.can?.(fault, system, disk) ?? true;
}

/** How the fault is made, in words; empty where it is not. */
export function mechanismOf(fault: Fault, database: Database): string {
  return injectorOf(fault)?.by(fault, database) ?? '';
}

/** The injector of a fault's kind. */
export function injectorOf(fault: Fault): Injector<Fault> | undefined {
  return injectors[fault.kind] as Injector<Fault> | undefined;
}
