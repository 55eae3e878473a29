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
import type { DiskImage } from '../children/disk-image.ts';
import { type Guard, startGuard } from '../children/guard.ts';
import { processesOf, type Rooted } from '../children/node-processes.ts';
import { RealTime } from '../children/real-time.ts';
import { RunEnd } from '../children/run-end.ts';
import { Starvation } from '../children/starvation.ts';
import type { Cluster, Session, Starved, Traffic } from '../cluster.ts';
import { ComposedFaults, partsInjectorOf } from '../composed-faults.ts';
import { Proxies } from '../network/proxies.ts';
import { Disks } from './disks.ts';
import { type Found, linkedLibraries } from './executables.ts';
import { Exits } from './exits.ts';
import { formed } from './forming.ts';
import { NodeHost, PortMap } from './host.ts';
import { canInject, type Injected, injectorOf } from './injectors.ts';
import { DatabaseNode } from './node.ts';
import { Nodes } from './nodes.ts';
import { OpenSessions } from './open-sessions.ts';
import { Operator } from './operator.ts';
import { connectionsAround, Owners } from './owners.ts';
import { Ports } from './ports.ts';
import { sessionWith } from './sessions.ts';
import { within } from './within.ts';

/** How long a node may take to say who leads. */
const ANSWER_MS = 1000;
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
  operator!: Operator;
  private readonly options: DatabasesOptions;
  private readonly guard: Guard;
  private readonly runEnd = new RunEnd();
  private readonly time = new RealTime(this.runEnd);
  private readonly starvation = new Starvation({ ownWork: false });
  private readonly composed = new ComposedFaults(this);
  private readonly disks = new Disks();
  private readonly exits: Exits;
  private readonly controls: NodeControls;
  private readonly members = new Nodes();
  private readonly sessions = new OpenSessions();
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
    this.controls = this.members.controls(
      (node) => this.crash(node),
      (says) => this.note(says),
    );
    this.exits = new Exits({
      elapsed: () => this.elapsed(),
      isOver: () => this.runEnd.hasCome,
      node: (id) => this.members.of(id),
      crash: (node) => this.crash(node),
      note: (says) => this.note(says),
      fail: (sentence) => this.runEnd.fail(sentence),
    });
    this.clocks = new Clocks({
      elapsed: () => this.elapsed(),
      processesOf: (ids) => processesOf(ids.map((id) => this.members.of(id).rooted)),
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
    const node = this.members.of(id);
    if (!node.isUp) throw new Refused(`${id} is down`);
    const broke = (sentence: string) => this.runEnd.fail(sentence);
    const session = await sessionWith(database.connect(node.host), callTimeoutMs, database, id, broke);
    return this.sessions.keep(id, session);
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
    const nodes = targets.map((id) => this.members.of(id));
    this.exits.explain(fault, targets, Number.POSITIVE_INFINITY);
    const pids = await injector.inject(fault, nodes, this);
    return { targets, ...(await injector.effect(fault, nodes, this)), ...(pids ? { pids } : {}) };
  }

  async end(fault: Fault): Promise<FaultEffect> {
    const targets = this.faults.targetsOf(fault);
    this.faults.end(fault);
    if (partsInjectorOf(fault, this.name)) return this.composed.end(fault, targets);
    const injector = this.injectorOf(fault);
    const nodes = targets.map((id) => this.members.of(id));
    const before = injector.endsWithFault && (await injector.effect(fault, nodes, this));
    const pids = await injector.lift(fault, nodes, this);
    const effect = before ?? (await injector.effect(fault, nodes, this));
    this.exits.explain(fault, targets, this.elapsed() + this.options.database.noticesMs);
    this.exits.startBroken();
    return { targets, ...effect, ...(pids ? { pids } : {}) };
  }

  can(fault: Fault): true | string {
    return canInject(fault, this.options.database);
  }

  hostOf(id: NodeId): NodeHost {
    return this.members.of(id).host;
  }

  /** All processes that the node consists of now. */
  processesOf(id: NodeId): readonly number[] {
    return this.members.of(id).processes;
  }

  /** The node that leads now, if anybody says so in time. */
  leader(): Promise<NodeId | undefined> {
    return within(ANSWER_MS, this.options.database.primary?.(this.members.hosts));
  }

  /** The run cannot go on. */
  fail(sentence: string): void {
    this.runEnd.fail(sentence);
  }

  pid(id: NodeId): number | undefined {
    return this.members.of(id).rooted.roots[0];
  }

  async heal(): Promise<void> {
    this.faults.endAll();
    this.proxies.changed();
    for (const node of this.members.all) node.resume();
    await this.clocks.heal();
    for (const node of this.members.all) if (!node.isUp) node.start();
    await this.rejoin();
  }

  /** Brings back what cannot come back by itself. No operator acts any more, until one is started again. */
  async rejoin(): Promise<void> {
    await this.operator.stop();
    const { database } = this.options;
    try {
      await database.rejoin?.(this.members.hosts, this.controls);
    } catch (error) {
      this.note(`rejoin failed: ${messageOf(error)}`);
    }
  }

  async settled(): Promise<boolean> {
    const { database } = this.options;
    return !database.whole || (await within(ANSWER_MS, database.whole(this.members.hosts))) === true;
  }

  traffic(): Traffic {
    return this.proxies.traffic();
  }

  async stop(): Promise<void> {
    this.runEnd.come();
    clearInterval(this.auditing);
    this.starvation.stop();
    this.clocks.close();
    await this.operator?.stop();
    this.sessions.closeAll();
    await Promise.all(this.members.all.map((node) => node.kill()));
    this.proxies.close();
    await this.disks.unmount();
    rmSync(this.options.temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    await this.guard.end();
  }

  readonly audit = async (): Promise<void> => {
    const around = await connectionsAround(this.rooted());
    if (around.length > 0)
      this.runEnd.fail(`connections go around the proxies, so that no partition cuts them: ${around.join(', ')}`);
  };

  readonly diskOf = (id: NodeId): DiskImage => this.disks.of(id);

  readonly crash = async (node: DatabaseNode): Promise<readonly number[]> => {
    const pids = await node.kill();
    this.sessions.closeWith(node.id);
    return pids;
  };

  private async start(): Promise<void> {
    const { database, nodes, temporary, programs, logFolder } = this.options;
    const ports = await PortMap.open(database, nodes, new Ports(), this.proxies);
    const around = {
      ...{ database, guard: this.guard },
      logFileOf: (id: NodeId) => join(logFolder, `${id}.log`),
      started: (node: DatabaseNode) => this.clocks.started(node.id),
      ended: (node: DatabaseNode, program: string, how: string) => this.exits.ended(node, program, how),
    };
    const libraries = linkedLibraries(programs, temporary);
    for (const id of nodes) {
      const host = new NodeHost(id, nodes, join(temporary, id), ports, programs, libraries);
      this.members.add(new DatabaseNode(host, around));
    }
    if (this.options.canLosePower) await this.disks.make(join(temporary, 'disks'), this.members.hosts);
    this.operator = new Operator(database, this.members.hosts, this.controls);
    await database.prepare?.(this.members.hosts);
    for (const node of this.members.all) node.start();
    const why = await formed(database, this.members.hosts, () => this.settled());
    if (why !== undefined)
      throw new HarnessFailure(`${database.name} was ${why}. ${this.members.of(nodes[0]!).logTail()}`);
    await this.audit();
    // What forms the cluster is durable before power may fail.
    await this.disks.sync();
    this.operator.start();
    this.auditing = setInterval(() => this.auditPartitions(), AUDIT_MS);
    this.time.begin();
  }

  private auditPartitions(): void {
    if (this.faults.all.some(({ kind }) => kind === 'partition')) void this.audit();
  }

  private note(says: string): void {
    this.notes.push({ atMs: Math.round(this.elapsed()), says });
  }

  rooted(): readonly Rooted[] {
    return this.members.rooted;
  }

  private injectorOf(fault: Fault) {
    const injector = injectorOf(fault);
    if (!injector) throw new HarnessFailure(`databases cannot be given the fault ${fault.kind}`);
    return injector;
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
