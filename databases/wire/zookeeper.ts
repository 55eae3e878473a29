/**
 * ZooKeeper's client protocol (src/zookeeper.jute of its sources), without retries and without watches. A session is
 * kept for as long as its connection is, and never taken up by another one.
 */
import { greeted } from './briefly.ts';
import { Connection } from './connection.ts';
import { bool, bytes, int, JuteReader, long, message } from './jute.ts';
import { connected } from './socket.ts';

/** The codes of errors that a client may expect (org.apache.zookeeper.KeeperException.Code). */
export const CODE = {
  noNode: -101,
  badVersion: -103,
  nodeExists: -110,
  sessionExpired: -112,
  sessionMoved: -118,
  quotaExceeded: -125,
  throttled: -127,
} as const;

/** The server's own error, of a request that it read. */
export class ZooKeeperError extends Error {
  override readonly name = 'ZooKeeperError';
  readonly code: number;

  constructor(code: number) {
    const [known] = Object.entries(CODE).find(([, other]) => other === code) ?? ['error'];
    super(`${known} (${code})`);
    this.code = code;
  }
}

/** What is kept under a path. */
export interface Kept {
  readonly text: string;
  /** How often it was set since it was made. */
  readonly version: number;
}

const OPERATION = { create: 1, getData: 4, setData: 5, sync: 9, getChildren: 8 } as const;
/** Everybody may do everything. */
const OPEN_TO_ALL = Buffer.concat([int(1), int(31), bytes('world'), bytes('anyone')]);
/** How long a session outlives what is last heard of it: nobody keeps it alive by pings. The server may shorten it. */
const SESSION_MS = 600_000;
/** No response is longer. */
const MOST_BYTES = 1 << 24;
/** How long an address of this machine may take to connect, and a server to grant a session. */
const OPEN_MS = 5000;
/** What a four-letter word is answered by is no longer. */
const MOST_TEXT = 1 << 20;

export class ZooKeeper {
  private readonly connection: Connection<Buffer>;
  private asked = 0;

  private constructor(connection: Connection<Buffer>) {
    this.connection = connection;
  }

  /**
   * Connects to a port of 127.0.0.1 and begins a session, which takes a majority. Rejects where that cannot be done
   * in time: nothing was asked.
   */
  static async open(port: number, timeoutMs: number = OPEN_MS): Promise<ZooKeeper> {
    const connection = await Connection.open(port, parse, timeoutMs);
    return new ZooKeeper(await greeted(connection, timeoutMs, beginSession));
  }

  /** Makes a node. Rejects with `noNode` where there is none above it. */
  async create(path: string, text: string): Promise<void> {
    await this.ask(OPERATION.create, bytes(path), bytes(text), OPEN_TO_ALL, int(0));
  }

  /** Sets a node that is there, and has been set as often as `version` says; ever so often where that is absent. */
  async set(path: string, text: string, version = -1): Promise<void> {
    await this.ask(OPERATION.setData, bytes(path), bytes(text), int(version));
  }

  /** What this server has of a node, which may be old. */
  async get(path: string): Promise<Kept> {
    const told = await this.ask(OPERATION.getData, bytes(path), bool(false));
    const text = told.text();
    // The node's state: four numbers of its making and its last change, then its version.
    for (let i = 0; i < 4; i++) told.long();
    return { text, version: told.int() };
  }

  /** The names of the nodes right below, as this server has them. */
  async children(path: string): Promise<readonly string[]> {
    return (await this.ask(OPERATION.getChildren, bytes(path), bool(false))).texts();
  }

  /** Resolves once this server has all that the leader had committed when it was asked. */
  async sync(path: string): Promise<void> {
    await this.ask(OPERATION.sync, bytes(path));
  }

  close(): void {
    this.connection.close();
  }

  /** Rejects with `ZooKeeperError` where the server answers by one, else as `Connection.ask` does. */
  private async ask(operation: number, ...fields: readonly Buffer[]): Promise<JuteReader> {
    const id = ++this.asked;
    const told = new JuteReader(await this.connection.ask(message(int(id), int(operation), ...fields)));
    try {
      const answered = told.int();
      if (answered !== id) throw new Error(`a response to request ${answered} came in place of ${id}`);
      told.long();
      const code = told.int();
      if (code !== 0) throw new ZooKeeperError(code);
      return told;
    } catch (error) {
      // Whatever comes next belongs to nothing.
      if (!(error instanceof ZooKeeperError)) this.close();
      throw error;
    }
  }
}

async function beginSession(connection: Connection<Buffer>): Promise<void> {
  const nobody = [long(0n), bytes(Buffer.alloc(16))];
  const granted = new JuteReader(
    await connection.ask(message(int(0), long(0n), int(SESSION_MS), ...nobody, bool(false))),
  );
  granted.int();
  if (granted.int() <= 0) throw new Error('no session was granted');
}

/** One message. */
function parse(received: Buffer): { readonly value: Buffer; readonly end: number } | undefined {
  if (received.length < 4) return undefined;
  const length = received.readInt32BE();
  if (length < 0 || length > MOST_BYTES) throw new Error(`no message of ZooKeeper has ${length} bytes`);
  const end = 4 + length;
  return received.length < end ? undefined : { value: received.subarray(4, end), end };
}

/**
 * What a server says of itself by a word of four letters, such as `mntr`
 * (https://zookeeper.apache.org/doc/r3.8.0/zookeeperAdmin.html#sc_4lw). Rejects where it does not in time.
 */
export async function fourLetterWord(port: number, word: string, timeoutMs: number): Promise<string> {
  const socket = await connected(port, timeoutMs);
  const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    socket.write(word);
    let text = '';
    for await (const data of socket) {
      text += (data as Buffer).toString('latin1');
      if (text.length > MOST_TEXT) throw new Error(`more than ${MOST_TEXT} bytes came`);
    }
    return text;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}
