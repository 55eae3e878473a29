/**
 * JSON-RPC 1.0 over a stream, as OVSDB speaks it (RFC 7047, section 4): requests, without retries. Responses come in
 * any order, and the server asks now and then whether anybody is there.
 */
import type { Socket } from 'node:net';
import { Exchange } from './exchange.ts';
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

export class JsonRpc {
  private readonly texts = new JsonTexts();
  private readonly exchange: Exchange<unknown>;
  private asked = 0;

  private constructor(socket: Socket) {
    this.exchange = new Exchange(socket, (data) => {
      for (const text of this.texts.take(data)) this.handle(JSON.parse(text) as Message);
    });
  }

  /** Connects to a port of 127.0.0.1. Rejects with `Refused` where that cannot be done in time: nothing was asked. */
  static async open(port: number, timeoutMs: number = CONNECT_MS): Promise<JsonRpc> {
    return new JsonRpc(await connected(port, timeoutMs));
  }

  /**
   * Resolves to the result. Rejects as `Exchange.ask` does, with `RpcError` where the response is an error, whose
   * message is the error's name.
   */
  ask(method: string, params: readonly unknown[]): Promise<unknown> {
    const id = ++this.asked;
    return this.exchange.ask(id, JSON.stringify({ method, params, id }));
  }

  close(): void {
    this.exchange.close();
  }

  private handle({ id, method, params, result, error = null }: Message): void {
    // Somebody is there.
    if (method === 'echo') this.exchange.tell(JSON.stringify({ id, result: params, error: null }));
    // What else a server says unasked, nobody here wants to know.
    if (method !== undefined) return;
    this.exchange.answer(id, () => (error === null ? result : new RpcError(nameOf(error))));
  }
}

/** An error is its name, or an object that has it. */
function nameOf(error: unknown): string {
  const name = typeof error === 'object' ? (error as { readonly error?: unknown }).error : error;
  return typeof name === 'string' ? name : 'an error without a name';
}
