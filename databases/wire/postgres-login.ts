/**
 * How a session of PostgreSQL begins: TLS where it is asked for, then who asks, by trust, password, MD5 or SCRAM
 * (https://www.postgresql.org/docs/18/protocol-flow.html, https://www.postgresql.org/docs/18/sasl-authentication.html).
 */

import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { isLoopback } from './loopback.ts';
import { ScramClient } from './scram.ts';
import { connected } from './socket.ts';

/**
 * `disable`: never. `prefer`: where the server has it, without a look at its certificate. `require`: so, but never
 * without. `verify-ca`: signed by `ca`. `verify-full`: and made out to this host. These are libpq's names.
 */
export interface Tls {
  readonly mode: 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';
  /** The certificates that are trusted, as PEM; those of Node.js where it is absent. */
  readonly ca?: string;
}

/** Where a server is, and who asks. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password?: string;
  readonly tls?: Tls;
  /** As a client gives them at its start: `-c default_transaction_isolation=serializable`. */
  readonly options?: string;
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

interface Begun {
  readonly socket: Socket;
  readonly processId: number;
  readonly isEncrypted: boolean;
}

/** A message's own length is part of it. */
export const LENGTH = 4;
const PROTOCOL = Buffer.from([0, 3, 0, 0]);
const TLS_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const SCRAM = 'SCRAM-SHA-256';

/** The length with which a message begins. */
export function lengthOf(body: Buffer): Buffer {
  const bytes = Buffer.alloc(LENGTH);
  bytes.writeInt32BE(body.length + LENGTH);
  return bytes;
}

/** The error in a message of the server. */
export function errorIn(body: Buffer): SqlError {
  const fields = body.toString('utf8').split('\0');
  const field = (code: string) => fields.find((one) => one.startsWith(code))?.slice(1) ?? '';
  return new SqlError(field('C'), field('M'));
}

