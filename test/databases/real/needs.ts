/** Which real programs these tests need: one list. What is missing is skipped loudly, and in CI it is a failure. */
import { spawnSync } from 'node:child_process';
import type { Database } from '../../../databases/database.ts';
import { databases } from '../../../databases/registry.ts';
import { executablesOf } from '../../../harness/clusters/databases/executables.ts';
import { programsOf } from '../../../isolation/servers.ts';

/** What the tests choose, and `.ci/run` installs. */
export const POSTGRES = 'npm:18.4.0-beta.17';

export function databaseNamed(name: string): Database {
  const found = databases.find((one) => one.name === name);
  if (!found) throw new Error(`there is no database ${name}`);
  return found;
}

/** Whether one of the commands is not on this machine; says so. Throws in CI, which installs all of them. */
export function lacks(...commands: readonly string[]): boolean {
  const missing = commands.filter((command) => spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0);
  if (missing.length === 0) return false;
  if (process.env.CI === 'true') throw new Error(`missing: ${missing.join(', ')}`);
  console.warn(`SKIPPED: there is no ${missing.join(', ')}`);
  return true;
}

/** Whether this machine cannot run the database; says so. Throws in CI, which installs all of them. */
export function isMissing(name: string, programs: Readonly<Record<string, string>> = {}): boolean {
  return lacksProgramsOf(databaseNamed(name), programs);
}

/** The same of any database. */
export function lacksProgramsOf(database: Database, programs: Readonly<Record<string, string>> = {}): boolean {
  return isAbsent(() => executablesOf(database, programs));
}

/** The same of a server that `isolation --start` starts, and of programs that a test starts itself. */
export function isServerMissing(name: string, programs: Readonly<Record<string, string>> = {}): boolean {
  return isAbsent(() => executablesOf({ name, programs: programsOf(name) }, programs));
}

/** Programs of Debian that tests start themselves, and their packages. */
const PACKAGES = { openssl: 'openssl', pgbouncer: 'pgbouncer' } as const;

export function isProgramMissing(program: keyof typeof PACKAGES): boolean {
  const places = ['/usr/bin', '/usr/sbin'];
  const executable = { version: ['--version'], places, install: `apt-get install ${PACKAGES[program]}` };
  return isAbsent(() => executablesOf({ name: 'a test', programs: { [program]: executable } }));
}

function isAbsent(look: () => unknown): boolean {
  try {
    look();
    return process.platform !== 'linux';
  } catch (error) {
    const says = (error as Error).message;
    if (process.env.CI === 'true') throw error;
    console.warn(`SKIPPED: ${says}`);
    return true;
  }
}
