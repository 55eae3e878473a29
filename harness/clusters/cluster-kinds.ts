/** The kinds of cluster there are, and what each can do. What one cannot do is refused before a run begins. */
import { type Database, isDatabase } from '../../databases/database.ts';
import { type Design, isDesign, isProgram, type System } from '../../systems/system.ts';
import { BadInput } from '../failure.ts';
import type { Fault } from '../faults/fault.ts';
import type { Run } from '../judging/result.ts';
import { isJournalled } from '../setting/plan.ts';
import type { Prepared, RunOptions } from '../setting/prepared.ts';
import { defaultsWith, type RunDefaults } from '../setting/run-keys.ts';
import { partsInjectorOf } from './composed-faults.ts';
import type { DiskName } from './databases/disks.ts';
import { executablesOf } from './databases/executables.ts';
import { canInject as canInjectIntoDatabases } from './databases/injectors.ts';
import { networkOf } from './databases/networks.ts';
import { runDatabases } from './databases/run-databases.ts';
import type { ClusterName } from './names.ts';
import { namespacesWork } from './network/namespaces-probe.ts';
import { canInject as canInjectIntoProcesses } from './processes/injectors.ts';
import { runProcesses } from './processes/run-processes.ts';
import { canInject as canInjectIntoPrograms } from './programs/injectors.ts';
import { runPrograms } from './programs/run-programs.ts';
import { canInject as canSimulate } from './simulation/injectors.ts';
import { simulate } from './simulation/simulate.ts';
import { canBeVirtual } from './virtual/eligible.ts';

/** What runs nodes and makes faults. */
export interface ClusterKind {
  readonly name: ClusterName;
  /** Whether it can run the system, with the executables that are chosen for it; else why not, and what would help. */
  runs(system: System, programs?: Readonly<Record<string, string>>): true | string;
  /** Whether it can make the fault for the system, on the disks asked for; else why not, and what would help. */
  can(fault: Fault, system: System, disk?: DiskName): true | string;
  /** Whether its nodes write to a device that `fsync` can wait for; else what would help. */
  readonly fsyncs: true | string;
  /** What a run of the system is where nobody says otherwise. */
  defaults(system: System): RunDefaults;
  /** Launches the nodes, executes the plan and judges; leaves nothing behind. Rejects with `HarnessFailure`. */
  run(prepared: Prepared, options: RunOptions): Promise<Run>;
}

/** What real software does about a fault takes its own timeouts: of seconds, mostly. */
const DATABASE_MS = 30_000;

export const clusterKinds: { readonly [N in ClusterName]: ClusterKind } = {
  simulation: {
    name: 'simulation',
    runs(system) {
      if (isProgram(system)) return canBeVirtual(system);
      return isDesign(system) || `${kindText(system)} and runs in real time only: take --cluster processes`;
    },
    can: (fault, system) =>
      canCompose(fault, 'simulation') ?? (isProgram(system) ? canInjectIntoPrograms(fault, true) : canSimulate(fault)),
    fsyncs: 'the simulation does not heed fsync, as its disks have no device to wait for: take --cluster processes',
    defaults: () => defaultsWith(500),
    run: async (prepared, { sink }) =>
      simulate({
        ...prepared,
        system: isProgram(prepared.system) ? prepared.system : designIn(prepared.system),
        journal: isJournalled(prepared.plan),
        claimsOnly: false,
        ...(sink ? { sink } : {}),
      }),
  },
  processes: {
    name: 'processes',
    runs(system, programs) {
      if (isDatabase(system)) return canStart(system, programs);
      if (programs !== undefined) return `${system.name} is no database: no --program is chosen for it`;
      if (!isDesign(system) && !isProgram(system)) return `${kindText(system)}, which splitbrain cannot start yet`;
      return (
        process.platform !== 'win32' ||
        'real processes need the signals SIGSTOP and SIGCONT, which this platform has not: use --cluster simulation'
      );
    },
    can(fault, system, disk) {
      const composed = canCompose(fault, 'processes');
      if (composed !== undefined) return composed;
      if (isProgram(system)) return canInjectIntoPrograms(fault, false);
      if (fault.on !== undefined) return 'it begins at a message, which only the simulation can do';
      return isDatabase(system) ? canInjectIntoDatabases(fault, system, disk) : canInjectIntoProcesses(fault);
    },
    fsyncs: true,
    defaults: (system) => ({ ...defaultsWith(1000), ...(isDatabase(system) ? defaultsOf(system) : {}) }),
    async run(prepared, options) {
      const { system } = prepared;
      if (isProgram(system)) return runPrograms({ ...prepared, system, ...options });
      return isDatabase(system)
        ? runDatabases({ ...prepared, system, ...options })
        : runProcesses({ ...prepared, system: designIn(system), ...options });
    },
  },
};

/** What the fault's own file says of it, where it is made of others; else nothing. */
function canCompose(fault: Fault, cluster: ClusterName): true | string | undefined {
  const parts = partsInjectorOf(fault, cluster);
  return parts && (parts.can?.(fault) ?? true);
}

/** What a run of the database is where nobody says otherwise, if not what all are. */
function defaultsOf({ fixed }: Database): Partial<RunDefaults> {
  return { durationMs: DATABASE_MS, ...(fixed?.nodes === undefined ? {} : { nodes: fixed.nodes }) };
}

/** Whether the database's executables are here. */
function canStart(database: Database, programs: Readonly<Record<string, string>> | undefined): true | string {
  if (process.platform !== 'linux') return `${database.name}: who made a connection only Linux can tell`;
  try {
    executablesOf(database, programs);
    return networkOf(database) === 'proxies' || namespacesWork();
  } catch (error) {
    if (error instanceof BadInput) return error.message;
    throw error;
  }
}

function kindText(system: System): string {
  const kind = isProgram(system) ? 'program' : isDatabase(system) ? 'database' : 'system without start(node)';
  return `${system.name} is a ${kind}`;
}

/** What was prepared was found to be a design. */
function designIn(system: System): Design {
  if (!isDesign(system)) throw new BadInput(kindText(system));
  return system;
}
