/**
 * What stands between the nodes of real software: TCP proxies that hold back, delay and let go what passes them, as the
 * faults of the moment say. A cut is like packets that are lost and sent again: bytes are held, no end is told of the
 * other's, and new connections stay unanswered. When it is over, all of it flows.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { NodeId } from '../../../systems/node.ts';
import { cutsBetween } from '../../faults/fate.ts';
import type { Fault } from '../../faults/fault.ts';
import { chance } from '../../node/identity.ts';
import type { ActiveFaults } from '../active-faults.ts';
import type { Rooted } from '../children/node-processes.ts';
import type { Traffic } from '../cluster.ts';
import { Losses } from './losses.ts';
import { type Execution, type LinkCounts, type NodeNetwork, trafficOf } from './node-network.ts';
import { type Gate, Pump } from './pump.ts';

/** How often cuts that come and go by themselves are looked at. */
const FLAP_TICK_MS = 10;

export interface ProxiesOptions {
  readonly seed: number;
  readonly faults: ActiveFaults;
  /** The harness's clock in ms. */
  elapsed(): number;
  /** The node whose process holds the other end of a connection: its port, and ours. */
  ownerOf(theirs: number, ours: number): Promise<NodeId | undefined>;
  /** Connections between nodes that pass no proxy, in words. */
  around(nodes: readonly Rooted[]): Promise<readonly string[]>;
}

interface Connection {
  readonly number: number;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly near: Socket;
  readonly target: number;
  readonly counts: LinkCounts;
  chunks: number;
  pumps: readonly Pump[];
}

export class Proxies implements Gate, NodeNetwork {
  readonly says = 'proxies on 127.0.0.1';
  readonly isDirect = false;
  readonly losses = new Losses();
  readonly links = new Map<string, LinkCounts>();
  /** Bytes that were handed on, by `n1 n2`. */
  private readonly handedOn = new Map<string, number>();
  unknown = 0;
  private readonly options: ProxiesOptions;
  private readonly servers: Server[] = [];
  private readonly connections = new Set<Connection>();
  private readonly byPump = new Map<Pump, Connection>();
  private ticking: NodeJS.Timeout | undefined;
  private numbered = 0;

  constructor(options: ProxiesOptions) {
    this.options = options;
  }

