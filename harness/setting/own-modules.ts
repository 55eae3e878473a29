/** The modules of the user's own that a setting names, as files in different folders name them. */
import { isOwnModule, isThere, namedHere, namedIn } from './module-path.ts';
import type { Setting } from './plan.ts';

/** The members of a setting that may name a module. */
type Naming = Pick<Setting, 'system' | 'workload'>;

/** The modules of a setting as a file in `folder` names them, by the member that does; nothing where it names none. */
export function modulesIn(folder: string, { system, workload }: Naming): Partial<Naming> | undefined {
  const named = Object.entries({ system, workload }).filter(([, says]) => isOwnModule(says));
  return named.length === 0 ? undefined : Object.fromEntries(named.map(([key, says]) => [key, namedIn(folder, says)]));
}

/** The setting of a file in `folder`, as the working folder has it. */
export function settingHere<S extends Naming>(folder: string, setting: S): S {
  return { ...setting, system: namedHere(folder, setting.system), workload: namedHere(folder, setting.workload) };
}

/**
 * The setting with its modules as the working folder has them, which a file in `folder` names: each where it lies from there, or, where the folder
 * was moved away from it, as the user named it.
 */
export function withModules<S extends Naming>(folder: string, setting: S, modules: Partial<Naming> | undefined): S {
  const here = Object.entries(modules ?? {}).map(([key, says]) => [key, namedHere(folder, says)] as const);
  return { ...setting, ...Object.fromEntries(here.filter(([, says]) => isThere(says))) };
}