/** Connects and logs in, within so many ms. The socket has no listeners left, and nothing on it is unread. */
export async function login(address: PostgresAddress, timeoutMs: number): Promise<Begun> {
  const plain = await connected(address.port, timeoutMs, address.host);
  // What goes wrong is told by whoever listens at the time; an error without a listener would end the process.
  plain.on('error', () => {});
  const timer = setTimeout(() => plain.destroy(new Error(`no login within ${timeoutMs} ms`)), timeoutMs);
  let socket: Socket = plain;
  try {
    socket = await encrypted(plain, address);
    const processId = await new Promise<number>((resolve, reject) => new Login(socket, address, resolve, reject));
    return { socket, processId, isEncrypted: socket !== plain };
  } catch (error) {
    socket.destroy();
    plain.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function encrypted(socket: Socket, { host, tls = { mode: 'disable' } }: PostgresAddress): Promise<Socket> {
  if (tls.mode === 'disable') return socket;
  const answer = await new Promise<string>((resolve, reject) => {
    socket.once('error', reject).once('close', () => reject(new Error('the connection was closed')));
    socket.once('data', (data) => {
      socket.pause();
      resolve(data.toString('latin1'));
    });
    socket.write(TLS_REQUEST);
  });
  if (answer === 'N' && tls.mode === 'prefer') return socket;
  if (answer === 'N') throw new Error(`the server has no TLS, and sslmode=${tls.mode} asks for it`);
  // Whatever else came before the handshake was not protected by it.
  if (answer !== 'S') throw new Error('the server did not answer the request for TLS as it should');
  return handshake(socket, host, tls);
}

function handshake(socket: Socket, host: string, { mode, ca }: Tls): Promise<Socket> {
  const isIp = /^[\d.]+$|:/.test(host);
  return new Promise((resolve, reject) => {
    const wrapped = connectTls({
      socket,
      host,
      ...(isIp ? {} : { servername: host }),
      ...(ca === undefined ? {} : { ca }),
      rejectUnauthorized: mode === 'verify-ca' || mode === 'verify-full',
      ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
    });
    wrapped.once('error', (error) => reject(new Error(`no TLS with the server: ${error.message}`)));
    wrapped.once('close', () => reject(new Error('the connection was closed before there was TLS')));
    wrapped.once('secureConnect', () => resolve(wrapped));
  });
}

/** The conversation from the first message to `ready for query`. */
class Login {
  private readonly socket: Socket;
  private readonly address: PostgresAddress;
  private readonly resolve: (processId: number) => void;
  private readonly reject: (error: Error) => void;
  private bytes: Buffer = Buffer.alloc(0);
  private processId = 0;
  private scram: ScramClient | undefined;

  constructor(
    socket: Socket,
    address: PostgresAddress,
    resolve: (processId: number) => void,
    reject: (error: Error) => void,
  ) {
    this.socket = socket;
    this.address = address;
    this.resolve = resolve;
    this.reject = reject;
    socket.on('data', this.take).resume();
    socket.once('error', this.end);
    socket.once('close', this.closed);
    const { user, database, options = '' } = address;
    const words = ['user', user, 'database', database, ...(options ? ['options', options] : [])];
    const body = Buffer.concat([PROTOCOL, Buffer.from(`${words.map((word) => `${word}\0`).join('')}\0`)]);
    socket.write(Buffer.concat([lengthOf(body), body]));
  }

  private readonly closed = (): void => this.end(new Error('the connection was closed'));

  private readonly end = (error?: Error): void => {
    // Between two listeners nothing may be lost: the next one makes it flow again.
    this.socket.off('data', this.take).off('error', this.end).off('close', this.closed).pause();
    if (error) this.reject(error);
    else this.resolve(this.processId);
  };

  private readonly take = (data: Buffer): void => {
    this.bytes = Buffer.concat([this.bytes, data]);
    while (this.bytes.length > LENGTH) {
      const end = 1 + this.bytes.readInt32BE(1);
      if (this.bytes.length < end) return;
      const kind = String.fromCharCode(this.bytes[0]!);
      const body = this.bytes.subarray(1 + LENGTH, end);
      this.bytes = this.bytes.subarray(end);
      if (kind === 'Z') {
        this.end();
        return;
      }
      try {
        if (kind === 'E') throw errorIn(body);
        if (kind === 'K') this.processId = body.readInt32BE(0);
        if (kind === 'R') this.authenticate(body.readInt32BE(0), body.subarray(4));
      } catch (error) {
        this.end(error as Error);
        return;
      }
    }
  };

  private authenticate(kind: number, body: Buffer): void {
    const { user, password } = this.address;
    if (kind === 0) {
      if (this.scram && !this.scram.isVerified) throw new Error('the server did not prove that it knows the password');
      return;
    }
    if (password === undefined)
      throw new Error(`the server asks for a password of ${user}, and none is given in SPLITBRAIN_URL or .pgpass`);
    if (kind === 3) this.send(clearPassword(password, this.address));
    else if (kind === 5) this.send(`${md5Password(user, password, body)}\0`);
    else if (kind === 10) this.sasl(body, password);
    else if (kind === 11) this.send(this.scram!.final(body.toString()));
    else if (kind === 12) this.scram!.verify(body.toString());
    else throw new Error(`the server asks for a way to log in that is not known here (${kind})`);
  }

  private sasl(body: Buffer, password: string): void {
    if (!body.toString().split('\0').includes(SCRAM)) throw new Error(`the server has no ${SCRAM}`);
    this.scram = new ScramClient(password);
    const first = Buffer.from(this.scram.first());
    const length = Buffer.alloc(4);
    length.writeInt32BE(first.length);
    this.send(Buffer.concat([Buffer.from(`${SCRAM}\0`), length, first]));
  }

  private send(text: string | Buffer): void {
    const body = Buffer.from(text as string);
    this.socket.write(Buffer.concat([Buffer.from('p'), lengthOf(body), body]));
  }
}

/** A password as it is: only where nobody else can read it. */
function clearPassword(password: string, { host, tls }: PostgresAddress): string {
  const isSafe = isLoopback(host) || tls?.mode === 'verify-ca' || tls?.mode === 'verify-full';
  if (!isSafe) throw new Error('the server asks for the password in clear: use sslmode=verify-full');
  return `${password}\0`;
}

function md5Password(user: string, password: string, salt: Buffer): string {
  const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');
  const inner = md5(Buffer.from(password + user));
  return `md5${md5(Buffer.concat([Buffer.from(inner), salt]))}`;
}
