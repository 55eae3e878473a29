/** PostgreSQL: a schema of its own, transactions that end themselves after two seconds of waiting. */
import { Postgres, type PostgresAddress, SqlError } from '../../databases/wire/postgres.ts';
import { isOurName, newName } from '../names.ts';
import type { Kind } from '../steps.ts';
import { postgresAddress } from './postgres-url.ts';
import {
  type Dialect,
  filledOf,
  refusing,
  rowsOf,
  type SqlAnswer,
  type SqlClient,
  SqlSession,
  tableName,
  tableOf,
} from './sql.ts';
import { Aborted, type Level, type Store, type StoreKind } from './store.ts';

const CONNECT_MS = 5000;
/** Within the transaction itself: a pooler may give the next one another session. */
const LIMITS = "set local lock_timeout = '2s'; set local statement_timeout = '2s'; set local enable_seqscan = off";
/** A deadlock is looked for after a second; who may change that finds it before everything has waited for it. */
const SOON = "set local deadlock_timeout = '30ms'";
const SOURCE = 'https://www.postgresql.org/docs/current/transaction-iso.html';

const level = (name: string, says: string, isDefault = false): Level => ({
  ...{ name, says: `${says} (${SOURCE})`, isDefault, begin: `begin isolation level ${name}` },
});

/** The levels that PostgreSQL has, with what its documentation says of them. */
export const postgresLevels: readonly Level[] = [
  level('read uncommitted', 'behaves like read committed'),
  level('read committed', 'a query sees only data committed before the query began', true),
  level('repeatable read', 'only sees data committed before the transaction began'),
  level('serializable', 'the same effect as running the transactions one at a time'),
];

/** SQLSTATEs after which nothing was committed, at COMMIT: rollbacks, broken constraints, a failed transaction. */
const CERTAINLY_ABORTED = /^(40|23|25|55|57014)/;

function isRefusal(error: unknown, sql: string): boolean {
  return error instanceof SqlError && (sql !== 'commit' || CERTAINLY_ABORTED.test(error.state));
}

/** A session: a COMMIT of a failed transaction answers ROLLBACK, without an error. */
function clientOf(session: Postgres): SqlClient {
  const query = async (sql: string): Promise<SqlAnswer> => {
    const { rows, tag } = await session.query(sql);
    if (sql === 'commit' && tag === 'ROLLBACK') throw new Aborted('commit answered ROLLBACK');
    return { rows, affected: Number(/\d+$/.exec(tag)?.[0] ?? 0) };
  };
  return refusing({ query, close: () => session.close() }, isRefusal);
}

/** The number of the lock that a run holds as long as it lives, so that nobody removes what it uses. */
const lockOf = (name: string): string => `hashtextextended('${name}', 0)`;

const dialectOf = (schema: string): Dialect => ({
  append: (column, text) => `${column} || '${text}'`,
  table: (kind) => `${schema}.${tableName(kind)}`,
});

/** Opens PostgreSQL as the store to measure. `levels` are its own, unless a test weakens them. */
export async function openPostgres(address: PostgresAddress, levels = postgresLevels): Promise<Store> {
  const control = await Postgres.connect(address, CONNECT_MS);
  const schema = newName();
  const dialect = dialectOf(schema);
  try {
    const { rows } = await control.query("select current_setting('server_version'), pg_backend_pid()");
    const isSoon = await control.query(`begin; ${SOON}; commit`).then(
      () => true,
      () => false,
    );
    if (!isSoon) await control.query('rollback');
    await control.query(`select pg_advisory_lock(${lockOf(schema)})`);
    await control.query(`create schema ${schema}`);
    for (const kind of ['list-append', 'rw-register', 'predicate-registers'] as const)
      await control.query(tableOf(kind, dialect.table(kind)));
    const notes = await poolerNotes(control, address, Number(rows[0]?.[1]));
    return storeOf({ control, address, schema, dialect, levels, notes, isSoon, version: `PostgreSQL ${rows[0]?.[0]}` });
  } catch (error) {
    await control.query(`drop schema if exists ${schema} cascade`).catch(() => {});
    control.close();
    throw error;
  }
}

