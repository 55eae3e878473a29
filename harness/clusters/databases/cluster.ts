/**
 * The cluster of real software: every node its processes, every link a proxy. Faults are
 * the same data as everywhere; what they did is measured from outside.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Database, NodeControls } from '../../../databases/database.ts';
import { type NodeId, Refused } from '../../../systems/node.ts';
import { HarnessFailure } from '../../failure.ts';
import type { FaultEffect } from '../../faults/effect.ts';
import type { Links } from '../../faults/fate.ts';
import type { Fault } from '../../faults/fault.ts';
import { meaningOf } from '../../faults/meanings.ts';
import { resolveTargets } from '../../faults/targets.ts';
import { messageOf } from '../../node/thrown.ts';
import { ActiveFaults } from '../active-faults.ts';
import { Clocks } from '../children/clocks.ts';
import { DiskImage } from '../children/disk-image.ts';
import { type Guard, startGuard } from '../children/guard.ts';
import { processesOf, type Rooted } from '../children/node-processes.ts';
import { RealTime } from '../children/real-time.ts';
import { RunEnd } from '../children/run-end.ts';
import { Starvation } from '../children/starvation.ts';
import type { Cluster, Session, Starved, Traffic } from '../cluster.ts';
import { ComposedFaults, partsInjectorOf } from '../composed-faults.ts';
import { Proxies } from '../network/proxies.ts';
import { type Found, linkedLibraries } from './executables.ts';
import { NodeHost, PortMap } from './host.ts';
import { canInject, type Injected, injectorOf } from './injectors.ts';
import { DatabaseNode } from './node.ts';
import { Operator } from './operator.ts';
import { connectionsAround, Owners } from './owners.ts';
import { Ports } from './ports.ts';
import { sessionWith } from './sessions.ts';
import { within } from './within.ts';

/** How long a node may take to say who leads. */
const ANSWER_MS = 1000;
/** Between two tries to form the cluster. */
const FORM_PAUSE_MS = 50;
/** While a partition lasts, connections are looked at so often. */
const AUDIT_MS = 500;

export interface DatabasesOptions {
  readonly database: Database;
  readonly programs: ReadonlyMap<string, Found>;
  readonly nodes: readonly NodeId[];
  readonly links: Links;
  readonly callTimeoutMs: number;
  /** Where nodes' logs go, `<id>.log` each. */
  readonly logFolder: string;
  /** Whether nodes have disks of their own, so that power can fail. */
  readonly canLosePower?: boolean;
  /** Holds the nodes' folders, and is removed at the end, however that comes. */
  readonly temporary: string;
}

/** Something that operators did, in words, and when in ms. */
export interface Note {
  readonly atMs: number;
  readonly says: string;
}

export class Databases implements Cluster, Injected {
  readonly name = 'processes';
  readonly nodes: readonly NodeId[];
  readonly proxies: Proxies;
  readonly faults: ActiveFaults;
  readonly notes: Note[] = [];
  readonly clocks: Clocks;
  /** Faults over which processes of a node may end by themselves, and until when: for a while after their ends, too. */
  private readonly explained = new Map<NodeId, { readonly kind: string; readonly untilMs: number }>();
  /** Nodes that ended so. */
  private readonly broken = new Set<NodeId>();
  operator!: Operator;
  private readonly options: DatabasesOptions;
  private readonly guard: Guard;
  private readonly runEnd = new RunEnd();
  private readonly time = new RealTime(this.runEnd);
  private readonly starvation = new Starvation({ ownWork: false });
  private readonly composed = new ComposedFaults(this);
  private readonly disks = new Map<NodeId, DiskImage>();
  private readonly byId = new Map<NodeId, DatabaseNode>();
  private readonly sessions = new Map<NodeId, Set<Session>>();
  private auditing: NodeJS.Timeout | undefined;

