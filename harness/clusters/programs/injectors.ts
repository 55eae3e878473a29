/** How programs are given each kind of fault, in both times. One that is not here cannot be made. */
import type { NodeId } from '../../../systems/node.ts';
import type { Measured } from '../../faults/effect.ts';
import type { Fault } from '../../faults/fault.ts';
import type { ActiveFaults } from '../active-faults.ts';
import { clocksCanBeMoved } from '../children/clock-probe.ts';
import type { Clocks } from '../children/clocks.ts';
import type { Network } from '../network/network.ts';
import type { ProgramNode } from './node.ts';

/** What injectors need of the cluster. */
export interface Injected {
  readonly faults: ActiveFaults;
  readonly network: Network;
  /** Ends a node's life. Returns its process, where there was one. */
  crash(node: ProgramNode, folder: 'kept' | 'lost'): Promise<number | undefined>;
  /** Begins a life where there is none and no crash lasts. Returns its process. */
  restart(node: ProgramNode): number | undefined;
  /** The clocks of real processes; in virtual time those of the nodes are moved. */
  readonly clocks?: Clocks;
  readonly elapsed: () => number;
}

/** A node that was hit, and its process. */
export interface Hit {
  readonly node: NodeId;
  readonly pid: number;
}

interface Injector<F extends Fault> {
  /** Whether it can make this one, in virtual or in real time; else why not, and what would help. */
  can?(fault: F, isVirtual: boolean): true | string;
  /** Begins it. Returns the processes that it hit, for kinds that hit processes. */
  inject(fault: F, nodes: readonly ProgramNode[], cluster: Injected): Promise<readonly Hit[] | undefined>;
  lift(fault: F, nodes: readonly ProgramNode[], cluster: Injected): Promise<readonly Hit[] | undefined>;
  /** What it was seen to do so far. */
  effect(fault: F, nodes: readonly ProgramNode[], cluster: Injected): Omit<Measured, 'targets'>;
  /** Whether the effect is gone once it is lifted, and must be measured before. */
  readonly endsWithFault?: true;
}

const nothing = async () => undefined;

const NO_POWER = 'the folders of programs have no device that could lose power: take a disk that is kept or lost';
/** Whether the clocks of real processes can be moved here; else why not, and what would help. */
function clocksOfProcesses(): true | string {
  const can = clocksCanBeMoved();
  return can === true || `${can}: take --cluster simulation`;
}

const injectors: { readonly [K in Fault['kind']]?: Injector<Extract<Fault, { readonly kind: K }>> } = {
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
  services: {
    inject: nothing,
    lift: nothing,
    effect: (fault, _, { network }) => network.losses.effectOf(fault),
  },
  crash: {
    can: ({ disk }) => disk !== 'synced' || NO_POWER,
    inject: ({ disk }, nodes, cluster) => all(nodes, (node) => cluster.crash(node, disk === 'lost' ? 'lost' : 'kept')),
    lift: (_, nodes, cluster) => all(nodes, async (node) => cluster.restart(node)),
    effect: () => ({}),
  },
  pause: {
    inject: (_, nodes) => all(nodes, (node) => node.pause()),
    lift: (_, nodes, { faults }) =>
      all(nodes, async (node) => (faults.lasts('pause', node.id) ? undefined : node.resume())),
    effect: () => ({}),
  },
  clock: {
    can: (_, isVirtual) => isVirtual || clocksOfProcesses(),
    async inject(fault, nodes, { clocks }) {
      if (clocks) await clocks.begin(fault, idsOf(nodes));
      else for (const { clock } of nodes) clock.begin(fault);
      return undefined;
    },
    async lift(fault, nodes, { clocks }) {
      if (clocks) await clocks.end(fault);
      else for (const { clock } of nodes) clock.end(fault.id);
      return undefined;
    },
    effect(fault, nodes, { clocks, elapsed }) {
      if (!clocks) return { offsetMs: nodes.map(({ clock }) => clock.now() - elapsed()) };
      const offsetMs = clocks.offsetsOf(idsOf(nodes));
      // A strobe waits with its first jump back until it was measured.
      clocks.release(fault);
      return { offsetMs };
    },
    // What a drift did shows at its end.
    endsWithFault: true,
  },
};

const idsOf = (nodes: readonly ProgramNode[]) => nodes.map(({ id }) => id);

async function all(
  nodes: readonly ProgramNode[],
  task: (node: ProgramNode) => Promise<number | undefined>,
): Promise<readonly Hit[]> {
  const hits = await Promise.all(
    nodes.map(async (node) => {
      const pid = await task(node);
      return pid === undefined ? undefined : { node: node.id, pid };
    }),
  );
  return hits.filter((hit) => hit !== undefined);
}

/** Whether there is an injector that can make the fault, in virtual or in real time; else why not. */
export function canInject(fault: Fault, isVirtual: boolean): true | string {
  const injector = injectorOf(fault);
  if (!injector) return `programs cannot be given the fault ${fault.kind}`;
  return injector.can?.(fault, isVirtual) ?? true;
}

/** The injector of a fault's kind. */
export function injectorOf(fault: Fault): Injector<Fault> | undefined {
  return injectors[fault.kind] as Injector<Fault> | undefined;
}
