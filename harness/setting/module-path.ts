/**
 * How a file names a module of the user's own: by its path from the file's own folder, so that a repository may
 * lie anywhere, and a file be read from any working folder. Names of built-in systems are the same everywhere.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BadInput } from '../failure.ts';
import { isOwnModule } from './own-module.ts';
import { isProgramSource, programName, programSourceOf, programText } from './program-text.ts';

/**
 * A system as a file in `folder` names it: `../my.js#export` for
 * `./my.js#export` where the folder is one below the working folder.
 */
export function namedIn(folder: string, system: string): string {
  return moved(system, '.', folder);
}

/** The same system as it is named in the working folder, of the name that a file in `folder` has for it. */
export function namedHere(folder: string, system: string): string {
  return moved(system, folder, '.');
}

/**
 * A module that a file names by its path from the file's own folder, as
 * the working folder has it; names and absolute paths stay as they are.
 */
export function namedByFile(file: string, says: string): string {
  return says.startsWith('.') || isProgramSource(says) ? namedHere(dirname(file), says) : says;
}

/** Whether the file of a module is there, seen from the working folder. True of what is no module. */
export function isThere(system: string): boolean {
  return !isOwnModule(system) || filesOf(system).every((path) => existsSync(resolve(path)));
}

/**
 * SHA-256 of a module's text, or of the files that a program's command names, in hexadecimal; of what it
 * imports it says nothing. Throws `BadInput` where a file cannot be read.
 */
export function moduleHash(says: string): string {
  try {
    const hash = createHash('sha256');
    for (const path of filesOf(says)) hash.update(readFileSync(path));
    return hash.digest('hex');
  } catch (error) {
    throw new BadInput(`${says} cannot be read: ${(error as Error).message}`);
  }
}

/** Part of a name for a file: `my.js-backup` for `./my.js#backup`, without leading dots, which would hide the file. */
export function fileText(system: string): string {
  return (isProgramSource(system) ? programName(programSourceOf(system)) : namedHere('.', system))
    .replace(/[^\w.-]+/g, '-')
    .replace(/(^|-)[.-]+/g, '$1');
}

function moved(system: string, from: string, to: string): string {
  if (isProgramSource(system)) return movedProgram(system, from, to);
  if (!isOwnModule(system)) return system;
  const { path, name } = partsOf(system);
  return `${movedPath(path, from, to)}${name}`;
}

function movedPath(path: string, from: string, to: string): string {
  const found = relative(to, resolve(from, path)).split(sep).join('/');
  return /^\.{0,2}\//.test(found) ? found : `./${found}`;
}

/** Of a program its command, where that is a path, and those of its arguments that are paths from a folder. */
function movedProgram(says: string, from: string, to: string): string {
  const { dialect, command, args } = programSourceOf(says);
  return programText({
    dialect,
    command: command.includes('/') && !isAbsolute(command) ? movedPath(command, from, to) : command,
    args: args.map((word) => (isRelative(word) ? movedPath(word, from, to) : word)),
  });
}

const isRelative = (word: string) => /^\.{1,2}\//.test(word);

/** The files that a name stands for: of a program those that its command names. */
function filesOf(says: string): readonly string[] {
  if (!isProgramSource(says)) return [partsOf(says).path];
  const { command, args } = programSourceOf(says);
  return [...(command.includes('/') ? [command] : []), ...args.filter((word) => isRelative(word) && existsSync(word))];
}

function partsOf(system: string): { readonly path: string; readonly name: string } {
  const hash = system.lastIndexOf('#');
  const path = hash < 0 ? system : system.slice(0, hash);
  return { path: path.startsWith('file:') ? fileURLToPath(path) : path, name: hash < 0 ? '' : system.slice(hash) };
}
