/** Servers of one's own for the purpose: on 127.0.0.1, in a folder that is removed, ended with whoever started them. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Executable } from '../databases/database.ts';
import { executables as postgresPrograms } from '../databases/postgres/nodes.ts';
import { Postgres } from '../databases/wire/postgres.ts';
import { minimalEnvironment } from '../harness/clusters/children/compiled.ts';
import { startGuard } from '../harness/clusters/children/guard.ts';
import { newTemporaryPath } from '../harness/clusters/children/marks.ts';
import { startSilent } from '../harness/clusters/children/start.ts';
import { executablesOf, type Found, linkedLibraries } from '../harness/clusters/databases/executables.ts';
import { Ports } from '../harness/clusters/databases/ports.ts';
import { userOf } from '../harness/clusters/databases/user.ts';
import { barred, HarnessFailure } from '../harness/failure.ts';
import { postgresAddress } from './stores/postgres-url.ts';

/** A server that was started. */
export interface Server {
  /** With the password, where it has one: it is made anew for each. */
  readonly url: string;
  end(): Promise<void>;
}

interface Start {
  readonly folder: string;
  readonly port: number;
  readonly password: string;
  /** A path of a program, by its name. */
  path(program: string): string;
  /** Runs a program to its end. */
  run(program: string, args: readonly string[]): Promise<void>;
}

interface ServerKind {
  readonly programs: Readonly<Record<string, Executable>>;
  prepare?(start: Start): Promise<void>;
  command(start: Start): readonly [program: string, ...args: string[]];
  url(start: Start): string;
  /** Rejects while the server cannot be asked yet. */
  ask(url: URL): Promise<void>;
}

const READY_MS = 60_000;

const kinds: Readonly<Record<string, ServerKind>> = {
  postgres: {
    programs: postgresPrograms,
    async prepare({ folder, password, run }) {
      writeFileSync(join(folder, 'password'), password, { mode: 0o600 });
      const { uid, gid } = userOf();
      if (uid !== undefined && gid !== undefined) chownSync(join(folder, 'password'), uid, gid);
      const login = ['-A', 'scram-sha-256', '-U', 'postgres', `--pwfile=${folder}/password`];
      await run('initdb', ['-D', `${folder}/data`, ...login, '--no-sync', '--encoding=UTF8', '--no-locale']);
    },
    command: ({ folder, port }) => [
      'postgres',
      ...['-D', `${folder}/data`, '-p', String(port), '-c', 'listen_addresses=127.0.0.1'],
      ...['-c', 'unix_socket_directories=', '-c', 'fsync=off', '-c', 'shared_buffers=32MB'],
    ],
    url: ({ port, password }) => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    ask: async (url) => (await Postgres.connect(postgresAddress(url), READY_MS)).close(),
  },
};

/** The programs of a server that can be started. */
export function programsOf(name: string): Readonly<Record<string, Executable>> {
  return kinds[name]!.programs;
}

/** Which servers can be started. */
export const serverNames: readonly string[] = Object.keys(kinds);

/**
 * Starts a server. `chosen` names programs as `run --program` does. Throws `BadInput` where one is missing, and
 * `HarnessFailure` with the end of its log where it does not come up.
 */
export async function startServer(name: string, chosen: Readonly<Record<string, string>> = {}): Promise<Server> {
  const kind = kinds[name]!;
  const programs = executablesOf({ name, programs: kind.programs }, chosen);
  const guard = startGuard();
  const temporary = newTemporaryPath();
  guard.remove(temporary);
  try {
    const start = await startIn(temporary, programs);
    await kind.prepare?.(start);
    const [program, ...args] = kind.command(start);
    const logFile = join(temporary, 'log');
    const child = startSilent({
      ...{ who: name, command: start.path(program), args, env: start.env, mark: guard.mark, cwd: start.folder },
      ...{ user: userOf(), logFile },
    });
    guard.watch(child.pid);
    let ended: string | undefined;
    void child.ended.then((how) => {
      ended = how;
    });
    const url = kind.url(start);
    await ready(
      () => kind.ask(new URL(url)),
      () => ended && `${name} ended with ${ended}: ${tail(logFile)}`,
    );
    return {
      url,
      async end() {
        child.signal('SIGKILL');
        await child.ended;
        await guard.end();
      },
    };
  } catch (error) {
    await guard.end();
    throw error;
  }
}

async function startIn(temporary: string, programs: ReadonlyMap<string, Found>) {
  mkdirSync(temporary, { mode: 0o755 });
  const folder = join(temporary, 'server');
  mkdirSync(folder, { mode: 0o700 });
  const { uid, gid } = userOf();
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  const libraries = linkedLibraries(programs, temporary);
  const env = {
    ...{ ...minimalEnvironment(), HOME: folder },
    ...(libraries === undefined ? {} : { LD_LIBRARY_PATH: libraries }),
  };
  const path = (program: string): string => programs.get(program)!.path;
  const run = async (program: string, args: readonly string[]): Promise<void> => {
    await promisify(execFile)(path(program), args, { cwd: folder, env, timeout: READY_MS, ...userOf() });
  };
  const port = await new Ports().free();
  return { folder, env, port, password: randomBytes(12).toString('hex'), path, run };
}

/** Resolves when the server answers. */
async function ready(ask: () => Promise<void>, ended: () => string | undefined): Promise<void> {
  const untilMs = performance.now() + READY_MS;
  while (performance.now() < untilMs) {
    const why = ended();
    if (why !== undefined) throw new HarnessFailure(why);
    const isReady = await ask().then(
      () => true,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new HarnessFailure(`the server did not answer within ${READY_MS / 1000} s`);
}

function tail(file: string): string {
  return barred(readFileSync(file, 'utf8').trim().split('\n').slice(-5).join('\n'));
}
