/** Where the executables of a database are on this machine, and which version they are. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import type { Database, Executable } from '../../../databases/database.ts';
import { BadInput } from '../../failure.ts';
import { newTemporaryPath } from '../children/marks.ts';
import { userOf } from './user.ts';

export interface Found {
  readonly path: string;
  readonly version: string;
  /** Files by the further names that it wants libraries under. */
  readonly libraries: Readonly<Record<string, string>>;
  /** See `Executable`. */
  readonly overwritesEnvironment: boolean;
  readonly tools: readonly string[];
}

/** How long an executable may take to print its version. */
const VERSION_MS = 10_000;
const NPM = 'npm:';

/**
 * All executables of a database. `chosen` names some: a path, or `npm:VERSION` of a package in the cache; else
 * `SPLITBRAIN_REDIS_SERVER=/path` of the environment does. Those of one folder belong together and are preferred.
 * Throws `BadInput`, with what to do, where one is missing.
 */
export function executablesOf(
  { name, programs }: Pick<Database, 'name' | 'programs'>,
  chosen: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, Found> {
  const names = Object.keys(programs);
  const stranger = Object.keys(chosen).find((program) => !names.includes(program));
  if (stranger !== undefined) throw new BadInput(`${name} has no program ${stranger}: it needs ${names.join(', ')}`);
  const picked = new Map(
    names.flatMap((program) => {
      const choice = chosen[program] ?? process.env[`SPLITBRAIN_${program.toUpperCase().replaceAll('-', '_')}`];
      return choice === undefined ? [] : [[program, pathOf(program, programs[program]!, choice)] as const];
    }),
  );
  const folders = [
    ...Array.from(picked.values(), dirname),
    ...names.flatMap((program) => foldersOf(programs[program]!)),
  ];
  const together = folders.find((folder) => names.every((program) => canRun(join(folder, program))));
  return new Map(
    names.map((program) => {
      const { version, versionIn, install, libraries, overwritesEnvironment = false, tools = [] } = programs[program]!;
      const places = together === undefined ? folders : [together, ...folders];
      const path = picked.get(program) ?? places.map((folder) => join(folder, program)).find(canRun);
      if (path === undefined)
        throw new BadInput(`${name} needs the program ${program}, which is not on this machine: ${install}`);
      // As it was found: some decide by the name they are called by what they are.
      const found = resolve(path);
      const links = libraries?.(found) ?? {};
      const told = versionIn?.exec(realpathSync(found))?.[0] ?? versionOf(found, version, links);
      const own = { version: told, libraries: links, overwritesEnvironment, tools };
      return [program, { path: found, ...own }] as const;
    }),
  );
}

/** The versions of npm that are in the cache, each as `--program` takes it. */
export function cachedVersions({ npm }: Executable): readonly string[] {
  if (npm === undefined) return [];
  const [folder, prefix] = [dirname(cacheOf(npm, '')), basename(cacheOf(npm, ''))];
  return namesIn(folder).flatMap((name) => (name.startsWith(prefix) ? [`${NPM}${name.slice(prefix.length)}`] : []));
}

/** Where `npm:VERSION` is looked for: `npm install --prefix FOLDER --ignore-scripts PACKAGE@VERSION` puts it there. */
function cacheOf(scope: string, version: string): string {
  // Root's home is closed to the user that nodes run as then.
  const own = process.getuid?.() === 0 ? '/var/cache' : join(homedir(), '.cache');
  const cache = process.env.XDG_CACHE_HOME ?? own;
  return join(cache, 'splitbrain/npm', `${scope.replace('@', '')}-${version}`);
}

/**
 * Where all programs of a run find libraries under their further names, as a search path; nothing where none wants any.
 */
export function linkedLibraries(
  programs: ReadonlyMap<string, Pick<Found, 'libraries'>>,
  temporary: string,
): string | undefined {
  const links = Object.assign({}, ...Array.from(programs.values(), ({ libraries }) => libraries)) as Found['libraries'];
  if (Object.keys(links).length === 0) return undefined;
  const folder = join(temporary, 'lib');
  mkdirSync(folder, { mode: 0o755 });
  for (const [name, file] of Object.entries(links)) symlinkSync(file, join(folder, name));
  return searchPath([folder, ...Object.values(links).map(dirname)]);
}

function searchPath(folders: readonly string[]): string {
  return [...new Set(folders)].join(delimiter);
}

function pathOf(program: string, { npm, install }: Executable, choice: string): string {
  if (!choice.startsWith(NPM)) {
    if (canRun(choice)) return choice;
    throw new BadInput(`the program ${program} is not at ${choice}, or cannot be run`);
  }
  if (npm === undefined) throw new BadInput(`no npm package has the program ${program}: name a path, or ${install}`);
  const folder = cacheOf(npm, choice.slice(NPM.length));
  const path = foldersLike(join(folder, 'node_modules', npm, '*/native/bin'))
    .map((one) => join(one, program))
    .find(canRun);
  if (path !== undefined) return path;
  throw new BadInput(`${program} ${choice} is not in the cache: npm ${npmInstall(npm, choice).join(' ')}`);
}

/** What npm is told to put a version into the cache, without running anything of it. */
function npmInstall(npm: string, choice: string): readonly string[] {
  const version = choice.slice(NPM.length);
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefix', cacheOf(npm, version)];
  return ['install', ...flags, `${npm}/${process.platform}-${process.arch}@${version}`];
}

/**
 * What npm is told for an executable of these databases: `postgres=npm:14.3.0-beta.6`; nothing where it is there
 * already. Throws `BadInput` where none of them has it, or none from npm.
 */
export function installationOf(
  databases: readonly Pick<Database, 'programs'>[],
  program: string,
  choice: string,
): readonly string[] | undefined {
  const known = databases.find(({ programs }) => Object.hasOwn(programs, program))?.programs[program];
  if (!known) throw new BadInput(`no database has a program ${program}`);
  const { npm, install } = known;
  if (npm === undefined) throw new BadInput(`no npm package has the program ${program}: ${install}`);
  if (!/^npm:\d[\w.+-]*$/.test(choice)) throw new BadInput(`a version is written npm:14.3.0-beta.6, not "${choice}"`);
  return cachedVersions(known).includes(choice) ? undefined : npmInstall(npm, choice);
}

function foldersOf({ places = [] }: Executable): readonly string[] {
  return [...places.flatMap(foldersLike), ...(process.env.PATH ?? '').split(delimiter)];
}

/** The folders that a pattern names, in which `*` is any one folder; the latest version first. */
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
  try {
    return readdirSync(folder).sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  } catch {
    return [];
  }
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function versionOf(path: string, args: readonly string[], libraries: Found['libraries']): string {
  const temporary = newTemporaryPath();
  mkdirSync(temporary, { mode: 0o755 });
  try {
    return versionBy(path, args, linkedLibraries(new Map([[path, { libraries }]]), temporary));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function versionBy(path: string, args: readonly string[], folders: string | undefined): string {
  const env = { PATH: process.env.PATH ?? '', ...(folders ? { LD_LIBRARY_PATH: folders } : {}) };
  const { error, status, stdout, stderr } = spawnSync(path, args, {
    ...{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: VERSION_MS, cwd: '/', env },
    ...userOf(),
  });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'EACCES')
    throw new BadInput(
      `${path} cannot be run by the user nobody, as nodes are where root starts them: open its folder`,
    );
  if (error || status !== 0) return 'unknown version';
  // Some tell it where errors are told.
  return (stdout.trim() || stderr.trim()).split('\n')[0]!.trim();
}
