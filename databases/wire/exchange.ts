/** A connection on which each response names what it answers, so that they may come in any order. */
import type { Socket } from 'node:net';
import { Closed } from './connection.ts';

interface Waiter {
  resolve(value: never): void;
  reject(error: Error): void;
}

/** Requests and their responses, by what names both. */
export class Exchange<Id> {
  private readonly socket: Socket;
  private readonly waiting = new Map<Id, Waiter>();
  private why = 'the connection was closed';

  /** `take` is given all that comes. What it throws breaks the connection, and with it all that is awaited. */
  constructor(socket: Socket, take: (data: Buffer) => void) {
    this.socket = socket;
    socket.on('data', (data) => {
      try {
        take(data);
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    socket.on('error', (error) => {
      this.why = error.message;
    });
    // Nobody knows what became of what was asked.
    socket.on('close', () => {
      for (const { reject } of this.waiting.values()) reject(new Error(this.why));
      this.waiting.clear();
    });
  }

  /**
   * Sends a request. Rejects with `Refused` where the connection is closed, so that nothing left; with the protocol's
   * own error where that was the response; and with an `Error` where the connection breaks off, which leaves open what
   * happened.
   */
  ask<T>(id: Id, request: Buffer | string): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.socket.destroyed) return reject(new Closed());
      this.waiting.set(id, { resolve, reject });
      this.socket.write(request);
    });
  }

  awaits(id: Id): boolean {
    return this.waiting.has(id);
  }

  /**
   * The response has come, and `read` says what it is: an error rejects the request. Where `read` throws, the request
   * is awaited still, and is rejected as the connection breaks. What nobody awaits is not read.
   */
  answer(id: Id, read: () => unknown): void {
    const waiter = this.waiting.get(id);
    if (!waiter) return;
    const response = read();
    this.waiting.delete(id);
    if (response instanceof Error) waiter.reject(response);
    else waiter.resolve(response as never);
  }

  /** Sends what asks for nothing, unless much is to be sent already: whoever takes nothing is sent no more. */
  tell(text: string): void {
    if (!this.socket.writableNeedDrain) this.socket.write(text);
  }

  close(): void {
    this.socket.destroy();
  }
}
