/** What this machine can do to real software: how each fault is made, or why it cannot be and what would help. */
import type { Database } from '../../databases/database.ts';
import type { Fault } from '../faults/fault.ts';
import { knownMeanings } from '../faults/meanings.ts';
import { clusterKinds } from './cluster-kinds.ts';
import { whyNotExact } from './databases/disk-faults.ts';
import { disksWork, usualDisk } from './databases/disks.ts';
import { mechanismOf } from './databases/injectors.ts';
import { namespacesWork } from './network/namespaces-probe.ts';

/** A fault by its name, and whether it can be made. */
export interface Capability {
  readonly fault: string;
  readonly kind: string;
  /** How it is made; absent where it cannot be. */
  readonly by?: string;
  /** What would be better, or why that cannot be. */
  readonly better?: string;
  /** Why it cannot be made, and what would help. */
  readonly whyNot?: string;
}

const SCENE = { nodes: ['n1', 'n2', 'n3'], durationMs: 10_000, callTimeoutMs: 1000, shortestMs: 1 };
const HALF = () => 0.5;

/** All faults that `--faults` names, tried on no database in particular. */
export function capabilities(): readonly Capability[] {
  return knownMeanings().flatMap(({ kind, names }) =>
    Object.entries(names).map(([fault, named]) => {
      const one = { ...named.draw(HALF, SCENE), id: 0, fromMs: 0, toMs: 1 } as Fault;
      const tries = NETWORKS.map((network) => {
        const database = anyDatabase(one, network);
        const works = network === 'proxies' || namespacesWork();
        return { network, can: works === true ? clusterKinds.processes.can(one, database) : works, database };
      });
      const first = tries.find(({ can }) => can === true);
      if (!first) return { fault, kind, whyNot: [...new Set(tries.map(({ can }) => can))].join('; ') };
      const chosen = first.network === 'proxies' ? '' : ' (--network namespaces)';
      const better = betterFor(one, tries[1]!.can, first.database);
      return { fault, kind, by: `${mechanismOf(one, first.database)}${chosen}`, ...(better ? { better } : {}) };
    }),
  );
}

const NETWORKS = ['proxies', 'namespaces'] as const;

/** What makes a fault truer than what is usual does, or why it cannot be had here; nothing where there is none. */
function betterFor(fault: Fault, byNamespaces: true | string, database: Database): string | undefined {
  if (fault.kind === 'partition')
    return byNamespaces === true
      ? 'exact, and for any protocol, with --network namespaces'
      : `not exact: ${byNamespaces}`;
  if (fault.kind === 'link') return byNamespaces === true ? undefined : byNamespaces;
  if (fault.kind === 'disk') return whyNotExact(fault.how, database);
  if (fault.kind !== 'crash' || fault.disk !== 'synced' || usualDisk() === 'loop') return undefined;
  const loops = disksWork('loop');
  return loops === true ? undefined : `not a file system of the kernel's: ${loops}`;
}

/** A database that has the chore which a fault asks for. */
function anyDatabase(fault: Fault, network: (typeof NETWORKS)[number]): Database {
  const chores = fault.kind === 'chore' ? { [fault.chore]: { says: '', do: async () => {} } } : {};
  return {
    ...{ name: 'databases', datatype: 'register', claims: [], programs: {}, ports: {}, noticesMs: 0, readyMs: 0 },
    commands: () => [],
    connect: () => Promise.reject(new Error('there is no such database')),
    chores,
    networks: [network],
  };
}
