/**
 * Where systems and all else that a user may bring along come from: a registry, by name, or a module of the
 * user's own, as `./my.js#export`. Children load this file: what it imports is paid for at every start of a node.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDatabase } from '../../databases/database.ts';
import { databases } from '../../databases/registry.ts';
import { systems } from '../../systems/registry.ts';
import { type Claim, type Design, isDesign, type System } from '../../systems/system.ts';
import { BadInput } from '../failure.ts';
import { isLibraryDesign, libraryDesigns } from './libraries.ts';
import { loadModule } from './load-module.ts';
import { isOwnModule } from './own-module.ts';
import { programFrom } from './program-source.ts';
import { isProgramSource, type ProgramSource, programSourceOf } from './program-text.ts';
import { unknownName } from './suggestions.ts';
import { systemIn } from './validate-system.ts';

/** An export of a module, which is named by its URL. */
interface ModuleSource {
  readonly module: string;
  readonly export: string;
}

/** Where something comes from, as it can be told to another process. */
export type Source = { readonly name: string } | ModuleSource | { readonly program: ProgramSource };

/**
 * What `--system`, `--workload` or a setting says: a program, a path if it begins
 * like one, else a name. Paths are relative to the working folder.
 */
export function sourceOf(says: string): Source {
  if (isProgramSource(says)) return { program: programSourceOf(says) };
  if (!isOwnModule(says)) return { name: says };
  const hash = says.lastIndexOf('#');
  const path = hash < 0 ? says : says.slice(0, hash);
  const module = path.startsWith('file:') ? path : pathToFileURL(resolve(path)).href;
  return { module, export: hash < 0 ? 'default' : says.slice(hash + 1) };
}

/** Every system that comes with splitbrain: our designs, and real software. */
export const knownSystems: readonly System[] = [...systems, ...databases];

/** Loads a system. Rejects with `BadInput` where there is none, or what is there is no system. */
export async function systemFrom(source: Source): Promise<System> {
  if ('program' in source) return programFrom(source.program);
  const known = 'name' in source && isLibraryDesign(source.name) ? await libraryDesigns() : knownSystems;
  return found<System>('system', source, known, systemIn);
}

/** The same where only a design will do: in the simulation, and in a node's child. */
export async function designFrom(source: Source): Promise<Design> {
  const system = await systemFrom(source);
  if (isDesign(system)) return system;
  const kind = isDatabase(system) ? 'a database, which runs in real time only' : 'no design: it has no start(node)';
  throw new BadInput(`${system.name} is ${kind}: what simulates cannot take it, splitbrain run can`);
}

/** The system of a setting, held to the claims that the setting brings along where it does. */
export async function systemOf(setting: {
  readonly system: string;
  readonly claims?: readonly Claim[];
}): Promise<System> {
  const system = await systemFrom(sourceOf(setting.system));
  return setting.claims ? { ...system, claims: setting.claims } : system;
}

/**
 * The one of this name, or what a module exports once it has been `checked`, which is told where it stands and
 * throws `BadInput`. Rejects with `BadInput` where there is none of that name, no such module or no such export.
 */
export async function found<T extends { readonly name: string }>(
  kind: string,
  source: Source,
  known: readonly T[],
  checked: (value: unknown, where: string) => T,
): Promise<T> {
  if ('module' in source) return ownExport(source, checked);
  if ('program' in source) throw new BadInput(`a program is no ${kind}`);
  return namedIn(kind, source.name, known);
}

/** The one of this name. Throws `BadInput` where there is none. */
export function namedIn<T extends { readonly name: string }>(kind: string, name: string, known: readonly T[]): T {
  const one = known.find((other) => other.name === name);
  if (one) return one;
  const names = known.map((other) => other.name);
  throw new BadInput(unknownName(kind, name, names));
}

/** What a module exports once it has been `checked`. Rejects with `BadInput`. */
export async function ownExport<T>(
  { module, export: name }: ModuleSource,
  checked: (value: unknown, where: string) => T,
): Promise<T> {
  const exports = await loadModule(module);
  if (exports[name] === undefined)
    throw new BadInput(`${module}: ${unknownName('export', name, Object.keys(exports))}`);
  return checked(exports[name], `${name} of ${module}`);
}
