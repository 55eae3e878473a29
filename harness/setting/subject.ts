import type { System } from '../../systems/system.ts';
import type { Workload } from '../../workloads/workload.ts';
import type { Setting } from './plan.ts';
import { sourceOf, systemOf } from './sources.ts';
import { workloadFrom } from './workload-source.ts';

/** What a setting runs: what is tested, and what is done to it. */
export interface Subject {
  readonly system: System;
  readonly workload: Workload;
}

/** Loads the system of a setting, held to the setting's claims, and its workload. Rejects with `BadInput` where one is not to be had. */
export async function subjectOf(setting: Pick<Setting, 'system' | 'workload' | 'claims'>): Promise<Subject> {
  return { system: await systemOf(setting), workload: await workloadFrom(sourceOf(setting.workload)) };
}
