/**
 * The protocol of MySQL and MariaDB with native passwords: text queries, one at a time, without retries
 * (https://mariadb.com/docs/server/reference/clientserver-protocol). Not tried on a real MySQL.
 */
import { Connection } from './connection.ts';
import { errorIn, framed, login, type MysqlAddress, packetIn } from './mysql-login.ts';

export { type MysqlAddress, MysqlError } from './mysql-login.ts';

/** What a statement returned: of several the last. */
export interface MysqlAnswer {
  readonly rows: readonly (readonly (string | null)[])[];
  /** How many rows it found to change, whether or not they were other than before. */
  readonly affected: number;
}

/** One session of a server. */
export class Mysql {
  /** As the server calls itself: `10.11.14-MariaDB`. */
  readonly version: string;
  private readonly connection: Connection<MysqlAnswer>;

  private constructor(connection: Connection<MysqlAnswer>, version: string) {
    this.connection = connection;
    this.version = version;
  }

  /**
   * Opens a session. Rejects with `MysqlError` where the server refuses it, and with
   * `Refused` or an `Error` that says why otherwise.
   */
  static async connect(address: MysqlAddress, timeoutMs = 1000): Promise<Mysql> {
    const { socket, version } = await login(address, timeoutMs);
    return new Mysql(Connection.over(socket, parse), version);
  }

  get isClosed(): boolean {
    return this.connection.isClosed;
  }

  /** Runs statements, with `;` between them. Rejects with `MysqlError`, else as `Connection.ask` does. */
  query(sql: string): Promise<MysqlAnswer> {
    return this.connection.ask(framed(0, Buffer.from(`\u0003${sql}`)));
  }

  close(): void {
    this.connection.close();
  }
}

const ERROR = 0xff;
const END = 0xfe;
/** In a status: another result follows. */
const MORE = 0x8;
/** The packet that ends rows is shorter than any row that begins with the same byte. */
const SHORT = 9;

/** Reads the results of one request. */
function parse(bytes: Buffer): { readonly value: MysqlAnswer | Error; readonly end: number } | undefined {
  let at = 0;
  for (;;) {
    const first = packetIn(bytes, at);
    if (!first) return undefined;
    if (first.body[0] === ERROR) return { value: errorIn(first.body), end: first.end };
    const result = first.body[0] === 0 ? doneIn(first.body, first.end) : rowsIn(bytes, first.end);
    if (!result) return undefined;
    if (result.value instanceof Error || (result.status & MORE) === 0) return { value: result.value, end: result.end };
    at = result.end;
  }
}

interface Result {
  readonly value: MysqlAnswer | Error;
  readonly status: number;
  readonly end: number;
}

function doneIn(body: Buffer, end: number): Result {
  const affected = numberAt(body, 1);
  const last = numberAt(body, affected.end);
  return { value: { rows: [], affected: affected.value }, status: body.readUInt16LE(last.end), end };
}

/** After the number of columns: what they are, an end, the rows, an end. */
function rowsIn(bytes: Buffer, from: number): Result | undefined {
  const rows: (readonly (string | null)[])[] = [];
  let ends = 0;
  for (let at = from; ; ) {
    const packet = packetIn(bytes, at);
    if (!packet) return undefined;
    const { body, end } = packet;
    if (body[0] === ERROR) return { value: errorIn(body), status: 0, end };
    const isEnd = body[0] === END && body.length < SHORT;
    if (isEnd && ++ends === 2) return { value: { rows, affected: 0 }, status: body.readUInt16LE(3), end };
    if (!isEnd && ends === 1) rows.push(rowIn(body));
    at = end;
  }
}

const NULL = 0xfb;

function rowIn(body: Buffer): readonly (string | null)[] {
  const row: (string | null)[] = [];
  for (let at = 0; at < body.length; ) {
    if (body[at] === NULL) {
      row.push(null);
      at++;
      continue;
    }
    const { value, end } = numberAt(body, at);
    row.push(body.toString('utf8', end, end + value));
    at = end + value;
  }
  return row;
}

/** A number of one, three, four or nine bytes, as the first of them says. */
function numberAt(body: Buffer, at: number): { readonly value: number; readonly end: number } {
  const first = body[at]!;
  if (first < NULL) return { value: first, end: at + 1 };
  if (first === 0xfc) return { value: body.readUInt16LE(at + 1), end: at + 3 };
  if (first === 0xfd) return { value: body.readUIntLE(at + 1, 3), end: at + 4 };
  return { value: Number(body.readBigUInt64LE(at + 1)), end: at + 9 };
}
