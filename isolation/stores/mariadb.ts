/** MariaDB, and MySQL where it takes native passwords: a database of its own. Not tried on a real MySQL. */
import { hostIn } from '../../databases/wire/loopback.ts';
import { Mysql, type MysqlAddress, MysqlError } from '../../databases/wire/mysql.ts';
import { isOurName, newName } from '../names.ts';
import type { Kind } from '../steps.ts';
import { type Dialect, filledOf, refusing, rowsOf, SqlSession, tableName, tableOf } from './sql.ts';
import type { Level, Store, StoreKind } from './store.ts';

const CONNECT_MS = 5000;
const SOURCE = 'https://mariadb.com/docs/server/reference/sql-statements/transactions/set-transaction';
const LIMITS = 'set session innodb_lock_wait_timeout = 2';

const level = (name: string, says: string, isDefault = false): Level => ({
  ...{ name, says: `${says} (${SOURCE})`, isDefault },
  begin: `set transaction isolation level ${name}; start transaction`,
});

/** The levels of MariaDB and MySQL, with what MariaDB's documentation says of them. */
const levels: readonly Level[] = [
  level('read uncommitted', 'a possible earlier version of a row might be used'),
  level('read committed', 'each consistent read sets and reads its own fresh snapshot'),
  level('repeatable read', 'all consistent reads read the snapshot of the first one', true),
  level('serializable', 'like repeatable read, but plain reads lock what they read'),
];

/** A lock's timeout and a deadlock: at COMMIT, too, nothing was committed then. */
const CERTAINLY_ABORTED: readonly number[] = [1020, 1205, 1213];

function isRefusal(error: unknown, sql: string): boolean {
  return error instanceof MysqlError && (sql !== 'commit' || CERTAINLY_ABORTED.includes(error.code));
}

async function sessionOf(address: MysqlAddress): Promise<Mysql> {
  const sql = await Mysql.connect(address, CONNECT_MS);
  await sql.query(LIMITS);
  // MariaDB has a limit for all statements, MySQL for reads alone.
  await sql.query('set session max_statement_time = 2').catch(() => sql.query('set session max_execution_time = 2000'));
  return sql;
}

const dialectOf = (name: string): Dialect => ({
  append: (column, text) => `concat(${column}, '${text}')`,
  table: (kind) => `${name}.${tableName(kind)}`,
});

async function openMariadb(address: MysqlAddress): Promise<Store> {
  const control = await Mysql.connect(address, CONNECT_MS);
  const name = newName();
  const dialect = dialectOf(name);
  try {
    await control.query(`select get_lock('${name}', 0)`);
    await control.query(`create database ${name}`);
    for (const kind of ['list-append', 'rw-register', 'predicate-registers'] as const)
      await control.query(`${tableOf(kind, dialect.table(kind))} engine=InnoDB`);
    return storeOf(control, address, name, dialect, await versionOf(control));
  } catch (error) {
    await control.query(`drop database if exists ${name}`).catch(() => {});
    control.close();
    throw error;
  }
}

/** With the setting on which it depends what repeatable read means. */
async function versionOf(control: Mysql): Promise<string> {
  const isMaria = /mariadb/i.test(control.version);
  const { rows } = await control.query("show variables like 'innodb_snapshot_isolation'");
  const setting = rows[0] ? `, innodb_snapshot_isolation=${rows[0][1]}` : '';
  return `${isMaria ? 'MariaDB' : 'MySQL'} ${control.version.replace(/-.*/, '')}${setting}`;
}

function storeOf(control: Mysql, address: MysqlAddress, name: string, dialect: Dialect, version: string): Store {
  const table = (kind: Kind) => dialect.table(kind);
  const isMysql = version.startsWith('MySQL');
  return {
    ...{ version, levels, notes: isMysql ? ['the client was not tried on a real MySQL'] : [] },
    async prepare(kind, from, to) {
      if (kind !== 'predicate-registers') await control.query(rowsOf(kind, table(kind), [from, to], ['x', 'y', 'z']));
    },
    async fill(group, rows) {
      await control.query(filledOf(table('predicate-registers'), group, rows));
    },
    async open(log) {
      const named: typeof log = (text, told) => log(text.replaceAll(`${name}.`, ''), told);
      return new SqlSession(refusing(await sessionOf(address), isRefusal), dialect, named);
    },
    async waiting() {
      // Who may not look is told nothing, and whoever is late is taken to wait.
      const asked = "select count(*) from information_schema.innodb_trx where trx_state = 'LOCK WAIT'";
      return control.query(asked).then(
        ({ rows }) => Number(rows[0]?.[0]),
        () => 1,
      );
    },
    async close() {
      try {
        await control.query(`drop database ${name}`);
      } finally {
        control.close();
      }
    },
  };
}

async function cleanMariadb(address: MysqlAddress): Promise<readonly string[]> {
  const control = await Mysql.connect(address, CONNECT_MS);
  try {
    const { rows } = await control.query("show databases like 'splitbrain\\_%'");
    const removed: string[] = [];
    for (const name of rows.map(([one]) => String(one)).filter(isOurName)) {
      const { rows: free } = await control.query(`select is_free_lock('${name}')`);
      if (free[0]?.[0] !== '1') continue;
      await control.query(`drop database if exists ${name}`);
      removed.push(name);
    }
    return removed;
  } finally {
    control.close();
  }
}

/** What a URL says: `mysql://user:password@host:port/database`. */
export function mysqlAddress(url: URL): MysqlAddress {
  const database = decodeURIComponent(url.pathname.slice(1));
  return {
    host: hostIn(url),
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username) || 'root',
    password: decodeURIComponent(url.password),
    ...(database === '' ? {} : { database }),
  };
}

export const mariadbKind: StoreKind = {
  name: 'MariaDB',
  protocols: ['mysql:', 'mariadb:'],
  open: async (url) => openMariadb(mysqlAddress(url)),
  clean: async (url) => cleanMariadb(mysqlAddress(url)),
};