  private constructor(options: DatabasesOptions, guard: Guard) {
    this.options = options;
    this.guard = guard;
    this.nodes = options.nodes;
    this.faults = new ActiveFaults(options.nodes);
    const owners = new Owners(() => this.rooted());
    this.proxies = new Proxies({
      ...{ seed: options.links.seed, faults: this.faults },
      elapsed: () => this.elapsed(),
      ownerOf: (theirs, ours) => owners.of(theirs, ours),
    });
    this.clocks = new Clocks({
      elapsed: () => this.elapsed(),
      processesOf: (ids) => processesOf(ids.map((id) => this.node(id).rooted)),
      isPaused: (id) => this.faults.lasts('pause', id),
      failed: (sentence) => this.runEnd.fail(sentence),
    });
  }

  /** What all its processes carry. */
  get mark(): string {
    return this.guard.mark;
  }

  get database(): Database {
    return this.options.database;
  }

  /** Starts every node, forms the cluster, and waits until it is ready. Whatever happens then, call `stop`. */
  static async launch(options: DatabasesOptions): Promise<Databases> {
    const guard = startGuard();
    guard.remove(options.temporary);
    makeFolders(options);
    const cluster = new Databases(options, guard);
    try {
      await Promise.race([cluster.failed, cluster.start()]);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** Rejects when the run cannot go on. Never resolves. */
  get failed(): Promise<never> {
    return this.runEnd.failed;
  }

  elapsed(): number {
    return this.time.elapsed();
  }

  sleep(ms: number): Promise<void> {
    return this.time.sleep(ms);
  }

  turn(): Promise<void> {
    return this.time.turn();
  }

  async starved(): Promise<Starved> {
    return { harness: this.starvation.ms, nodes: {} };
  }

  async open(_: number, id: NodeId): Promise<Session> {
    const { database, callTimeoutMs } = this.options;
    const node = this.node(id);
    if (!node.isUp) throw new Refused(`${id} is down`);
    const broke = (sentence: string) => this.runEnd.fail(sentence);
    const session = await sessionWith(database.connect(node.host), callTimeoutMs, database, id, broke);
    const open = this.sessions.get(id) ?? new Set();
    this.sessions.set(id, open.add(session));
    return {
      call: (call) => session.call(call),
      close() {
        open.delete(session);
        session.close();
      },
    };
  }

  async begin(fault: Fault): Promise<FaultEffect> {
    const { links } = this.options;
    const asks = meaningOf(fault).targets(fault) === 'primary';
    const primary = asks ? await this.leader() : undefined;
    const targets = resolveTargets(fault, this.nodes, links.seed, primary);
    this.faults.begin(fault, targets);
    const parts = partsInjectorOf(fault, this.name);
    if (parts) return this.composed.begin(fault, targets, parts);
    const injector = this.injectorOf(fault);
    const nodes = targets.map((id) => this.node(id));
    this.explain(fault, targets, Number.POSITIVE_INFINITY);
    const pids = await injector.inject(fault, nodes, this);
    return { targets, ...(await injector.effect(fault, nodes, this)), ...(pids ? { pids } : {}) };
  }

  async end(fault: Fault): Promise<FaultEffect> {
    const targets = this.faults.targetsOf(fault);
    this.faults.end(fault);
    if (partsInjectorOf(fault, this.name)) return this.composed.end(fault, targets);
    const injector = this.injectorOf(fault);
    const nodes = targets.map((id) => this.node(id));
    const before = injector.endsWithFault && (await injector.effect(fault, nodes, this));
    const pids = await injector.lift(fault, nodes, this);
    const effect = before ?? (await injector.effect(fault, nodes, this));
    this.explain(fault, targets, this.elapsed() + this.options.database.noticesMs);
    this.startBroken();
    return { targets, ...effect, ...(pids ? { pids } : {}) };
  }

  can(fault: Fault): true | string {
    return canInject(fault, this.options.database);
  }

  hostOf(id: NodeId): NodeHost {
    return this.node(id).host;
  }

  /** All processes that the node consists of now. */
  processesOf(id: NodeId): readonly number[] {
    return this.node(id).processes;
  }

  /** The node that leads now, if anybody says so in time. */
  leader(): Promise<NodeId | undefined> {
    return within(ANSWER_MS, this.options.database.primary?.(this.hosts()));
  }

  /** The run cannot go on. */
  fail(sentence: string): void {
    this.runEnd.fail(sentence);
  }

  pid(id: NodeId): number | undefined {
    return this.node(id).rooted.roots[0];
  }

  async heal(): Promise<void> {
    this.faults.endAll();
    this.proxies.changed();
    for (const node of this.byId.values()) node.resume();
    await this.clocks.heal();
    for (const node of this.byId.values()) if (!node.isUp) node.start();
    await this.rejoin();
  }

  /** Brings back what cannot come back by itself. No operator acts any more, until one is started again. */
  async rejoin(): Promise<void> {
    await this.operator.stop();
    const { database } = this.options;
    try {
      await database.rejoin?.(this.hosts(), this.controls());
    } catch (error) {
      this.note(`rejoin failed: ${messageOf(error)}`);
    }
  }

  async settled(): Promise<boolean> {
    const { database } = this.options;
    return !database.whole || (await within(ANSWER_MS, database.whole(this.hosts()))) === true;
  }

  traffic(): Traffic {
    const kinds: Record<string, number> = {};
    let [messages, bytes] = [0, 0];
    for (const [link, counts] of this.proxies.links) {
      const name = link.split(' ')[2]!;
      kinds[name] = (kinds[name] ?? 0) + counts.chunks;
      messages += counts.chunks;
      bytes += counts.bytes;
    }
    return { messages, bytes, kinds, marks: {} };
  }

  async stop(): Promise<void> {
    this.runEnd.come();
    clearInterval(this.auditing);
    this.starvation.stop();
    this.clocks.close();
    await this.operator?.stop();
    for (const open of this.sessions.values()) for (const session of open) session.close();
    await Promise.all(Array.from(this.byId.values(), (node) => node.kill()));
    this.proxies.close();
    for (const disk of this.disks.values()) await disk.unmount();
    rmSync(this.options.temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    await this.guard.end();
  }

  readonly audit = async (): Promise<void> => {
    const around = await connectionsAround(this.rooted());
    if (around.length > 0)
      this.runEnd.fail(`connections go around the proxies, so that no partition cuts them: ${around.join(', ')}`);
  };

  readonly diskOf = (id: NodeId): DiskImage => {
    const disk = this.disks.get(id);
    if (!disk) throw new HarnessFailure(`${id} has no disk of its own that could lose power`);
    return disk;
  };

  readonly crash = async (node: DatabaseNode): Promise<readonly number[]> => {
    const open = this.sessions.get(node.id);
    this.sessions.delete(node.id);
    const pids = await node.kill();
    for (const session of open ?? []) session.close();
    return pids;
  };

  private async start(): Promise<void> {
    const { database, nodes, temporary, programs, logFolder } = this.options;
    const ports = await PortMap.open(database, nodes, new Ports(), this.proxies);
    const around = {
      ...{ database, guard: this.guard },
      logFileOf: (id: NodeId) => join(logFolder, `${id}.log`),
      started: (node: DatabaseNode) => this.clocks.started(node.id),
      ended: (node: DatabaseNode, program: string, how: string) => this.ended(node, program, how),
    };
    const libraries = linkedLibraries(programs, temporary);
    for (const id of nodes) {
      const host = new NodeHost(id, nodes, join(temporary, id), ports, programs, libraries);
      this.byId.set(id, new DatabaseNode(host, around));
    }
    if (this.options.canLosePower) await this.makeDisks();
    this.operator = new Operator(database, this.hosts(), this.controls());
    await database.prepare?.(this.hosts());
    for (const node of this.byId.values()) node.start();
    await this.form();
    await this.audit();
    // What forms the cluster is durable before power may fail.
    for (const disk of this.disks.values()) await disk.sync();
    this.operator.start();
    this.auditing = setInterval(() => this.auditPartitions(), AUDIT_MS);
    this.time.begin();
  }

  /** Tries again until nothing is thrown and all is whole, or patience ends. One try is over before the next. */
  private async form(): Promise<void> {
    const { database } = this.options;
    const untilMs = performance.now() + database.readyMs;
    let why = 'it is not whole';
    for (let leftMs = database.readyMs; leftMs > 0; leftMs = untilMs - performance.now()) {
      const task = database.form?.(this.hosts()) ?? Promise.resolve();
      const formed = await within(
        leftMs,
        task.then(() => true as const, messageOf),
      );
      if (formed === true && (await this.settled())) return;
      if (formed !== true) why = formed ?? 'form() never comes to an end';
      await new Promise((resolve) => setTimeout(resolve, FORM_PAUSE_MS));
    }
    throw new HarnessFailure(
      `${database.name} was not ready within ${database.readyMs} ms: ${why}. ${this.node(this.nodes[0]!).logTail()}`,
    );
  }

  private async makeDisks(): Promise<void> {
    for (const { id, host } of this.byId.values()) {
      const disk = new DiskImage(join(this.options.temporary, 'disks', `${id}.img`), host.folder);
      this.disks.set(id, disk);
      await disk.make();
      host.ownFolder();
    }
  }

  /** A process may end over a clock that is wrong. */
  private explain({ kind }: Fault, targets: readonly NodeId[], untilMs: number): void {
    if (kind === 'clock' || kind === 'disk') for (const id of targets) this.explained.set(id, { kind, untilMs });
  }

  /** Starts what ended by itself under a fault, once none explains it any more. */
  private startBroken(): void {
    for (const id of this.broken) {
      if (this.runEnd.hasCome || this.explained.get(id)?.untilMs === Number.POSITIVE_INFINITY) continue;
      this.broken.delete(id);
      if (!this.node(id).isUp) this.node(id).start();
    }
  }

  private auditPartitions(): void {
    if (this.faults.all.some(({ kind }) => kind === 'partition')) void this.audit();
  }

  /** An end that nobody asked for. */
  private ended(node: DatabaseNode, program: string, how: string): void {
    const says = `${node.id} (${program}) ended by itself (${how})`;
    const { kind, untilMs } = this.explained.get(node.id) ?? { kind: '', untilMs: 0 };
    if (kind === '' || this.elapsed() > untilMs) {
      this.runEnd.fail(`${says}. ${node.logTail()}`);
      return;
    }
    // Software that stops over a clock that jumps tells something of itself, and is no fault of the harness.
    this.note(`${says} under a ${kind} fault: it starts again when that is over`);
    this.broken.add(node.id);
    void this.crash(node).then(() => this.startBroken());
  }

  private controls(): NodeControls {
    return {
      stop: async (id) => void (await this.crash(this.node(id))),
      start: async (id) => void this.node(id).start(),
      wipe: async (id) => this.node(id).wipe(),
      copy: (from, to) => this.node(to).copyOf(this.node(from)),
      note: (text) => this.note(text),
    };
  }

  private note(says: string): void {
    this.notes.push({ atMs: Math.round(this.elapsed()), says });
  }

  private hosts(): readonly NodeHost[] {
    return Array.from(this.byId.values(), ({ host }) => host);
  }

  rooted(): readonly Rooted[] {
    return Array.from(this.byId.values(), ({ rooted }) => rooted);
  }

  private injectorOf(fault: Fault) {
    const injector = injectorOf(fault);
    if (!injector) throw new HarnessFailure(`databases cannot be given the fault ${fault.kind}`);
    return injector;
  }

  private node(id: NodeId): DatabaseNode {
    const node = this.byId.get(id);
    if (!node) throw new HarnessFailure(`there is no node ${id}; the cluster has ${this.nodes.join(', ')}`);
    return node;
  }
}

/** Nodes run as another user where root runs the harness: they must come through to their folders. */
function makeFolders({ temporary, logFolder }: DatabasesOptions): void {
  try {
    mkdirSync(temporary, { recursive: true, mode: 0o711 });
    mkdirSync(logFolder, { recursive: true });
  } catch (error) {
    throw new HarnessFailure(`no folder can be made for the nodes: ${messageOf(error)}`);
  }
}
