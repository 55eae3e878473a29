/**
 * PostgreSQL with streaming replication. Claims from https://www.postgresql.org/docs/18/transaction-iso.html (isolation
 * levels) and https://www.postgresql.org/docs/18/warm-standby.html (asynchronous standbys may lack what was committed).
 */
import type { Transactions } from '../../systems/blocks/transactions.ts';
import type { Claim } from '../../systems/system.ts';
import type { Chore, Database } from '../database.ts';
import { Postgres } from '../wire/postgres.ts';
import { leaderOf, operate, rejoin } from './failover.ts';
import { commands, executables, form, prepare, whole } from './nodes.ts';
import { type Level, PostgresSession } from './session.ts';
import { staged } from './staged.ts';

interface Variant {
  readonly level: Level;
  readonly model: string;
  readonly durable?: Claim['durable'];
  readonly synchronous?: boolean;
  readonly readsAtStandbys?: boolean;
  /** Whether the table is large and full of holes, so that an index takes long to build. */
  readonly holes?: boolean;
}

const FILLER = 30_000;
/** One turn of a chore takes about so long. */
const CHORE_MS = 2000;

/** `REINDEX CONCURRENTLY` again and again: releases before 14.4 lose rows of the index (bug 17485). */
const reindex: Chore = {
  says: 'the index is built anew while it is used',
  async do([first], { note }) {
    await Postgres.with(first!.port('sql'), async (sql) => {
      const untilMs = performance.now() + CHORE_MS;
      let errors = 0;
      while (performance.now() < untilMs)
        await sql.query('reindex index concurrently kv_pkey').catch((error: Error) => {
          if (errors++ === 0) note(error.message);
        });
    });
  },
};

/**
 * A commit that waits for a standby is durable here alone when the wait is cancelled, and says so in a warning only.
 */
const cancelWaiting: Chore = {
  says: 'sessions that wait for a standby at their commit are cancelled',
  async do(hosts) {
    const leader = hosts.find(({ id }) => id === leaderOf(hosts))!;
    await Postgres.with(leader.port('sql'), (sql) =>
      sql.query("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'"),
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
  },
};

async function makeHoles(sql: Postgres): Promise<void> {
  await sql.query(
    'create table if not exists kv (k text primary key, v text not null) with (fillfactor = 40, autovacuum_enabled = off)',
  );
  const rows = `select 'filler' || i, repeat('x', 60) from generate_series(1, ${FILLER}) i`;
  await sql.query(`insert into kv ${rows} on conflict do nothing`);
  await sql.query('vacuum kv');
}

function postgres(name: string, variant: Variant): Database<Transactions> {
  const { level, model, durable = 'no', synchronous = false, readsAtStandbys = false, holes = false } = variant;
  return {
    name,
    datatype: 'transactions',
    without: ['transfer', 'read'],
    claims: [
      {
        ...{ model, durable, under: ['partition', 'link', 'crash', 'pause', 'clock', 'chore'] },
        ...{ available: 'none', converges: false, recoversMs: 60_000 },
      },
    ],
    programs: executables,
    ports: { sql: 'peers' },
    noticesMs: 6000,
    staged,
    readyMs: 60_000,
    prepare: (hosts) => prepare(hosts, synchronous),
    commands,
    form: (hosts) => form(hosts, async (sql) => (holes ? makeHoles(sql) : undefined)),
    connect: async (host) => new PostgresSession(host, { level, readsAtStandbys }),
    whole,
    primary: async (hosts) => leaderOf(hosts),
    async clock(host) {
      const asked = 'select extract(epoch from clock_timestamp()) * 1000';
      return Postgres.with(host.port('sql'), async (sql) => Number((await sql.query(asked)).rows[0]?.[0]));
    },
    operate,
    rejoin,
    chores: { reindex, 'cancel-waiting': cancelWaiting },
  };
}

export const postgreses = [
  postgres('postgres/serializable', { level: 'serializable', model: 'serializable' }),
  postgres('postgres/repeatable-read', { level: 'repeatable read', model: 'snapshot-isolation' }),
  postgres('postgres/read-committed', { level: 'read committed', model: 'read-committed' }),
  postgres('postgres/synchronous', {
    ...{ level: 'repeatable read', model: 'snapshot-isolation', durable: 'always', synchronous: true },
  }),
  postgres('postgres/asynchronous', { level: 'repeatable read', model: 'snapshot-isolation', durable: 'always' }),
  postgres('postgres/standby-reads', { level: 'repeatable read', model: 'snapshot-isolation', readsAtStandbys: true }),
  postgres('postgres/reindexed', { level: 'repeatable read', model: 'snapshot-isolation', holes: true }),
] as const;
