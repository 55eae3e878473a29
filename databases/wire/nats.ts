/**
 * NATS' client protocol (https://docs.nats.io/reference/reference-protocols/nats-protocol): requests, without retries.
 */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { Refused } from '../../systems/node.ts';
import { Exchange } from './exchange.ts';
import { connected } from './socket.ts';

/** How long an address of this machine may take to answer at all. */
const CONNECT_MS = 1000;
const GREETING =
  'CONNECT {"verbose":false,"headers":true,"no_responders":true,"lang":"splitbrain","version":"0","protocol":1}\r\n';
const END = '\r\n';
/** The status of a message that says that nobody listens to the subject. */
const NO_RESPONDERS = /^NATS\/1\.0 503/;

export class Nats {
  /**
   * Responses come to subjects below this one. It is this connection's alone: a subject is known to the whole cluster,
   * and a response to somebody else's request would be taken for ours.
   */
  private readonly inbox = `_INBOX.${randomUUID()}`;
  private readonly exchange: Exchange<string>;
  private bytes: Buffer = Buffer.alloc(0);
  private asked = 0;

  private constructor(socket: Socket) {
    this.exchange = new Exchange(socket, (data) => this.take(data));
    this.exchange.tell(`${GREETING}SUB ${this.inbox}.* 1\r\n`);
  }

  /** Connects to a port of 127.0.0.1. Rejects with `Refused` where that cannot be done in time: nothing was asked. */
  static async open(port: number, timeoutMs: number = CONNECT_MS): Promise<Nats> {
    return new Nats(await connected(port, timeoutMs));
  }

  /**
   * Publishes a request; resolves to its response, which is JSON. Rejects with `Refused` where nobody listens to the
   * subject or the connection is closed, and with an `Error` where it breaks off, which leaves open what happened.
   */
  ask(subject: string, body: string): Promise<unknown> {
    const inbox = `${this.inbox}.${this.asked++}`;
    return this.exchange.ask(inbox, `PUB ${subject} ${inbox} ${Buffer.byteLength(body)}\r\n${body}\r\n`);
  }

  close(): void {
    this.exchange.close();
  }

  private take(data: Buffer): void {
    this.bytes = this.bytes.length === 0 ? data : Buffer.concat([this.bytes, data]);
    for (let end = this.next(); end !== undefined; end = this.next()) this.bytes = this.bytes.subarray(end);
  }

  /** Handles what is first, and returns where it ends; nothing where it is not whole yet. */
  private next(): number | undefined {
    const newline = this.bytes.indexOf(END);
    if (newline < 0) return undefined;
    const line = this.bytes.toString('utf8', 0, newline);
    const [word, subject = '', ...rest] = line.split(' ');
    const body = newline + END.length;
    if (word === 'PING') this.exchange.tell('PONG\r\n');
    if (word === '-ERR') throw new Error(line);
    if (word !== 'MSG' && word !== 'HMSG') return body;
    const size = Number(rest.at(-1));
    const end = body + size + END.length;
    if (this.bytes.length < end) return undefined;
    const headers = word === 'HMSG' ? Number(rest.at(-2)) : 0;
    const text = (from: number, to: number) => this.bytes.toString('utf8', body + from, body + to);
    this.exchange.answer(subject, () =>
      NO_RESPONDERS.test(text(0, headers))
        ? new Refused('no server listens to this subject')
        : JSON.parse(text(headers, size) || '{}'),
    );
    return end;
  }
}
