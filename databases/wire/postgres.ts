/**
 * PostgreSQL's protocol 3.0 (https://www.postgresql.org/docs/current/protocol.html) by trust: simple
 * queries, one at a time, without retries.
 */
import { Connection } from './connection.ts';

export interface Rows {
  readonly rows: readonly (readonly (string | null)[])[];
  /** `COMMIT`, `INSERT 0 1`: a COMMIT of a failed transaction answers ROLLBACK, without an error. */
  readonly tag: string;
}

/** The server's own error. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  /** SQLSTATE: five characters, of which the first two are its class. */
  readonly state: string;

  constructor(state: string, message: string) {
    super(`${message} (${state})`);
    this.state = state;
  }
}

export interface PostgresOptions {
  readonly timeoutMs?: number;
  /** As a client gives them at its start: `-c default_transaction_isolation=serializable`. */
  readonly options?: string;
}

export class Postgres {
  private readonly connection: Connection<Rows>;

  private constructor(connection: Connection<Rows>) {
    this.connection = connection;
  }

  /** Opens a session. Rejects where there is none in time: nothing was asked of it. */
  static async open(port: number, { timeoutMs = 1000, options = '' }: PostgresOptions = {}): Promise<Postgres> {
    const connection = await Connection.open(port, parse, timeoutMs);
    const words = ['user', 'postgres', 'database', 'postgres', ...(options ? ['options', options] : [])];
    const body = Buffer.concat([PROTOCOL, Buffer.from(`${words.map((word) => `${word}\0`).join('')}\0`)]);
    const timer = setTimeout(() => connection.close(), timeoutMs);
    try {
      await connection.ask(Buffer.concat([lengthOf(body), body]));
    } catch (error) {
      connection.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    return new Postgres(connection);
  }

  /** The same for as long as the task takes. */
  static async with<T>(port: number, task: (sql: Postgres) => Promise<T>, options?: PostgresOptions): Promise<T> {
    const sql = await Postgres.open(port, options);
    try {
      return await task(sql);
    } finally {
      sql.close();
    }
  }

  get isClosed(): boolean {
    return this.connection.isClosed;
  }

  /** Runs one statement. Rejects with `SqlError` where the server refuses it, else as `Connection.ask` does. */
  query(sql: string): Promise<Rows> {
    const body = Buffer.from(`${sql}\0`);
    return this.connection.ask(Buffer.concat([Buffer.from('Q'), lengthOf(body), body]));
  }

  close(): void {
    this.connection.close();
  }
}

const PROTOCOL = Buffer.from([0, 3, 0, 0]);
/** A message's own length is part of it. */
const LENGTH = 4;

function lengthOf(body: Buffer): Buffer {
  const bytes = Buffer.alloc(LENGTH);
  bytes.writeInt32BE(body.length + LENGTH);
  return bytes;
}

/** The classes of errors after which the server closes the session and says nothing more. */
const FATAL = /^(57P|08|53)/;

/** Reads the messages of one response: the last says that the server is ready for the next query. */
function parse(bytes: Buffer): { readonly value: Rows | Error; readonly end: number } | undefined {
  const rows: (readonly (string | null)[])[] = [];
  let tag = '';
  let error: SqlError | undefined;
  for (let at = 0; bytes.length >= at + 1 + LENGTH; ) {
    const end = at + 1 + bytes.readInt32BE(at + 1);
    if (bytes.length < end) return undefined;
    const kind = String.fromCharCode(bytes[at]!);
    const body = bytes.subarray(at + 1 + LENGTH, end);
    if (kind === 'D') rows.push(rowIn(body));
    else if (kind === 'C') tag = body.toString('utf8', 0, body.length - 1);
    else if (kind === 'E') error = errorIn(body);
    if (kind === 'Z' || (error && FATAL.test(error.state))) return { value: error ?? { rows, tag }, end };
    at = end;
  }
  return undefined;
}

function rowIn(body: Buffer): readonly (string | null)[] {
  const row: (string | null)[] = [];
  let at = 2;
  for (let i = 0; i < body.readInt16BE(0); i++) {
    const length = body.readInt32BE(at);
    at += LENGTH;
    row.push(length < 0 ? null : body.toString('utf8', at, at + length));
    at += Math.max(0, length);
  }
  return row;
}

function errorIn(body: Buffer): SqlError {
  const fields = body.toString('utf8').split('\0');
  const field = (code: string) => fields.find((one) => one.startsWith(code))?.slice(1) ?? '';
  return new SqlError(field('C'), field('M'));
}
