import { isDatabase } from '../../databases/database.ts';
import { type Design, isDesign, isProgram, type Program, type System } from '../../systems/system.ts';
import type { Workload } from '../../workloads/workload.ts';
import { canBeVirtual } from '../clusters/virtual/eligible.ts';
import { BadInput } from '../failure.ts';
import { ownFaults } from './fault-source.ts';
import { judgingToo } from './fitting.ts';
import type { Setting } from './plan.ts';
import { sourceOf, systemFrom } from './sources.ts';
import { workloadFrom } from './workload-source.ts';

/** What a setting simulates: what is tested, and what is done to it. */
export interface Subject {
  readonly system: Design | Program;
  readonly workload: Workload;
}

/**
 * Loads the system of a setting, held to the setting's claims, its workload, and the kinds of fault that
 * modules of the user's own bring to it. Rejects with `BadInput` where one is not to be had.
 */
export async function subjectOf(
  setting: Pick<Setting, 'system' | 'workload' | 'claims'> & Partial<Pick<Setting, 'faults'>>,
): Promise<Subject> {
  await ownFaults(setting.faults ?? []);
  const system = simulatedIn(await systemFrom(sourceOf(setting.system)));
  const held = setting.claims ? { ...system, claims: setting.claims } : system;
  return { system: held, workload: judgingToo(await workloadFrom(sourceOf(setting.workload)), held.claims) };
}

/** The system where it can be simulated. Throws `BadInput` that says why not, and what would help. */
export function simulatedIn(system: System): Design | Program {
  if (isDesign(system)) return system;
  if (isDatabase(system))
    throw new BadInput(`${system.name} is a database, which runs in real time only: splitbrain run takes it`);
  if (!isProgram(system)) throw new BadInput(`${system.name} cannot be simulated: it has no start(node)`);
  const reason = canBeVirtual(system);
  if (reason !== true) throw new BadInput(reason);
  return system;
}
