/** What this machine can do to real software: how each fault is made, or why it cannot be and what would help. */
import type { Database } from '../../databases/database.ts';
import type { Fault } from '../faults/fault.ts';
import { knownMeanings } from '../faults/meanings.ts';
import { clusterKinds } from './cluster-kinds.ts';
import { mechanismOf } from './databases/injectors.ts';

/** A fault by its name, and whether it can be made. */
export interface Capability {
  readonly fault: string;
  readonly kind: string;
  /** How it is made; absent where it cannot be. */
  readonly by?: string;
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
      const database = anyDatabase(one);
      const can = clusterKinds.processes.can(one, database);
      return { fault, kind, ...(can === true ? { by: mechanismOf(one, database) } : { whyNot: can }) };
    }),
  );
}

/** A database that has the chore which a fault asks for. */
function anyDatabase(fault: Fault): Database {
  const chores = fault.kind === 'chore' ? { [fault.chore]: { says: '', do: async () => {} } } : {};
  return {
    ...{ name: 'databases', datatype: 'register', claims: [], programs: {}, ports: {}, noticesMs: 0, readyMs: 0 },
    commands: () => [],
    connect: () => Promise.reject(new Error('there is no such database')),
    chores,
  };
}
