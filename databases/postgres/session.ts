/** What clients ask of PostgreSQL: transactions of reads, writes and appends on one table of keys and JSON values. */
import type { Predicate, Rows } from 'elle-ts';
import type { Mop, Transactions } from '../../systems/blocks/transactions.ts';
import { Refused } from '../../systems/node.ts';
import type { DatabaseSession, Host } from '../database.ts';
import { briefly } from '../wire/briefly.ts';
import { Postgres, SqlError } from '../wire/postgres.ts';

export type Level = 'read committed' | 'repeatable read' | 'serializable';

/** How long one of several hosts may take to say whether it is the primary. */
const ASK_MS = 400;
/**
 * Classes of errors at COMMIT after which nothing was committed: rollbacks, broken constraints, a failed transaction.
 */
const CERTAINLY_ABORTED = /^(40|23|25)/;

/** A text in SQL. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Whether what listens there is a primary, and not a standby; within so long. */
export async function isPrimary(port: number, timeoutMs: number): Promise<boolean> {
  // A link may be cut between the connection and the answer.
  const { rows } = await briefly(Postgres.open(port, { timeoutMs }), timeoutMs, (sql) =>
    sql.query('select pg_is_in_recovery()'),
  );
  return rows[0]?.[0] === 'f';
}

interface SessionOptions {
  readonly level: Level;
  /** Transactions that only read go to the client's own node, whatever that is. */
  readonly readsAtStandbys: boolean;
}

/** Follows the primary, as clients do that are given several hosts and ask for one that takes writes. */
export class PostgresSession implements DatabaseSession<Transactions> {
  readonly api = { txn: (mops: readonly Mop[]) => this.transaction(mops) };
  private readonly host: Host;
  private readonly options: string;
  private readonly readsAtStandbys: boolean;
  private own: Postgres | undefined;
  private primary: Postgres | undefined;

  constructor(host: Host, { level, readsAtStandbys }: SessionOptions) {
    this.host = host;
    this.options = `-c default_transaction_isolation=${level.replace(' ', '\\ ')}`;
    this.readsAtStandbys = readsAtStandbys;
  }

  close(): void {
    this.own?.close();
    this.primary?.close();
  }

  private async transaction(mops: readonly Mop[]): Promise<readonly Mop[]> {
    const sql = await this.sessionFor(mops).catch(refuse);
    const done: Mop[] = [];
    try {
      await sql.query('begin');
      for (const mop of mops) {
        if (mop[0] === 'abort') throw new Refused('aborted, as asked');
        done.push(await perform(sql, mop));
      }
    } catch (error) {
      // Nothing was committed, whatever went wrong: the transaction goes with its session.
      if (error instanceof SqlError || error instanceof Refused) await sql.query('rollback').catch(() => sql.close());
      else sql.close();
      return refuse(error);
    }
    const { tag } = await sql.query('commit').catch(atCommit);
    if (tag !== 'COMMIT') throw new Refused(`commit answered ${tag}`);
    return done;
  }

  private async sessionFor(mops: readonly Mop[]): Promise<Postgres> {
    const { host, options } = this;
    if (this.readsAtStandbys && mops.every(([f]) => f === 'r')) {
      if (!this.own || this.own.isClosed) this.own = await Postgres.open(host.port('sql'), { options });
      return this.own;
    }
    if (!this.primary || this.primary.isClosed) this.primary = await this.openPrimary();
    return this.primary;
  }

  private async openPrimary(): Promise<Postgres> {
    const { host, options } = this;
    for (const node of [host.id, ...host.nodes.filter((other) => other !== host.id)]) {
      const port = host.link('sql', node);
      if (await isPrimary(port, ASK_MS).catch(() => false)) return Postgres.open(port, { timeoutMs: ASK_MS, options });
    }
    throw new Refused('no primary answers');
  }
}

async function perform(sql: Postgres, mop: Exclude<Mop, readonly ['abort']>): Promise<Mop> {
  if (mop[0] === 'rp') return ['rp', mop[1], await rowsWith(sql, mop[1])];
  const [f, key, value] = mop;
  const k = quoted(key);
  if (f === 'r') {
    const { rows } = await sql.query(`select v from kv where k = ${k}`);
    const text = rows[0]?.[0];
    return [f, key, text === undefined || text === null ? null : JSON.parse(text)];
  }
  if (f === 'delete') {
    await sql.query(`delete from kv where k = ${k}`);
    return mop;
  }
  const json = JSON.stringify(value);
  const [inserted, updated] =
    f === 'w' || f === 'insert'
      ? [quoted(json), 'excluded.v']
      : [quoted(`[${json}]`), `rtrim(kv.v, ']') || ${quoted(`,${json}]`)}`];
  await sql.query(`insert into kv values (${k}, ${inserted}) on conflict (k) do update set v = ${updated}`);
  return mop;
}

/** The rows with a predicate, which the database looks for; what `makeHoles` has put there is not JSON. */
async function rowsWith(sql: Postgres, predicate: Predicate): Promise<Rows> {
  const { rows } = await sql.query(
    `select k, v from kv where case when v like 'x%' then false else ${condition(predicate)} end order by k`,
  );
  return Object.fromEntries(rows.map(([k, v]) => [k as string, JSON.parse(v as string)]));
}

function condition(predicate: Predicate): string {
  if (predicate === 'true') return 'true';
  const [kind, one, other] = predicate;
  if (kind === '=') return `v = ${quoted(JSON.stringify(one))}`;
  if (kind === 'mod') return `v::numeric % ${Number(one)} = ${Number(other)}`;
  return `v::numeric between ${Number(one)} and ${Number(other)}`;
}

/** An error of these classes is a rollback; any other end of a COMMIT leaves open what happened. */
function atCommit(error: unknown): never {
  if (error instanceof SqlError && CERTAINLY_ABORTED.test(error.state)) throw new Refused(error.message);
  throw error instanceof Refused ? new Error(error.message) : error;
}

function refuse(error: unknown): never {
  throw new Refused(error instanceof Error ? error.message : String(error));
}
