/**
 * The lines between the harness and its children: one WebSocket each, opened by the child with
 * a token that only it was given. What is posted within one turn of the event loop leaves as
 * one frame. Queues and frames are bounded: a node that floods is named, not suffered.
 */
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebSocket, WebSocketServer } from 'ws';
import { HarnessFailure } from '../../failure.ts';
import { entriesOf, type FromChild, type ToChild } from './protocol.ts';

/** The largest frame that is accepted from a child. */
const FRAME_BYTES = 64 * 1024 * 1024;
/** The most that may wait for one child: what a paused node is sent in a minute fits many times. */
const QUEUE_BYTES = 256 * 1024 * 1024;

/** Who is told what happens on a line. */
export interface LineEnd {
  connected(): void;
  heard(entries: readonly FromChild[]): void;
  /** The child did what no child may do; the reason is the end of a sentence that begins with the node's name. */
  broke(reason: string): void;
  /** The line is gone without a word: so it is when the child has died. */
  lost(reason: string): void;
}

/** The harness's end of one line. What is posted before the child has connected waits for it. */
export class Line {
  private readonly end: LineEnd;
  private socket: WebSocket | undefined;
  private waiting: string[] = [];
  private waitingBytes = 0;
  private scheduled = false;
  private closed = false;

  constructor(end: LineEnd) {
    this.end = end;
  }

  tell(entry: ToChild): void {
    this.post(JSON.stringify(entry));
  }

  /** Posts an entry that is JSON already. */
  post(entry: string): void {
    if (this.closed) return;
    this.waiting.push(entry);
    this.waitingBytes += entry.length;
    if (this.waitingBytes > QUEUE_BYTES) {
      this.break(`was sent more than it takes: ${QUEUE_BYTES} bytes wait for it`);
    } else if (this.socket && !this.scheduled) {
      this.scheduled = true;
      setImmediate(() => this.flush());
    }
  }

  /** Puts the child's socket to this line. */
  connect(socket: WebSocket): void {
    if (this.closed) {
      socket.terminate();
      return;
    }
    this.socket = socket;
    socket.on('message', (data: Buffer) => this.hear(data));
    socket.on('error', (error) => this.lose(error));
    socket.on('close', () => this.lose());
    this.end.connected();
    this.flush();
  }

  /** Says and hears nothing more. */
  close(): void {
    this.closed = true;
    this.waiting = [];
    this.socket?.terminate();
  }

  private flush(): void {
    this.scheduled = false;
    if (this.closed || !this.socket || this.waiting.length === 0) return;
    const frame = `[${this.waiting.join(',')}]`;
    this.waiting = [];
    this.waitingBytes = 0;
    this.socket.send(frame);
    if (this.socket.bufferedAmount > QUEUE_BYTES) {
      this.break(`was sent more than it takes: ${this.socket.bufferedAmount} bytes wait for it`);
    }
  }

  private hear(data: Buffer): void {
    if (this.closed) return;
    let entries: readonly FromChild[];
    try {
      entries = entriesOf(data.toString());
    } catch (error) {
      this.break(`sent garbage: ${(error as Error).message}`);
      return;
    }
    this.end.heard(entries);
  }

  private lose(error?: Error): void {
    if (this.closed) return;
    // A frame beyond all bounds is the child's doing; of other errors nobody knows.
    if (error instanceof RangeError) {
      this.break(`sent a frame of more than ${FRAME_BYTES} bytes`);
      return;
    }
    this.close();
    this.end.lost(`closed its line${error ? `: ${error.message}` : ''}`);
  }

  private break(reason: string): void {
    if (this.closed) return;
    this.close();
    this.end.broke(reason);
  }
}

/** Where children connect: a port of the loopback that the operating system chooses. */
export class Lines {
  readonly port: number;
  private readonly server: WebSocketServer;
  private readonly expected: Map<string, Line>;

  private constructor(server: WebSocketServer, expected: Map<string, Line>) {
    this.server = server;
    this.expected = expected;
    this.port = (server.address() as AddressInfo).port;
  }

  static async open(): Promise<Lines> {
    // A thread of simulated runs imports this module, too, and needs none of it.
    const { WebSocketServer } = await import('ws');
    const expected = new Map<string, Line>();
    const server = new WebSocketServer({
      host: '127.0.0.1',
      port: 0,
      perMessageDeflate: false,
      maxPayload: FRAME_BYTES,
      verifyClient: ({ req }: { req: IncomingMessage }) => expected.has(req.headers.authorization ?? ''),
    });
    server.on('connection', (socket, request) => {
      const token = request.headers.authorization ?? '';
      const line = expected.get(token);
      expected.delete(token); // Good for one connection.
      if (line) line.connect(socket);
      else socket.terminate();
    });
    return new Promise((resolve, reject) => {
      server.once('listening', () => resolve(new Lines(server, expected)));
      server.on('error', (error) =>
        reject(new HarnessFailure(`the harness cannot listen on a port of 127.0.0.1: ${error.message}`)),
      );
    });
  }

  /** A line for the child that will bring this token. */
  expect(token: string, end: LineEnd): Line {
    const line = new Line(end);
    this.expected.set(token, line);
    return line;
  }

  close(): Promise<void> {
    for (const socket of this.server.clients) socket.terminate();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
