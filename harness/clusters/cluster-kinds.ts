/** The kinds of cluster there are, and what each can do. What one cannot do is refused before a run begins. */
import type { System } from '../../systems/system.ts';
import type { Fault } from '../faults/fault.ts';
import type { ClusterName } from './names.ts';
import { injectorOf as injectorOfProcesses } from './processes/injectors.ts';
import { injectorOf as injectorOfSimulation } from './simulation/injectors.ts';

export interface ClusterKind {
  readonly name: ClusterName;
  /** Whether it can run the system; else why not, and what would help. */
  runs(system: System): true | string;
  /** Whether its nodes write to a device that `fsync` can wait for; else what would help. */
  readonly fsyncs: true | string;
  /** Whether it can make the fault; else why not, and what would help. */
  can(fault: Fault): true | string;
}

export const clusterKinds: { readonly [N in ClusterName]: ClusterKind } = {
  simulation: {
    name: 'simulation',
    runs: () => true,
    fsyncs: 'the simulation does not heed fsync, as its disks have no device to wait for: take --cluster processes',
    can: (fault) =>
      injectorOfSimulation(fault) !== undefined ||
      `the simulation cannot make a ${fault.kind} fault: take --cluster processes`,
  },
  processes: {
    name: 'processes',
    runs: () =>
      process.platform !== 'win32' ||
      'real processes need the signals SIGSTOP and SIGCONT, which this platform has not: use --cluster simulation',
    fsyncs: true,
    can(fault) {
      if (fault.on !== undefined) return 'it begins at a message, which only the simulation can do';
      return (
        injectorOfProcesses(fault) !== undefined ||
        `real processes cannot be given a ${fault.kind} fault: take --cluster simulation`
      );
    },
  },
};
