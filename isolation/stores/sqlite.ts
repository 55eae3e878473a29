/** SQLite: tables of a random name in the file, and one process a session, so that its locks are those of files. */
import { join } from 'node:path';
import { Sqlite, SqliteError } from '../../databases/wire/sqlite.ts';
import { executablesOf } from '../../harness/clusters/databases/executables.ts';
import { isOurName, newName } from '../names.ts';
import type { Kind } from '../steps.ts';
import { type Dialect, filledOf, refusing, rowsOf, SqlSession, tableName, tableOf } from './sql.ts';
import type { Level, Store, StoreKind } from './store.ts';

const LOCK_MS = 2000;
const SOURCE = 'https://www.sqlite.org/lang_transaction.html';
const KINDS: readonly Kind[] = ['list-append', 'rw-register', 'predicate-registers'];

const level = (name: string, says: string, isDefault = false): Level => ({
  ...{ name, says: `${says} (${SOURCE})`, isDefault, begin: `begin ${name}` },
});

const levels: readonly Level[] = [
  level('deferred', 'the transaction does not start until the database is first accessed', true),
  level('immediate', 'starts a write at once'),
  level('exclusive', 'as immediate; without a write-ahead log no other connection reads at that time'),
];

export const sqlitePrograms = { sqlite3: { version: ['--version'], install: 'apt-get install sqlite3' } };

/** Where the program is. Throws `BadInput` where it is missing. Starts it once, for its version. */
export function sqliteProgram(): string {
  return executablesOf({ name: 'SQLite', programs: sqlitePrograms }).get('sqlite3')!.path;
}

/** At a commit, too: the transaction is still open then. */
const isRefusal = (error: unknown): boolean => error instanceof SqliteError;

const dialectOf = (name: string): Dialect => ({
  append: (column, text) => `${column} || '${text}'`,
  table: (kind) => `${name}_${tableName(kind)}`,
});

async function openSqlite(file: string): Promise<Store> {
  const program = sqliteProgram();
  const control = new Sqlite(program, file, LOCK_MS);
  const dialect = dialectOf(newName());
  try {
    const { rows } = await control.query('select sqlite_version()');
    const { rows: journal } = await control.query('pragma journal_mode');
    for (const kind of KINDS) await control.query(tableOf(kind, dialect.table(kind)));
    const session = () => new Sqlite(program, file, LOCK_MS);
    return storeOf(session, control, dialect, `SQLite ${rows[0]?.[0]}, journal_mode=${journal[0]?.[0]}`);
  } catch (error) {
    control.close();
    throw error;
  }
}

function storeOf(session: () => Sqlite, control: Sqlite, dialect: Dialect, version: string): Store {
  return {
    ...{ version, levels, notes: [], lanes: 1 },
    async prepare(kind, from, to) {
      if (kind !== 'predicate-registers')
        await control.query(rowsOf(kind, dialect.table(kind), [from, to], ['x', 'y', 'z']));
    },
    async fill(group, rows) {
      await control.query(filledOf(dialect.table('predicate-registers'), group, rows));
    },
    async open(log) {
      const prefix = dialect.table('list-append').replace(tableName('list-append'), '');
      return new SqlSession(refusing(session(), isRefusal), dialect, (text, told) =>
        log(text.replaceAll(prefix, ''), told),
      );
    },
    async close() {
      try {
        for (const kind of KINDS) await control.query(`drop table ${dialect.table(kind)}`);
      } finally {
        control.close();
      }
    },
  };
}

async function cleanSqlite(file: string): Promise<readonly string[]> {
  const control = new Sqlite(sqliteProgram(), file, LOCK_MS);
  try {
    const { rows } = await control.query("select name from sqlite_master where type = 'table' order by name");
    const ours = rows.map(([name]) => String(name)).filter((name) => isOurName(name.replace(/_[a-z]+$/, '')));
    for (const name of ours) await control.query(`drop table ${name}`);
    return ours;
  } finally {
    control.close();
  }
}

/** `sqlite:FILE`, by a path from here on or from the root. */
const fileOf = (url: URL): string => join(decodeURIComponent(url.pathname));

export const sqliteKind: StoreKind = {
  name: 'SQLite',
  protocols: ['sqlite:'],
  open: async (url) => openSqlite(fileOf(url)),
  clean: async (url) => cleanSqlite(fileOf(url)),
};
