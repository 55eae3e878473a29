/** Servers of one's own for the purpose: on 127.0.0.1, in a folder that is removed, ended with whoever started them. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Executable } from '../databases/database.ts';
import { executables as postgresPrograms } from '../databases/postgres/nodes.ts';
import { redisServer } from '../databases/redis/state.ts';
import { HttpClient } from '../databases/wire/http.ts';
import { Mysql } from '../databases/wire/mysql.ts';
import { Postgres } from '../databases/wire/postgres.ts';
import { Resp } from '../databases/wire/resp.ts';
import { Sqlite } from '../databases/wire/sqlite.ts';
import { minimalEnvironment } from '../harness/clusters/children/environment.ts';
import { startGuard } from '../harness/clusters/children/guard.ts';
import { newTemporaryPath } from '../harness/clusters/children/marks.ts';
import { startSilent } from '../harness/clusters/children/start.ts';
import { executablesOf, type Found, linkedLibraries } from '../harness/clusters/databases/executables.ts';
import { Ports } from '../harness/clusters/databases/ports.ts';
import { userOf } from '../harness/clusters/databases/user.ts';
import { barred, HarnessFailure } from '../harness/failure.ts';
import { mysqlAddress } from './stores/mariadb.ts';
import { postgresAddress } from './stores/postgres-url.ts';
import { sqliteProgram, sqlitePrograms } from './stores/sqlite.ts';

/** A server that was started. */
export interface Server {
  /** With the password, where it has one: it is made anew for each. */
  readonly url: string;
  end(): Promise<void>;
}

interface Start {
  readonly folder: string;
  readonly port: number;
  /** For servers that talk to each other, of which there is one here. */
  readonly peer: number;
  readonly password: string;
  /** Puts a file into the folder that only the server's user reads. */
  write(file: string, text: string): void;
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
    async prepare({ folder, password, write, run }) {
      write('password', password);
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
  mariadb: {
    programs: {
      mariadbd: { version: ['--version'], places: ['/usr/sbin'], install: 'apt-get install mariadb-server' },
      'mariadb-install-db': { version: ['--help'], places: ['/usr/bin'], install: 'apt-get install mariadb-server' },
    },
    async prepare({ folder, password, write, run }) {
      const login = '--auth-root-authentication-method=normal';
      await run('mariadb-install-db', ['--no-defaults', `--datadir=${folder}/data`, login, '--skip-test-db']);
      write(
        'init.sql',
        `create user splitbrain@'127.0.0.1' identified by '${password}';\ngrant all on *.* to splitbrain@'127.0.0.1';\n`,
      );
    },
    command: ({ folder, port }) => [
      'mariadbd',
      ...['--no-defaults', `--datadir=${folder}/data`, `--socket=${folder}/socket`, `--pid-file=${folder}/pid`],
      ...['--bind-address=127.0.0.1', `--port=${port}`, `--init-file=${folder}/init.sql`, '--skip-name-resolve'],
      ...['--innodb-flush-log-at-trx-commit=0', '--innodb-buffer-pool-size=32M'],
    ],
    url: ({ port, password }) => `mysql://splitbrain:${password}@127.0.0.1:${port}/`,
    ask: async (url) => (await Mysql.connect(mysqlAddress(url), READY_MS)).close(),
  },
  redis: {
    programs: { 'redis-server': redisServer },
    async prepare({ folder, password, port, write }) {
      // In a file, as everybody can read a command line.
      write('redis.conf', `requirepass ${password}\nbind 127.0.0.1\nport ${port}\nsave ""\ndir ${folder}\n`);
    },
    command: ({ folder }) => ['redis-server', `${folder}/redis.conf`],
    url: ({ port, password }) => `redis://:${password}@127.0.0.1:${port}/`,
    ask: async (url) => {
      const resp = await Resp.open(Number(url.port));
      await resp.ask('AUTH', url.password).finally(() => resp.close());
    },
  },
  etcd: {
    programs: { etcd: { version: ['--version'], install: 'apt-get install etcd-server' } },
    command: ({ folder, port, peer }) => [
      ...(['etcd', '--data-dir', `${folder}/data`, '--log-level', 'error', '--unsafe-no-fsync'] as const),
      ...['--listen-client-urls', `http://127.0.0.1:${port}`, '--advertise-client-urls', `http://127.0.0.1:${port}`],
      ...[
        '--listen-peer-urls',
        `http://127.0.0.1:${peer}`,
        '--initial-advertise-peer-urls',
        `http://127.0.0.1:${peer}`,
      ],
      ...['--initial-cluster', `default=http://127.0.0.1:${peer}`],
    ],
    url: ({ port }) => `etcd://127.0.0.1:${port}`,
    ask: async (url) => {
      const client = new HttpClient(Number(url.port));
      const { status } = await client.post('/v3/kv/range', { key: 'Pw==' }).finally(() => client.close());
      if (status !== 200) throw new Error(`status ${status}`);
    },
  },
};

/** SQLite is no server: a file of its own, with a write-ahead log or without. */
const files: Readonly<Record<string, string>> = { sqlite: 'delete', 'sqlite-wal': 'wal' };

/** The programs of a server that can be started. */
export function programsOf(name: string): Readonly<Record<string, Executable>> {
  return kinds[name]?.programs ?? sqlitePrograms;
}

/** Which servers can be started. */
export const serverNames: readonly string[] = [...Object.keys(kinds), ...Object.keys(files)];

/**
 * Starts a server. `chosen` names programs as `run --program` does. Throws `BadInput` where one is missing, and
 * `HarnessFailure` with the end of its log where it does not come up.
 */
export async function startServer(name: string, chosen: Readonly<Record<string, string>> = {}): Promise<Server> {
  const kind = kinds[name];
  if (!kind) return startFile(files[name]!);
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

/** A file in a folder that is removed in the end. */
async function startFile(journal: string): Promise<Server> {
  const program = sqliteProgram();
  const guard = startGuard();
  const folder = newTemporaryPath();
  guard.remove(folder);
  mkdirSync(folder, { mode: 0o700 });
  const file = join(folder, 'isolation.db');
  const sql = new Sqlite(program, file, READY_MS);
  await sql.query(`pragma journal_mode=${journal}`).finally(() => sql.close());
  return { url: `sqlite:${file}`, end: () => guard.end() };
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
  const write = (file: string, text: string): void => {
    writeFileSync(join(folder, file), text, { mode: 0o600 });
    if (uid !== undefined && gid !== undefined) chownSync(join(folder, file), uid, gid);
  };
  const ports = new Ports();
  const [port, peer] = [await ports.free(), await ports.free()];
  return { folder, env, port, peer, write, password: randomBytes(12).toString('hex'), path, run };
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
