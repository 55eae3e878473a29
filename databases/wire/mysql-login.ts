/** How a session of MySQL or MariaDB begins: the server greets, and asks for a native password. */
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { connected } from './socket.ts';

/** Where a server is, and who asks. */
export interface MysqlAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  /** The database that is used; none where it is absent. */
  readonly database?: string;
}

/** The server's own error. */
export class MysqlError extends Error {
  override readonly name = 'MysqlError';
  /** As in the server's list of errors: 1213 is a deadlock. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(`${message} (${code})`);
    this.code = code;
  }
}

const NATIVE = 'mysql_native_password';
const HEADER = 4;
const ERROR = 0xff;
const SWITCH = 0xfe;
const UTF8 = 45;
/**
 * Long passwords, rows that were found, long flags, the protocol since 4.1, transactions, native passwords, several
 * statements and their results at once, named ways to log in.
 */
const CAN = 0x1 | 0x2 | 0x4 | 0x200 | 0x2000 | 0x8000 | 0x10000 | 0x20000 | 0x80000;
const WITH_DATABASE = 0x8;
const LARGEST = 1 << 24;

interface Packet {
  readonly sequence: number;
  readonly body: Buffer;
  readonly end: number;
}

/** The packet that begins there; nothing where it is not whole. */
export function packetIn(bytes: Buffer, at: number): Packet | undefined {
  if (bytes.length < at + HEADER) return undefined;
  const end = at + HEADER + bytes.readUIntLE(at, 3);
  if (bytes.length < end) return undefined;
  return { sequence: bytes[at + 3]!, body: bytes.subarray(at + HEADER, end), end };
}

/** The error in a packet of the server: code, SQLSTATE and message; a greeting's has no SQLSTATE. */
export function errorIn(body: Buffer): MysqlError {
  const text = body.toString('utf8', 3).replace(/^#.{5}/, '');
  return new MysqlError(body.readUInt16LE(1), text);
}

/** Connects and logs in, within so many ms. The socket has no listeners left, and nothing on it is unread. */
export async function login(address: MysqlAddress, timeoutMs: number): Promise<{ socket: Socket; version: string }> {
  const socket = await connected(address.port, timeoutMs, address.host);
  socket.on('error', () => {});
  const timer = setTimeout(() => socket.destroy(new Error(`no login within ${timeoutMs} ms`)), timeoutMs);
  try {
    return { socket, version: await greeted(socket, address) };
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function greeted(socket: Socket, address: MysqlAddress): Promise<string> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0);
    let version: string | undefined;
    const end = (error?: Error): void => {
      // Between two listeners nothing may be lost: the next one makes it flow again.
      socket.off('data', take).off('error', end).off('close', closed).pause();
      if (error) reject(error);
      else resolve(version!);
    };
    const closed = (): void => end(new Error('the connection was closed'));
    const take = (data: Buffer): void => {
      bytes = Buffer.concat([bytes, data]);
      const packet = packetIn(bytes, 0);
      if (!packet) return;
      bytes = bytes.subarray(packet.end);
      try {
        answered(packet.body, packet.sequence);
      } catch (error) {
        end(error as Error);
      }
    };
    const answered = (body: Buffer, sequence: number): void => {
      if (body[0] === ERROR) end(errorIn(body));
      else if (version === undefined) {
        const greeting = greetingIn(body);
        version = greeting.version;
        socket.write(framed(sequence + 1, responseTo(greeting.salt, address)));
      } else if (body[0] === SWITCH) switched(body, sequence);
      else if (body[0] === 0) end();
      else end(new Error('the server did not answer the login as it should'));
    };
    const switched = (body: Buffer, sequence: number): void => {
      const nul = body.indexOf(0, 1);
      const way = body.toString('latin1', 1, nul);
      if (way !== NATIVE) end(new Error(`the server asks for ${way}, and only native passwords are known here`));
      else socket.write(framed(sequence + 1, nativePassword(address.password ?? '', body.subarray(nul + 1, nul + 21))));
    };
    socket.on('data', take).once('error', end).once('close', closed).resume();
  });
}

/** The greeting of protocol 10: the version, and 20 bytes of salt in two parts. */
function greetingIn(body: Buffer): { readonly version: string; readonly salt: Buffer } {
  if (body[0] !== 10) throw new Error('the server speaks another protocol than MySQL and MariaDB do');
  const nul = body.indexOf(0, 1);
  const salt = nul + 5;
  const second = salt + 8 + 1 + 2 + 1 + 2 + 2 + 1 + 10;
  return {
    // MariaDB hides behind an old version from clients that would not know a number as high as 10.
    version: body.toString('latin1', 1, nul).replace(/^5\.5\.5-/, ''),
    salt: Buffer.concat([body.subarray(salt, salt + 8), body.subarray(second, second + 12)]),
  };
}

function responseTo(salt: Buffer, { user, password = '', database }: MysqlAddress): Buffer {
  const fixed = Buffer.alloc(32);
  fixed.writeUInt32LE(CAN | (database === undefined ? 0 : WITH_DATABASE), 0);
  fixed.writeUInt32LE(LARGEST, 4);
  fixed[8] = UTF8;
  const proof = nativePassword(password, salt);
  return Buffer.concat([
    ...[fixed, Buffer.from(`${user}\0`), Buffer.from([proof.length]), proof],
    ...(database === undefined ? [] : [Buffer.from(`${database}\0`)]),
    Buffer.from(`${NATIVE}\0`),
  ]);
}

/** What proves that one knows the password, without it: nothing for an empty one. */
function nativePassword(password: string, salt: Buffer): Buffer {
  if (password === '') return Buffer.alloc(0);
  const sha1 = (...parts: readonly Buffer[]) => createHash('sha1').update(Buffer.concat(parts)).digest();
  const once = sha1(Buffer.from(password));
  const mask = sha1(salt, sha1(once));
  return Buffer.from(once.map((byte, at) => byte ^ mask[at]!));
}

/** A packet of the protocol. */
export function framed(sequence: number, body: Buffer): Buffer {
  const head = Buffer.alloc(HEADER);
  head.writeUIntLE(body.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, body]);
}