/**
 * A pooler answers with a number of its own at the login. One that gives each transaction another session shows one
 * server process to two sessions that are open at the same time.
 */
async function poolerNotes(control: Postgres, address: PostgresAddress, processId: number): Promise<readonly string[]> {
  const other = await Postgres.connect(address, CONNECT_MS);
  try {
    const { rows } = await other.query('select pg_backend_pid()');
    const isShared = Number(rows[0]?.[0]) === processId;
    if (isShared)
      return [
        'a pooler that mixes sessions stands in between, as PgBouncer does in transaction mode: two sessions have the same server process, so that what is seen or not seen may be its doing',
      ];
    if (control.processId !== 0 && control.processId !== processId)
      return ['a pooler stands in between, as PgBouncer in session mode: what waits may wait for it'];
    return [];
  } finally {
    other.close();
  }
}

interface Opened {
  readonly control: Postgres;
  readonly address: PostgresAddress;
  readonly schema: string;
  readonly dialect: Dialect;
  readonly levels: readonly Level[];
  readonly notes: readonly string[];
  /** Whether the session may set `deadlock_timeout`. */
  readonly isSoon: boolean;
  readonly version: string;
}

function storeOf({ control, address, schema, dialect, levels, notes, isSoon, version }: Opened): Store {
  const table = (kind: Kind) => dialect.table(kind);
  return {
    ...{ version, levels, notes },
    async prepare(kind, from, to) {
      if (kind !== 'predicate-registers') await control.query(rowsOf(kind, table(kind), [from, to], ['x', 'y', 'z']));
    },
    async fill(group, rows) {
      await control.query(filledOf(table('predicate-registers'), group, rows));
    },
    async open(log) {
      const named: typeof log = (text, told) => log(readable(text, schema), told);
      const client = clientOf(await Postgres.connect(address, CONNECT_MS));
      const more = isSoon ? `; ${LIMITS}; ${SOON}` : `; ${LIMITS}`;
      return new SqlSession(client, { ...dialect, begin: ({ begin }) => `${begin}${more}` }, named);
    },
    async waiting() {
      const waiting = `select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%${schema}.%' and pid <> pg_backend_pid()`;
      return Number((await control.query(waiting)).rows[0]?.[0]);
    },
    async close() {
      try {
        await control.query("set lock_timeout = '10s'");
        await control.query(`drop schema ${schema} cascade`);
        await control.query(`select pg_advisory_unlock(${lockOf(schema)})`);
      } finally {
        control.close();
      }
    },
  };
}

/** A statement as a person would write it: without the schema, and the limits that each transaction has. */
function readable(text: string, schema: string): string {
  return text.replaceAll(`${schema}.`, '').replace(/; set local .*/, '');
}

/** Removes the schemas of runs that no longer hold their lock. */
async function cleanPostgres(address: PostgresAddress): Promise<readonly string[]> {
  const control = await Postgres.connect(address, CONNECT_MS);
  try {
    const { rows } = await control.query("select nspname from pg_namespace where nspname like 'splitbrain\\_%'");
    const removed: string[] = [];
    for (const name of rows.map(([one]) => String(one)).filter(isOurName)) {
      const { rows: got } = await control.query(`select pg_try_advisory_lock(${lockOf(name)})`);
      if (got[0]?.[0] !== 't') continue;
      await control.query(`drop schema if exists ${name} cascade`);
      await control.query(`select pg_advisory_unlock(${lockOf(name)})`);
      removed.push(name);
    }
    return removed;
  } finally {
    control.close();
  }
}

export const postgresKind: StoreKind = {
  name: 'PostgreSQL',
  protocols: ['postgres:', 'postgresql:'],
  open: async (url) => openPostgres(postgresAddress(url)),
  clean: async (url) => cleanPostgres(postgresAddress(url)),
};
