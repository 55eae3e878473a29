/**
 * What stands between an adapter and its database to see whether it tells the truth: it sees every request, and can
 * pass one on and keep its response to itself, or close the connection then.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Database, Host } from '../../../../databases/database.ts';
import type { Ports } from '../ports.ts';

/** What is done with the response to a request that came; bytes are given instead of asking the server. */
type Rule = (nth: number, request: Buffer) => 'pass' | 'close' | 'hold' | Buffer;

const PASS: Rule = () => 'pass';

export class Hostile {
  /** What clients sent, from one response to the next, since the rule was made. */
  readonly requests: { readonly bytes: Buffer }[] = [];
  private rule: Rule = PASS;
  private readonly servers: Server[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly held: (() => void)[] = [];
  private readonly fronts = new Map<number, number>();
  private readonly ports: Ports;

  constructor(ports: Ports) {
    this.ports = ports;
  }

  /** The host as an adapter is to see it: all ports that its clients may use are behind this. */
  async inFrontOf(host: Host, { ports }: Database): Promise<Host> {
    for (const [name, who] of Object.entries(ports)) {
      await this.open(host.port(name));
      if (who === 'peers') for (const to of host.nodes) await this.open(host.link(name, to));
    }
    return this.seenThrough(host, (port) => this.fronts.get(port)!);
  }

  /** The same where nobody listens. */
  async unreachable(host: Host): Promise<Host> {
    const closed = await this.ports.free();
    return this.seenThrough(host, () => closed);
  }

  /** From here on requests are counted anew. */
  expect(rule: Rule = PASS): void {
    this.requests.length = 0;
    this.rule = rule;
  }

  /** Lets go what was held. */
  release(): void {
    this.rule = PASS;
    for (const task of this.held.splice(0)) task();
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    for (const server of this.servers) server.close();
  }

  private seenThrough(host: Host, front: (port: number) => number): Host {
    return Object.assign(Object.create(host) as Host, {
      port: (name: string) => front(host.port(name)),
      link: (name: string, to: string) => front(host.link(name, to)),
    });
  }

  private async open(target: number): Promise<void> {
    if (this.fronts.has(target)) return;
    const port = await this.ports.free();
    this.fronts.set(target, port);
    const server = createServer({ noDelay: true }, (near) => this.join(near, target));
    this.servers.push(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', () => resolve());
    });
  }

  private join(near: Socket, target: number): void {
    const far = connect({ host: '127.0.0.1', port: target, noDelay: true });
    let asked: { bytes: Buffer } | undefined;
    let what: ReturnType<Rule> = 'pass';
    for (const [socket, other] of [[near, far] as const, [far, near] as const]) {
      this.sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.sockets.delete(socket);
        if (what !== 'hold') other.destroy();
      });
    }
    near.on('data', (data) => {
      if (asked) asked.bytes = Buffer.concat([asked.bytes, data]);
      else {
        asked = { bytes: data };
        this.requests.push(asked);
      }
      const nth = this.requests.indexOf(asked) + 1;
      // One that began before the rule was made is none of those that it is about.
      if (what === 'pass' && nth > 0) what = this.rule(nth, asked.bytes);
      if (!Buffer.isBuffer(what)) return void far.write(data);
      near.write(what);
      what = 'pass';
      asked = undefined;
    });
    far.on('data', (data) => {
      asked = undefined;
      // The database has done what it was asked for.
      if (what === 'close') near.destroy();
      else if (what === 'hold') this.held.push(() => near.write(data));
      else near.write(data);
    });
  }
}

/** Whether the bytes have the number: as it is, or in base64 wherever it begins there. */
export function mentions(bytes: Buffer, value: number): boolean {
  const text = bytes.toString('latin1');
  return text.includes(String(value)) || [0, 1, 2].some((shift) => text.includes(coreOf(String(value), shift)));
}

/** What of a text's base64 no neighbour changes, where it begins `shift` bytes after a multiple of three. */
function coreOf(text: string, shift: number): string {
  const encoded = Buffer.from(' '.repeat(shift) + text)
    .toString('base64')
    .replace(/=+$/, '');
  const end = (shift + text.length) % 3 === 0 ? encoded.length : encoded.length - 1;
  return encoded.slice(shift === 0 ? 0 : shift + 1, end);
}
