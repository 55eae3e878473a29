/**
 * What operators do for PostgreSQL, which has no failover of its own: where a majority of nodes no longer reaches the
 * primary, that one of them is promoted which has received most, and the others follow it.
 */
import type { NodeId } from '../../systems/node.ts';
import type { Host, NodeControls } from '../database.ts';
import { Postgres } from '../wire/postgres.ts';
import { isPrimary } from './session.ts';

/** So long a majority must have missed the primary. */
const MISSED_MS = 1500;
/** How long the primary may take to answer over a link. */
const REACH_MS = 800;
const ASK_MS = 500;
/** How often, and how many times, a standby is looked at before it is made anew. */
const STREAM_PAUSE_MS = 200;
const STREAM_TRIES = 20;

/** How a standby finds who leads: over its own link, as its database's settings say it. */
export function follows(host: Host, leader: NodeId): string {
  const words = [`host=127.0.0.1 port=${host.link('sql', leader)} user=postgres`];
  return `primary_conninfo = '${[...words, `application_name=${host.id} connect_timeout=2`].join(' ')}'`;
}

interface Watch {
  leader: NodeId;
  missedSinceMs?: number;
}

/** What the operator of a cluster knows. A cluster is known by the first of its hosts. */
const watches = new WeakMap<Host, Watch>();

function watchOf([first]: readonly Host[]): Watch {
  const known = watches.get(first!) ?? { leader: first!.id };
  watches.set(first!, known);
  return known;
}

/** Who leads, as the operator knows it. */
export function leaderOf(hosts: readonly Host[]): NodeId {
  return watchOf(hosts).leader;
}

/** Looks once, and promotes where it must. */
export async function operate(hosts: readonly Host[], controls: NodeControls): Promise<void> {
  const watch = watchOf(hosts);
  const { leader } = watch;
  const reached = await Promise.all(
    hosts.map((host) => isPrimary(host.link('sql', leader), REACH_MS).catch(() => false)),
  );
  const without = hosts.filter((_, i) => !reached[i]);
  const candidates = without.filter(({ id }) => id !== leader);
  if (without.length <= hosts.length / 2 || candidates.length === 0) {
    delete watch.missedSinceMs;
    return;
  }
  watch.missedSinceMs ??= performance.now();
  if (performance.now() - watch.missedSinceMs < MISSED_MS) return;
  const received = await Promise.all(candidates.map((host) => receivedBy(host).catch(() => -1)));
  const most = Math.max(...received);
  const chosen = candidates[received.indexOf(most)];
  if (most < 0 || chosen === undefined) return;
  await Postgres.with(chosen.port('sql'), (sql) => sql.query('select pg_promote(true, 5)'));
  controls.note(`promoted ${chosen.id} in place of ${leader}`);
  watch.leader = chosen.id;
  delete watch.missedSinceMs;
  await Promise.all(
    candidates.filter((host) => host !== chosen).map((host) => follow(host, chosen.id).catch(() => {})),
  );
}

/** How much of the log a node has, in bytes. */
async function receivedBy(host: Host): Promise<number> {
  const last = 'coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())';
  return Postgres.with(
    host.port('sql'),
    async (sql) => Number((await sql.query(`select pg_wal_lsn_diff(${last}, '0/0')`)).rows[0]?.[0] ?? -1),
    { timeoutMs: ASK_MS },
  );
}

async function follow(host: Host, leader: NodeId): Promise<void> {
  await Postgres.with(
    host.port('sql'),
    async (sql) => {
      await sql.query(`alter system set ${follows(host, leader)}`);
      await sql.query('select pg_reload_conf()');
    },
    { timeoutMs: ASK_MS },
  );
}

/**
 * Makes every node anew that does not follow the leader, by a backup in SQL: `pg_basebackup` and `pg_rewind` are not
 * everywhere. First each has some time to come back by itself.
 */
export async function rejoin(hosts: readonly Host[], controls: NodeControls): Promise<void> {
  const leader = leaderOf(hosts);
  const source = hosts.find(({ id }) => id === leader)!;
  for (const host of hosts) {
    if (host === source || (await comesBack(source, host))) continue;
    controls.note(`${host.id} is made anew from ${leader}`);
    await makeAnew(source, host, controls);
  }
}

async function comesBack(source: Host, host: Host): Promise<boolean> {
  // What takes itself for a primary, too, follows nobody.
  if (await isPrimary(host.port('sql'), ASK_MS).catch(() => false)) return false;
  for (let tries = 0; tries < STREAM_TRIES; tries++) {
    if ((await streaming(source).catch((): readonly NodeId[] => [])).includes(host.id)) return true;
    await new Promise((resolve) => setTimeout(resolve, STREAM_PAUSE_MS));
  }
  return false;
}

/** The standbys that are sent the leader's log. */
export async function streaming(leader: Host): Promise<readonly NodeId[]> {
  const { rows } = await Postgres.with(leader.port('sql'), (sql) =>
    sql.query("select application_name from pg_stat_replication where state = 'streaming'"),
  );
  return rows.flatMap(([name]) => name ?? []);
}

async function makeAnew(source: Host, host: Host, controls: NodeControls): Promise<void> {
  await controls.stop(host.id);
  const label = await Postgres.with(source.port('sql'), async (sql) => {
    await sql.query(`select pg_backup_start('rejoin', true)`);
    await controls.copy(source.id, host.id);
    return (await sql.query('select labelfile from pg_backup_stop(false)')).rows[0]?.[0] ?? '';
  });
  for (const file of ['postmaster.pid', 'postmaster.opts']) host.remove(`data/${file}`);
  host.write('data/backup_label', label);
  host.write('data/standby.signal', '');
  host.write('data/postgresql.auto.conf', `${follows(host, source.id)}\n`);
  await controls.start(host.id);
}
