/**
 * The cluster of real software: every node its processes, every link in a network that can be cut. Faults are
 * the same data as everywhere; what they did is measured from outside.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Database, NodeControls } from '../../../databases/database.ts';
import { type NodeId, Refused } from '../../../systems/node.ts';
import { HarnessFailure } from '../../failure.ts';
import type { FaultEffect } from '../../faults/effect.ts';
import type { Links } from '../../faults/fate.ts';
import type { Fault } from '../../faults/fault.ts';
import { messageOf } from '../../node/thrown.ts';
import { ActiveFaults } from '../active-faults.ts';
import { Clocks } from '../children/clocks.ts';
import { type Guard, startGuard } from '../children/guard.ts';
import type { NodeDisk } from '../children/node-disk.ts';
import { processesOf, type Rooted } from '../children/node-processes.ts';
import { RealTime } from '../children/real-time.ts';
import { RunEnd } from '../children/run-end.ts';
import { Starvation } from '../children/starvation.ts';
import type { Cluster, Session, Starved, Traffic } from '../cluster.ts';
import type { NodeNetwork } from '../network/node-network.ts';
import { Audits } from './audits.ts';
import { BadDisks } from './bad-disks.ts';
import { type DiskName, Disks } from './disks.ts';
import type { Found } from './executables.ts';
import { Exits } from './exits.ts';
import { DatabaseFaults } from './faults.ts';
import { formed } from './forming.ts';
import type { NodeHost } from './host.ts';
import { canInject, type Injected } from './injectors.ts';
import { makeFolders, membersOf } from './members.ts';
import { networkFor } from './networks.ts';
import type { DatabaseNode } from './node.ts';
import { Nodes } from './nodes.ts';
import { OpenSessions } from './open-sessions.ts';
import { Operator } from './operator.ts';
import { sessionWith } from './sessions.ts';
import { Watching } from './watching.ts';
import { within } from './within.ts';

/** How long a node may take to say who leads. */
const ANSWER_MS = 1000;

export interface DatabasesOptions {
  readonly database: Database;
  readonly programs: ReadonlyMap<string, Found>;
  readonly nodes: readonly NodeId[];
  readonly links: Links;
  readonly callTimeoutMs: number;
  /** Where nodes' logs go, `<id>.log` each. */
  readonly logFolder: string;
  /** What the nodes' own disks are made of, so that power can fail or they can be bad; none where absent. */
  readonly disk?: DiskName;
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
  network!: NodeNetwork;
  readonly faults: ActiveFaults;
  readonly notes: Note[] = [];
  readonly clocks: Clocks;
  operator!: Operator;
  private readonly options: DatabasesOptions;
  private readonly guard: Guard;
  private readonly runEnd = new RunEnd();
  private readonly time = new RealTime(this.runEnd);
  private readonly starvation = new Starvation({ ownWork: false });
  private readonly atWork: DatabaseFaults;
  private readonly disks = new Disks();
  private readonly exits: Exits;
  private readonly controls: NodeControls;
  private readonly members = new Nodes();
  private readonly sessions = new OpenSessions();
  private readonly audits: Audits;
  readonly watching: Watching;
  readonly badDisks: BadDisks;

  private constructor(options: DatabasesOptions, guard: Guard) {
    this.options = options;
    this.guard = guard;
    this.nodes = options.nodes;
    this.faults = new ActiveFaults(options.nodes);
    this.audits = new Audits({
      around: () => this.network.around(this.rooted()),
      isCut: () => this.faults.all.some(({ kind }) => kind === 'partition'),
      fail: (sentence) => this.runEnd.fail(sentence),
    });
    this.watching = new Watching({
      ...{ nodes: options.nodes, logFileOf: this.logFileOf },
      links: () => this.network.links,
      leader: () => this.leader(),
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
      repair: async ({ host }) => options.database.repair?.(host),
      again: `${options.database.repair ? 'its files are repaired, and ' : ''}it is started again`,
      note: (says) => this.note(says),
      fail: (sentence) => this.runEnd.fail(sentence),
    });
    this.atWork = new DatabaseFaults({
      ...{ cluster: this, members: this.members, exits: this.exits, seed: options.links.seed },
      elapsed: () => this.elapsed(),
      leader: () => this.leader(),
    });
    this.badDisks = new BadDisks({
      ...{ disk: options.disk, seed: options.links.seed, guard },
      ...{ diskOf: this.diskOf, logFileOf: this.logFileOf },
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
    makeFolders(options.temporary, options.logFolder);
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

  begin(fault: Fault): Promise<FaultEffect> {
    return this.atWork.begin(fault);
  }

  end(fault: Fault): Promise<FaultEffect> {
    return this.atWork.end(fault);
  }

  can(fault: Fault): true | string {
    return canInject(fault, this.options.database, this.options.disk);
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
    await this.network.changed();
    for (const node of this.members.all) node.resume();
    await this.clocks.heal();
    await this.badDisks.heal();
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
    return this.network.traffic();
  }

  async stop(): Promise<void> {
    this.runEnd.come();
    this.audits.stop();
    this.watching.stop();
    this.starvation.stop();
    this.clocks.close();
    await this.operator?.stop();
    this.sessions.closeAll();
    await Promise.all(this.members.all.map((node) => node.kill()));
    await this.network?.close();
    await this.disks.unmount();
    rmSync(this.options.temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    await this.guard.end();
  }

  readonly audit = (): Promise<void> => this.audits.look();

  readonly diskOf = (id: NodeId): NodeDisk => this.disks.of(id);

  readonly crash = async (node: DatabaseNode): Promise<readonly number[]> => {
    const pids = await node.kill();
    this.sessions.closeWith(node.id);
    return pids;
  };

  private async start(): Promise<void> {
    const { database, nodes, temporary } = this.options;
    this.network = await networkFor(database, {
      ...{ nodes, seed: this.options.links.seed, faults: this.faults, guard: this.guard },
      elapsed: () => this.elapsed(),
      rooted: () => this.rooted(),
      fail: (sentence) => this.runEnd.fail(sentence),
    });
    const made = await membersOf(
      { ...this.options, network: this.network },
      {
        ...{ database, guard: this.guard, logFileOf: this.logFileOf },
        started: ({ id }) => {
          this.clocks.started(id);
          this.badDisks.started(id);
        },
        ended: (node, program, how) => this.exits.ended(node, program, how),
      },
    );
    for (const node of made) this.members.add(node);
    const { disk } = this.options;
    if (disk) await this.disks.make(disk, join(temporary, 'disks'), this.members.hosts, this.guard);
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
    this.audits.start();
    this.time.begin();
  }

  private readonly logFileOf = (id: NodeId): string => join(this.options.logFolder, `${id}.log`);

  private note(says: string): void {
    this.notes.push({ atMs: Math.round(this.elapsed()), says });
  }

  rooted(): readonly Rooted[] {
    return this.members.rooted;
  }
}
