/** What the stores of SQL have in common: their tables, their statements, and how an answer becomes a step done. */
import type { Predicate } from 'elle-ts';
import { balanceOf, balanceValue, type Done, type Kind, type Step } from '../steps.ts';
import { Aborted, type Level, type Log, type StoreSession } from './store.ts';

/** What a statement returned: rows, or how many it changed. */
export interface SqlAnswer {
  readonly rows: readonly (readonly (string | null)[])[];
  readonly affected: number;
}

/** A session of a server. `query` rejects with `Aborted` where the server refused the statement. */
export interface SqlClient {
  query(sql: string): Promise<SqlAnswer>;
  close(): void;
}

/** The same of a client of the wire, whose errors are refusals where `isRefusal` says so. */
export function refusing(client: SqlClient, isRefusal: (error: unknown, sql: string) => boolean): SqlClient {
  return {
    async query(sql) {
      try {
        return await client.query(sql);
      } catch (error) {
        if (isRefusal(error, sql)) throw new Aborted((error as Error).message);
        throw error;
      }
    },
    close: () => client.close(),
  };
}

/** How one server's SQL differs from another's. */
export interface Dialect {
  /** `a || b`, or `concat(a, b)`. */
  append(column: string, text: string): string;
  /** What begins a transaction, with limits of its own; the level's statement where it is absent. */
  begin?(level: Level): string;
  /** The name of a table with what it is below. */
  table(kind: Kind): string;
}

const TABLES: Readonly<Record<Kind, string>> = {
  'list-append': 'lists',
  'rw-register': 'registers',
  'predicate-registers': 'numbers',
};

/** A table's own name: `lists`, `registers`, `numbers`. */
export function tableName(kind: Kind): string {
  return TABLES[kind];
}

/** What makes the table of a kind. */
export function tableOf(kind: Kind, name: string): string {
  const value = kind === 'list-append' ? 'text not null' : 'bigint';
  return `create table ${name} (g int not null, k varchar(8) not null, v ${value}, primary key (g, k))`;
}

/** What makes the first rows of groups, up to `to`: none where rows are inserted by the transactions themselves. */
export function rowsOf(
  kind: Kind,
  name: string,
  [from, to]: readonly [number, number],
  rows: readonly string[],
): string {
  const value = kind === 'list-append' ? "''" : 'null';
  const values: string[] = [];
  for (let group = from; group < to; group++) for (const row of rows) values.push(`(${group}, '${row}', ${value})`);
  return `insert into ${name} (g, k, v) values ${values.join(', ')}`;
}

/** What makes the first rows of a group of predicate registers. */
export function filledOf(name: string, group: number, rows: Readonly<Record<string, number>>): string {
  const values = Object.entries(rows).map(([k, v]) => `(${group}, '${k}', ${v})`);
  return `insert into ${name} (g, k, v) values ${values.join(', ')}`;
}

function conditionOf(predicate: Predicate): string {
  if (predicate === 'true') return '';
  if (predicate[0] === '=') return ` and v = ${predicate[1]}`;
  if (predicate[0] === 'mod') return ` and v % ${predicate[1]} = ${predicate[2]}`;
  return ` and v between ${predicate[1]} and ${predicate[2]}`;
}

type MoveStep = Extract<Step, readonly ['move', ...unknown[]]>;

/** One session whose steps are statements. */
export class SqlSession implements StoreSession {
  done: Done[] = [];
  private readonly client: SqlClient;
  private readonly dialect: Dialect;
  private readonly log: Log;
  private read = new Map<string, number>();

  constructor(client: SqlClient, dialect: Dialect, log: Log) {
    this.client = client;
    this.dialect = dialect;
    this.log = log;
  }

  async begin(level: Level): Promise<void> {
    this.done = [];
    this.read = new Map();
    await this.ask(this.dialect.begin?.(level) ?? level.begin, () => 'done');
  }

  async step(kind: Kind, group: number, step: Step): Promise<void> {
    if (step[0] === 'move') return this.move(kind, group, step);
    if (step[0] === 'rp') return this.select(kind, group, step[1]);
    if (step[0] === 'r') return this.get(kind, group, step[1]);
    if (step[0] === 'delete') return this.change(kind, group, ['delete', step[1], null]);
    return this.change(kind, group, step);
  }

  async commit(): Promise<void> {
    await this.ask('commit', () => 'committed');
  }

  async rollback(): Promise<void> {
    await this.ask('rollback', () => 'rolled back').catch((error: unknown) => {
      // There may be nothing left to roll back.
      if (!(error instanceof Aborted)) throw error;
    });
  }

  close(): void {
    this.client.close();
  }

  private async get(kind: Kind, group: number, row: string): Promise<void> {
    const sql = `select v from ${this.dialect.table(kind)} where g = ${group} and k = '${row}'`;
    const { rows } = await this.ask(sql, told);
    const text = rows[0]?.[0] ?? null;
    if (kind === 'list-append') this.done.push(['r', row, listIn(text ?? '')]);
    else this.done.push(['r', row, text === null ? null : Number(text)]);
    this.read.set(row, Number(text ?? 0));
  }

  private async select(kind: Kind, group: number, predicate: Predicate): Promise<void> {
    const where = `g = ${group}${conditionOf(predicate)}`;
    const { rows } = await this.ask(`select k, v from ${this.dialect.table(kind)} where ${where} order by k`, told);
    this.done.push(['rp', predicate, Object.fromEntries(rows.map(([k, v]) => [k, Number(v)]))]);
  }

  private async change(kind: Kind, group: number, [f, row, value]: Done): Promise<void> {
    const table = this.dialect.table(kind);
    const where = `g = ${group} and k = '${row}'`;
    const sql = {
      w: `update ${table} set v = ${value} where ${where}`,
      append: `update ${table} set v = ${this.dialect.append('v', `,${value}`)} where ${where}`,
      insert: `insert into ${table} (g, k, v) values (${group}, '${row}', ${value})`,
      delete: `delete from ${table} where ${where}`,
    }[f]!;
    // It is attempted from here on, whatever becomes of it.
    this.done.push([f, row, value]);
    const { affected } = await this.ask(sql, ({ affected: count }) => `${count} changed`);
    // Whoever changes a row that is not there has seen that it is not.
    if (affected === 0) this.done[this.done.length - 1] = ['r', row, null];
  }

  private async move(kind: Kind, group: number, [, from, to, amount, id]: MoveStep): Promise<void> {
    const balance = (row: string): number => balanceOf(this.read.get(row));
    await this.change(kind, group, ['w', from, balanceValue(balance(from) - amount, id)]);
    await this.change(kind, group, ['w', to, balanceValue(balance(to) + amount, id)]);
  }

  private async ask(sql: string, say: (answer: SqlAnswer) => string): Promise<SqlAnswer> {
    const answer = this.client.query(sql);
    const said = answer.then(say);
    said.catch(() => {}); // Whoever asked is told.
    this.log(sql, said);
    return answer;
  }
}

function listIn(text: string): readonly number[] {
  return text.split(',').flatMap((part) => (part === '' ? [] : [Number(part)]));
}

function told({ rows }: SqlAnswer): string {
  if (rows.length === 0) return 'no rows';
  return (
    rows
      .map((row) => row.map((value) => value ?? 'null').join(' = '))
      .join(', ')
      .replace(/^,/, '') || 'empty'
  );
}
