/**
 * JSON-RPC 1.0 over a stream, as OVSDB speaks it (RFC 7047, section 4): requests, without retries. Responses come in
 * any order, and the server asks now and then whether anybody is there.
 */
import type { Socket } from 'node:net';
import { Closed } from './connection.ts';
import { JsonTexts } from './json-texts.ts';
import { connected } from './socket.ts';

/** How long an address of this machine may take to answer at all. */
const CONNECT_MS = 1000;

/** The server's own error in place of a result. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
}

interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

interface Waiter {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class JsonRpc {
  private readonly socket: Socket;
  private readonly texts = new JsonTexts();
  private readonly waiting = new Map<unknown, Waiter>();
  private asked = 0;
  private why = 'the connection was closed';

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (data) => this.take(data));
    socket.on('error', (error) => {
      this.why = error.message;
    });
    // Nobody knows what became of what was asked.
    socket.on('close', () => {
      for (const { reject } of this.waiting.values()) reject(new Error(this.why));
      this.waiting.clear();
    });
  }

  /** Connects to a port of 127.0.0.1. Rejects with `Refused` where that cannot be done in time: nothing was asked. */
  static async open(port: number, timeoutMs: number = CONNECT_MS): Promise<JsonRpc> {
    return new JsonRpc(await connected(port, timeoutMs));
  }

  /**
   * Resolves to the result. Rejects with `Refused` where the connection is closed, so that nothing left; with
   * `RpcError` where the response is an error, whose message is the error's name; and with an `Error` where the
   * connection breaks off, which leaves open what happened.
   */
  ask(method: string, params: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.socket.destroyed) return reject(new Closed());
      const id = ++this.asked;
      this.waiting.set(id, { resolve, reject });
      this.socket.write(JSON.stringify({ method, params, id }));
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private take(data: Buffer): void {
    try {
      for (const text of this.texts.take(data)) this.handle(JSON.parse(text) as Message);
    } catch (error) {
      this.socket.destroy(error as Error);
    }
  }

  private handle({ id, method, params, result, error = null }: Message): void {
    if (method === 'echo') this.echo(id, params);
    // What else a server says unasked, nobody here wants to know.
    if (method !== undefined) return;
    const waiter = this.waiting.get(id);
    this.waiting.delete(id);
    if (error !== null) waiter?.reject(new RpcError(nameOf(error)));
    else waiter?.resolve(result);
  }

  /** Somebody is there. A server that takes no responses gets none. */
  private echo(id: unknown, params: unknown): void {
    if (!this.socket.writableNeedDrain) this.socket.write(JSON.stringify({ id, result: params, error: null }));
  }
}

/** An error is its name, or an object that has it. */
function nameOf(error: unknown): string {
  const name = typeof error === 'object' ? (error as { readonly error?: unknown }).error : error;
  return typeof name === 'string' ? name : 'an error without a name';
}
