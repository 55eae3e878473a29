/** A TCP connection that is opened once and asks one thing after the other: it never connects again by itself. */
import type { Socket } from 'node:net';
import { Refused } from '../../systems/node.ts';
import { connected } from './socket.ts';

/** How long an address of this machine may take to answer at all, where nothing else is said. */
const CONNECT_MS = 1000;

/**
 * Nothing was asked, as the connection was closed before. A session that throws this is over: the next call opens
 * another one.
 */
export class Closed extends Refused {
  readonly isClosed = true;

  constructor() {
    super('the connection is closed');
  }
}

interface Waiter<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

/**
 * What a protocol reads of the bytes that came: a response and how many bytes it took; nothing where it is not whole.
 * A response that is an error rejects what asked for it.
 */
export type Parse<T> = (bytes: Buffer) => { readonly value: T | Error; readonly end: number } | undefined;

/** Requests and their responses in order, by one connection. */
export class Connection<T> {
  private readonly socket: Socket;
  private readonly parse: Parse<T>;
  private readonly waiting: Waiter<T>[] = [];
  private bytes: Buffer = Buffer.alloc(0);
  private why = 'the connection was closed';

  private constructor(socket: Socket, parse: Parse<T>) {
    this.socket = socket;
    this.parse = parse;
    socket.on('data', (data) => this.take(data));
    socket.on('error', (error) => {
      this.why = error.message;
    });
    // Nobody knows what became of what was asked.
    socket.on('close', () => this.failAll());
    socket.resume();
  }

  /** Connects as `connected` does. Rejects with `Refused` where that cannot be done in time: nothing was asked. */
  static async open<T>(
    port: number,
    parse: Parse<T>,
    timeoutMs: number = CONNECT_MS,
    host?: string,
  ): Promise<Connection<T>> {
    return new Connection(await connected(port, timeoutMs, host), parse);
  }

  /** The same over a socket on which a protocol's greeting is done. */
  static over<T>(socket: Socket, parse: Parse<T>): Connection<T> {
    return new Connection(socket, parse);
  }

  get isClosed(): boolean {
    return this.socket.destroyed;
  }

  /**
   * Sends a request. Rejects with `Refused` where the connection is closed, so that nothing left; with the
   * protocol's own error where that was the response; else with an `Error`, which leaves open what happened.
   */
  ask(request: Buffer | string): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.socket.destroyed) return reject(new Closed());
      this.waiting.push({ resolve, reject });
      this.socket.write(request);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private take(data: Buffer): void {
    this.bytes = this.bytes.length === 0 ? data : Buffer.concat([this.bytes, data]);
    for (;;) {
      let parsed: ReturnType<Parse<T>>;
      try {
        parsed = this.parse(this.bytes);
      } catch (error) {
        this.socket.destroy(error as Error);
        return;
      }
      if (!parsed) return;
      this.bytes = this.bytes.subarray(parsed.end);
      const waiter = this.waiting.shift();
      if (parsed.value instanceof Error) waiter?.reject(parsed.value);
      else waiter?.resolve(parsed.value);
    }
  }

  private failAll(): void {
    for (const { reject } of this.waiting.splice(0)) reject(new Error(this.why));
  }
}
