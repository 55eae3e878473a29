/**
 * Where systems come from: the registry, by name, or a module of the user's own, as `./my.js#export`. Children load this file: what it imports
 * is paid for at every start of a node.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systems } from '../../systems/registry.ts';
import type { Claim, System } from '../../systems/system.ts';
import { BadInput } from '../failure.ts';
import { isOwnModule } from './module-path.ts';
import { unknownName } from './suggestions.ts';
import { systemIn } from './validate-system.ts';

/** Where a system comes from, as it can be told to another process. */
export type SystemSource = { readonly name: string } | { readonly module: string; readonly export: string };

/** What `--system` says, or a setting: a path if it begins like one, else a name. Paths are relative to the working folder. */
export function systemSource(says: string): SystemSource {
  if (!isOwnModule(says)) return { name: says };
  const hash = says.lastIndexOf('#');
  const path = hash < 0 ? says : says.slice(0, hash);
  const module = path.startsWith('file:') ? path : pathToFileURL(resolve(path)).href;
  return { module, export: hash < 0 ? 'default' : says.slice(hash + 1) };
}

/** Loads a system. Rejects with `BadInput` where there is none, or what is there is no system. */
export async function systemFrom(source: SystemSource): Promise<System> {
  if ('module' in source) return ownSystem(source.module, source.export);
  const system = systems.find(({ name }) => name === source.name);
  if (!system) {
    const names = systems.map(({ name }) => name);
    throw new BadInput(unknownName('system', source.name, names));
  }
  return system;
}

/** The system of a setting, held to the claims that the setting brings along where it does. */
export async function systemOf(setting: {
  readonly system: string;
  readonly claims?: readonly Claim[];
}): Promise<System> {
  const system = await systemFrom(systemSource(setting.system));
  return setting.claims ? { ...system, claims: setting.claims } : system;
}

async function ownSystem(module: string, name: string): Promise<System> {
  const exports = (await import(module).catch((error: unknown) => {
    throw new BadInput(`${module} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
  })) as Record<string, unknown>;
  if (exports[name] === undefined)
    throw new BadInput(`${module}: ${unknownName('export', name, Object.keys(exports))}`);
  return systemIn(exports[name], `${name} of ${module}`);
}
