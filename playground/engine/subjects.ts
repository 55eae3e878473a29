/** The designs that are built in. */
import type { Setting } from '../../harness/setting/plan.ts';
import { systems } from '../../systems/registry.ts';
import { type DesignSubject, named, subjectFor } from './planned.ts';

/** The design of a setting, held to the setting's claims, and its workload. Throws `BadInput` where there is none. */
export function subjectOf(setting: Setting): DesignSubject {
  return subjectFor(named('design', setting.system, systems), setting);
}
