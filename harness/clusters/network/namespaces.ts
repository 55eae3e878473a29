/**
 * The second network of real software: every node in a network namespace of its own, without any way out. Faults are
 * exact here, at the level of packets and for any protocol: a partition is one transaction of nftables.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { NodeId } from '../../../systems/node.ts';
import { entry } from '../../entry.ts';
import { HarnessFailure } from '../../failure.ts';
import { cutsBetween } from '../../faults/fate.ts';
import type { Fault } from '../../faults/fault.ts';
import type { ActiveFaults } from '../active-faults.ts';
import { minimalEnvironment } from '../children/environment.ts';
import type { Guard } from '../children/guard.ts';
import { linkAt, processesOf, type Rooted } from '../children/node-processes.ts';
import { RUN_VARIABLE } from '../children/process-tree.ts';
import { signalChild } from '../children/signal-child.ts';
import {
  addressOfNode,
  type Counts,
  type LabReply,
  type LabRequest,
  MOST_NODES,
  type Pair,
  type Rules,
} from './lab-protocol.ts';
import { count } from './losses.ts';
import { asUser, namespacesWork } from './namespaces-probe.ts';
import { type Execution, type LinkCounts, type NodeNetwork, trafficOf } from './node-network.ts';

/** How often cuts that come and go by themselves are looked at. */
const FLAP_TICK_MS = 20;
/** How often what passed is counted. */
const COUNT_MS = 500;

interface Options {
  readonly nodes: readonly NodeId[];
  readonly faults: ActiveFaults;
  readonly guard: Guard;
  /** The harness's clock in ms. */
  elapsed(): number;
  fail(sentence: string): void;
}

type Waiter = { resolve(value: unknown): void; reject(error: Error): void };

export class Namespaces implements NodeNetwork {
  readonly says = 'network namespaces, and nftables between them';
  readonly isDirect = true;
  readonly unknown = 0;
  readonly links = new Map<string, LinkCounts>();
  private readonly options: Options;
  private readonly lab: ChildProcess;
  private readonly waiting = new Map<number, Waiter>();
  private readonly cutBy = new Map<number, number>();
  private readonly touchedBy = new Map<number, number>();
  /** Packets that the rules of the moment have dropped so far, by `from to`. */
  private dropped = new Map<string, number>();
  private applied: readonly Pair[] = [];
  /** The faults by which the rules in place were made: what these rules dropped is credited to them. */
  private ruled: readonly Fault[] = [];
  private readonly pids: number[] = [];
  private readonly timers: NodeJS.Timeout[] = [];
  private asked = 0;
  private isClosed = false;

