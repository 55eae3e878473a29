import type { Design } from '../../systems/system.ts';
import type { Workload } from '../../workloads/workload.ts';
import { ownFaults } from './fault-source.ts';
import type { Setting } from './plan.ts';
import { designFrom, sourceOf } from './sources.ts';
import { workloadFrom } from './workload-source.ts';

/** What a setting simulates: what is tested, and what is done to it. */
export interface Subject {
  readonly system: Design;
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
  const system = await designFrom(sourceOf(setting.system));
  const held = setting.claims ? { ...system, claims: setting.claims } : system;
  return { system: held, workload: await workloadFrom(sourceOf(setting.workload)) };
}
