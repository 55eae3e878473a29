/** Where the executables of a database are on this machine, and which version they are. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import type { Database } from '../../../databases/database.ts';
import { BadInput } from '../../failure.ts';

export interface Found {
  readonly path: string;
  readonly version: string;
}

/** How long an executable may take to print its version. */
const VERSION_MS = 10_000;

/**
 * All executables of a database, of those places that are named for them before any others. Throws
 * `BadInput`, with what to do, where one is missing.
 */
export function executablesOf(
  { name, programs }: Database,
  chosen: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, Found> {
  return new Map(
    Object.entries(programs).map(([program, { version, places = [], install }]) => {
      const folders = [...places.flatMap(foldersLike), ...(process.env.PATH ?? '').split(delimiter)];
      const path = chosen[program] ?? chosenByEnvironment(program) ?? folders.map((one) => join(one, program)).find(canRun);
      if (path === undefined || !canRun(path))
        throw new BadInput(`${name} needs the program ${program}, which is not ${path ? `at ${path}` : 'on this machine'}: ${install}`);
      // As it was found: some decide by the name they are called by what they are.
      return [program, { path: resolve(path), version: versionOf(path, version) }] as const;
    }),
  );
}

/** `SPLITBRAIN_REDIS_SERVER=/path` for `redis-server`. */
function chosenByEnvironment(program: string): string | undefined {
  return process.env[`SPLITBRAIN_${program.toUpperCase().replaceAll('-', '_')}`];
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The folders that a pattern names, in which `*` is any one folder; the last in order first. */
function foldersLike(pattern: string): readonly string[] {
  const [root, ...parts] = pattern.split('/');
  let bases: readonly string[] = [root === '' ? '/' : (root ?? '.')];
  for (const part of parts)
    bases = bases.flatMap((base) =>
      part === '*' ? namesIn(base).map((name) => join(base, name)) : [join(base, part)],
    );
  return bases;
}

function namesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
}

function versionOf(path: string, args: readonly string[]): string {
  try {
    const text = execFileSync(path, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: VERSION_MS });
    return text.split('\n')[0]!.trim();
  } catch {
    return 'unknown version';
  }
}