  private constructor(options: Options) {
    this.options = options;
    const { guard } = options;
    const [program = '', ...args] = asUser();
    this.lab = spawn(program, [...args, '-n', process.execPath, fileURLToPath(entry('lab'))], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { ...minimalEnvironment(), [RUN_VARIABLE]: guard.mark },
      detached: true,
    });
    if (this.lab.pid !== undefined) guard.watch(this.lab.pid);
    this.lab.on('message', (reply: LabReply) => this.take(reply));
    this.lab.on('error', (error) => this.broke(error.message));
    this.lab.on('exit', () => this.broke('it ended by itself'));
  }

  /** Makes them. Rejects with `HarnessFailure` where that cannot be. */
  static async make(options: Options): Promise<Namespaces> {
    const works = namespacesWork();
    if (works !== true) throw new HarnessFailure(works);
    if (options.nodes.length > MOST_NODES) throw new HarnessFailure(`namespaces are for at most ${MOST_NODES} nodes`);
    const made = new Namespaces(options);
    try {
      made.pids.push(...((await made.ask({ f: 'make', nodes: options.nodes.length })) as readonly number[]));
    } catch (error) {
      await made.close();
      throw error;
    }
    made.timers.push(setInterval(() => void made.count().catch(() => {}), COUNT_MS));
    return made;
  }

  addressOf(node: NodeId): string {
    return addressOfNode(this.placeOf(node));
  }

  reach(node: NodeId, port: number): Promise<void> {
    return this.relay(port, node, node, port);
  }

  open(listen: number, _: string, to: NodeId, target: number, from: NodeId = to): Promise<void> {
    return this.relay(listen, from, to, target);
  }

  at(node: NodeId, { command, args, user: { uid, gid } }: Execution): Execution {
    const where = ['-t', String(this.pids[this.placeOf(node)]), '-n'];
    const isOwn = asUser().length > 1;
    const who = isOwn
      ? ['-U', '--preserve-credentials']
      : uid === undefined
        ? []
        : ['-S', String(uid), '-G', String(gid)];
    return { command: 'nsenter', args: [...where, ...who, '--', command, ...args], user: {} };
  }

  async changed(): Promise<void> {
    const flaps = this.options.faults.all.some((fault) => fault.kind === 'partition' && fault.flapMs !== undefined);
    for (const timer of this.timers.splice(1)) clearInterval(timer);
    if (flaps) this.timers.push(setInterval(() => void this.flap(), FLAP_TICK_MS));
    await this.apply();
  }

  async effectOf({ id }: Fault): Promise<{ readonly cut: number; readonly touched: number }> {
    await this.count();
    return { cut: this.cutBy.get(id) ?? 0, touched: this.touchedBy.get(id) ?? 0 };
  }

  async delivered(from: NodeId, to: NodeId): Promise<number> {
    await this.count();
    return this.links.get(`${from} ${to}`)?.bytes ?? 0;
  }

  /** Processes of nodes that are in another network namespace than their node's. */
  async around(nodes: readonly Rooted[]): Promise<readonly string[]> {
    return [...processesOf(nodes)].flatMap(([id, pids]) => {
      const own = linkAt(`/proc/${this.pids[this.placeOf(id)]}/ns/net`);
      const places = pids.map((pid) => [pid, linkAt(`/proc/${pid}/ns/net`)] as const);
      return places.flatMap(([pid, place]) =>
        place === '' || place === own ? [] : [`process ${pid} of ${id} has left its network`],
      );
    });
  }

  traffic() {
    return trafficOf(this.links);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const timer of this.timers) clearInterval(timer);
    for (const { reject } of this.waiting.values()) reject(new HarnessFailure('the network is closed'));
    this.waiting.clear();
    const { lab } = this;
    if (lab.pid === undefined || lab.exitCode !== null || lab.signalCode !== null) return;
    const ended = new Promise((resolve) => lab.once('exit', resolve));
    if (lab.connected) lab.disconnect();
    signalChild(lab, 'SIGKILL');
    await ended;
    this.options.guard.forget(lab.pid);
  }

  private placeOf(node: NodeId): number {
    return this.options.nodes.indexOf(node);
  }

  private async relay(listen: number, from: NodeId, to: NodeId, port: number): Promise<void> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(listen, '127.0.0.1', () => resolve());
    });
    const request: LabRequest = { f: 'relay', from: this.placeOf(from), to: this.placeOf(to), port };
    await new Promise<void>((resolve, reject) => {
      this.lab.send(request, server, (error) =>
        error ? reject(new HarnessFailure(`the network: ${error.message}`)) : resolve(),
      );
    });
    // From here on the other process alone accepts.
    server.close();
  }

  private cutsNow(): readonly Pair[] {
    const { nodes, faults, elapsed } = this.options;
    const atMs = elapsed();
    return nodes.flatMap((from, a) =>
      nodes.flatMap((to, b) =>
        a !== b && cutsBetween(from, to, faults.all, atMs).length > 0 ? [[a, b] as const] : [],
      ),
    );
  }

  private async flap(): Promise<void> {
    if (JSON.stringify(this.cutsNow()) !== JSON.stringify(this.applied)) await this.apply().catch(() => {});
  }

  private async apply(): Promise<void> {
    const { nodes, faults } = this.options;
    const cut = this.cutsNow();
    const ruled = faults.all;
    this.applied = cut;
    const among = (ids: readonly NodeId[]) => {
      const places = ids.map((id) => nodes.indexOf(id));
      return places.flatMap((a) => places.filter((b) => b !== a).map((b) => [a, b] as const));
    };
    const atRandom = (what: 'drop' | 'duplicate') =>
      ruled.flatMap((fault) =>
        fault.kind === 'link' && fault[what] > 0
          ? [{ id: fault.id, pairs: among(fault.among), share: fault[what] }]
          : [],
      );
    const rules: Rules = { cut, lossy: atRandom('drop'), doubled: atRandom('duplicate') };
    // What was dropped so far is counted before the counters begin anew.
    await this.count();
    await this.ask({ f: 'rule', rules });
    this.dropped = new Map();
    this.ruled = ruled;
  }

  private async count(): Promise<void> {
    const { cut, passed, touched } = (await this.ask({ f: 'count' })) as Counts;
    const { nodes } = this.options;
    const sums = new Map<string, LinkCounts>();
    for (const { way, packets, bytes } of passed) {
      const link = linkName(nodes, way);
      const sum = sums.get(link) ?? { connections: 0, chunks: 0, bytes: 0, held: this.links.get(link)?.held ?? 0 };
      sums.set(link, { ...sum, chunks: sum.chunks + packets, bytes: sum.bytes + bytes });
    }
    for (const [link, sum] of sums) this.links.set(link, sum);
    const touchedNow = new Map<number, number>();
    for (const [id, packets] of touched) count(touchedNow, id, packets);
    for (const [id, packets] of touchedNow) this.touchedBy.set(id, packets);
    const dropped = new Map<string, number>();
    for (const { way, packets } of cut) count(dropped, linkName(nodes, way), packets);
    for (const [link, packets] of dropped) this.creditDropped(link, packets - (this.dropped.get(link) ?? 0));
    this.dropped = dropped;
  }

  /** Packets that were dropped are credited to every partition that cuts the link. */
  private creditDropped(link: string, packets: number): void {
    if (packets <= 0) return;
    const known = this.links.get(link);
    if (known) known.held += packets;
    const [from, to] = link.split(' ') as [NodeId, NodeId];
    for (const fault of this.ruled)
      if (fault.kind === 'partition' && fault.cut.some(([a, b]) => a === from && b === to))
        count(this.cutBy, fault.id, packets);
  }

  private ask(request: DistributiveOmit<Exclude<LabRequest, { f: 'relay' }>, 'id'>): Promise<unknown> {
    const id = ++this.asked;
    return new Promise((resolve, reject) => {
      if (this.isClosed) return reject(new HarnessFailure('the network is closed'));
      this.waiting.set(id, { resolve, reject });
      this.lab.send({ ...request, id }, (error) => error && this.broke(error.message));
    });
  }

  private take({ id, value, error }: LabReply): void {
    const waiter = this.waiting.get(id);
    this.waiting.delete(id);
    if (error === undefined) waiter?.resolve(value);
    else waiter?.reject(new HarnessFailure(`the network of namespaces: ${error}`));
  }

  private broke(why: string): void {
    if (this.isClosed) return;
    this.isClosed = true;
    const sentence = `the process that holds the network of namespaces broke: ${why}`;
    for (const { reject } of this.waiting.values()) reject(new HarnessFailure(sentence));
    this.waiting.clear();
    this.options.fail(sentence);
  }
}

type DistributiveOmit<T, K extends string> = T extends unknown ? Omit<T, K> : never;

function linkName(nodes: readonly NodeId[], [from, to]: Pair): string {
  return `${nodes[from]} ${nodes[to]}`;
}
