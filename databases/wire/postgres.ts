/**
 * PostgreSQL's protocol 3.0 (https://www.postgresql.org/docs/current/protocol.html): simple queries, one at a time,
 * without retries. How a session is opened stands in postgres-login.ts.
 */
import { Connection } from './connection.ts';
import { errorIn, LENGTH, lengthOf, login, type PostgresAddress, type SqlError } from './postgres-login.ts';

export interface Rows {
  readonly rows: readonly (readonly (string | null)[])[];
  /** `COMMIT`, `INSERT 0 1`: a COMMIT of a failed transaction answers ROLLBACK, without an error. */
  readonly tag: string;
}

export { type PostgresAddress, SqlError, type Tls } from './postgres-login.ts';

export interface PostgresOptions {
  readonly timeoutMs?: number;
  /** As a client gives them at its start: `-c default_transaction_isolation=serializable`. */
  readonly options?: string;
}

export class Postgres {
  private readonly connection: Connection<Rows>;
  /** The server process that answers, as it said at the login; a pooler says a number of its own, or none: 0. */
  readonly processId: number;
  readonly isEncrypted: boolean;

  private constructor(connection: Connection<Rows>, processId: number, isEncrypted: boolean) {
    this.connection = connection;
    this.processId = processId;
    this.isEncrypted = isEncrypted;
  }

  /** Opens a session of `postgres` at 127.0.0.1, by trust. Rejects where there is none in time: nothing was asked. */
  static open(port: number, { timeoutMs = 1000, options = '' }: PostgresOptions = {}): Promise<Postgres> {
    return Postgres.connect({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', options }, timeoutMs);
  }

  /**
   * Opens a session anywhere: by trust, password, MD5 or SCRAM-SHA-256, over TLS where that is asked for. Rejects with
   * `SqlError` where the server refuses it, and with `Refused` or an `Error` that says why otherwise.
   */
  static async connect(address: PostgresAddress, timeoutMs = 1000): Promise<Postgres> {
    const { socket, processId, isEncrypted } = await login(address, timeoutMs);
    return new Postgres(Connection.over(socket, parse), processId, isEncrypted);
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