  /**
   * Listens on a port of 127.0.0.1 for what goes to a node's own port. Without `from` the source of each connection is
   * the node whose process made it. Rejects where the port is taken.
   */
  open(listen: number, name: string, to: NodeId, target: number, from?: NodeId): Promise<void> {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, (near) => {
      near.on('error', () => {});
      const take = (source: NodeId) => this.take(near, source, to, name, target);
      if (from !== undefined) take(from);
      else void this.named(near, take);
    });
    this.servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject).listen(listen, '127.0.0.1', () => resolve());
    });
  }

  addressOf(): string {
    return '127.0.0.1';
  }

  /** Nodes listen where their clients reach them. */
  async reach(): Promise<void> {}

  at(_: NodeId, execution: Execution): Execution {
    return execution;
  }

  async effectOf(fault: Fault): Promise<{ readonly cut: number; readonly touched: number }> {
    return this.losses.effectOf(fault);
  }

  async delivered(from: NodeId, to: NodeId): Promise<number> {
    return this.handedOn.get(`${from} ${to}`) ?? 0;
  }

  around(nodes: readonly Rooted[]): Promise<readonly string[]> {
    return this.options.around(nodes);
  }

  /** The faults that last are others now: what they no longer hold back flows at once. */
  async changed(): Promise<void> {
    clearInterval(this.ticking);
    const flaps = this.options.faults.all.some((fault) => fault.kind === 'partition' && fault.flapMs !== undefined);
    if (flaps) this.ticking = setInterval(() => this.flow(), FLAP_TICK_MS);
    this.flow();
  }

  async close(): Promise<void> {
    clearInterval(this.ticking);
    for (const { near, pumps } of this.connections) {
      for (const pump of pumps) pump.close();
      near.destroy();
    }
    for (const server of this.servers) server.close();
  }

  /** What passed so far, counted in chunks. */
  traffic(): Traffic {
    return trafficOf(this.links);
  }

  isCut(from: NodeId, to: NodeId): boolean {
    return this.cutsBetween(from, to).length > 0;
  }

  came(pump: Pump, bytes: number): number {
    const connection = this.byPump.get(pump)!;
    const { counts } = connection;
    counts.chunks++;
    counts.bytes += bytes;
    connection.chunks++;
    this.hold(this.cutsBetween(pump.from, pump.to), counts);
    return bytes === 0 ? 0 : this.latenessOf(connection, pump);
  }

  passed({ from, to }: Pump, bytes: number): void {
    const way = `${from} ${to}`;
    this.handedOn.set(way, (this.handedOn.get(way) ?? 0) + bytes);
  }

  private cutsBetween(from: NodeId, to: NodeId): readonly number[] {
    return from === to ? [] : cutsBetween(from, to, this.options.faults.all, this.options.elapsed());
  }

  private async named(near: Socket, take: (source: NodeId) => void): Promise<void> {
    const source = await this.options.ownerOf(near.remotePort ?? 0, near.localPort ?? 0);
    if (source !== undefined) return take(source);
    // It may have gone already. Whoever it is, it gets no way around a cut.
    this.unknown++;
    near.resetAndDestroy();
  }

  private take(near: Socket, from: NodeId, to: NodeId, name: string, target: number): void {
    const counts = this.countsOf(`${from} ${to} ${name}`);
    counts.connections++;
    const connection: Connection = { number: this.numbered++, from, to, near, target, counts, chunks: 0, pumps: [] };
    this.connections.add(connection);
    const cuts = this.handshakeCuts(connection);
    if (cuts.length === 0) this.join(connection);
    else this.hold(cuts, counts);
    near.once('close', () => {
      // Before it was joined nobody at the other end knows of it.
      if (connection.pumps.length === 0) this.connections.delete(connection);
    });
  }

  /** A handshake needs both directions. */
  private handshakeCuts({ from, to }: Connection): readonly number[] {
    return [...new Set([...this.cutsBetween(from, to), ...this.cutsBetween(to, from)])];
  }

  private join(connection: Connection): void {
    const { near, target, from, to } = connection;
    const far = connect({ host: '127.0.0.1', port: target, allowHalfOpen: true, noDelay: true });
    far.on('error', () => {});
    const there = new Pump(from, to, near, far, this);
    const back = new Pump(to, from, far, near, this);
    there.back = back;
    back.back = there;
    connection.pumps = [there, back];
    for (const pump of connection.pumps) this.byPump.set(pump, connection);
    const forgotten = () => {
      if (!connection.pumps.every(({ isOver }) => isOver)) return;
      this.connections.delete(connection);
      for (const pump of connection.pumps) this.byPump.delete(pump);
    };
    near.once('close', forgotten);
    far.once('close', forgotten);
    far.once('connect', () => near.resume());
  }

  private flow(): void {
    for (const connection of this.connections) {
      if (connection.pumps.length > 0) for (const pump of connection.pumps) pump.flow();
      else if (this.handshakeCuts(connection).length === 0 && !connection.near.destroyed) this.join(connection);
    }
  }

  private hold(cuts: readonly number[], counts: LinkCounts): void {
    if (cuts.length === 0) return;
    counts.held++;
    this.losses.inFlight(cuts);
  }

  private latenessOf({ number, chunks }: Connection, { from, to }: Pump): number {
    let lateMs = 0;
    for (const fault of this.options.faults.all) {
      if (fault.kind !== 'link' || from === to || !fault.among.includes(from) || !fault.among.includes(to)) continue;
      const identity = number * 1e6 + chunks;
      const byMs = fault.delayMs + fault.jitterMs * chance(this.options.seed, identity, `jitter ${fault.id}`) ** 2;
      if (byMs > 0) this.losses.sent({ lostBy: [], changedBy: [fault.id] });
      lateMs += byMs;
    }
    return lateMs;
  }

  private countsOf(link: string): LinkCounts {
    const known = this.links.get(link) ?? { connections: 0, chunks: 0, bytes: 0, held: 0 };
    this.links.set(link, known);
    return known;
  }
}
