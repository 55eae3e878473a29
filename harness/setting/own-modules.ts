/** The modules of the user's own that a setting names, as files in different folders name them. */
import { isThere, namedHere, namedIn } from './module-path.ts';
import { isOwnModule } from './own-module.ts';
import type { Setting } from './plan.ts';

/** The members of a setting that may name modules. */
type Naming = Pick<Setting, 'system' | 'workload'> & Partial<Pick<Setting, 'faults'>>;

/** The members of a setting that name modules, as a file in `folder` names them; nothing where none does. */
export function modulesIn(folder: string, { system, workload, faults = [] }: Naming): Partial<Naming> | undefined {
  const there = (says: string) => namedIn(folder, says);
  const modules: Partial<Naming> = {
    ...(isOwnModule(system) ? { system: there(system) } : {}),
    ...(isOwnModule(workload) ? { workload: there(workload) } : {}),
    ...(faults.some(isOwnModule) ? { faults: faults.map(there) } : {}),
  };
  return Object.keys(modules).length === 0 ? undefined : modules;
}

/** The setting of a file in `folder`, as the working folder has it. */
export function settingHere<S extends Naming>(folder: string, setting: S): S {
  return { ...setting, ...here(folder, setting) };
}

/**
 * The setting with its modules as the working folder has them, which a file in `folder` names: each
 * where it lies from there, or, where the folder was moved away from it, as the user named it.
 */
export function withModules<S extends Naming>(folder: string, setting: S, modules: Partial<Naming> | undefined): S {
  const found = Object.entries(here(folder, modules ?? {})).filter(([, says]) => [says].flat().every(isThere));
  return { ...setting, ...Object.fromEntries(found) };
}

function here(folder: string, { system, workload, faults }: Partial<Naming>): Partial<Naming> {
  return {
    ...(system === undefined ? {} : { system: namedHere(folder, system) }),
    ...(workload === undefined ? {} : { workload: namedHere(folder, workload) }),
    ...(faults === undefined ? {} : { faults: faults.map((says) => namedHere(folder, says)) }),
  };
}
