/**
 * The cluster of programs: each node a process that speaks Maelstrom's protocol, each message through the harness's
 * own network. Whether time is real or virtual only its clock and what holds the processes know.
 */
import type { NodeId } from '../../../systems/node.ts';
import { type ServiceOptions, services } from '../../../systems/services/registry.ts';
import type { Program } from '../../../systems/system.ts';
import { HarnessFailure } from '../../failure.ts';
import type { FaultEffect } from '../../faults/effect.ts';
import type { Links, Medium } from '../../faults/fate.ts';
import type { Fault } from '../../faults/fault.ts';
import { resolveTargets } from '../../faults/targets.ts';
import { ActiveFaults } from '../active-faults.ts';
import { Clocks } from '../children/clocks.ts';
import { processesOf } from '../children/node-processes.ts';
import type { Cluster, Session, Starved, Traffic } from '../cluster.ts';
import { ComposedFaults, partsInjectorOf } from '../composed-faults.ts';
import type { ClusterName } from '../names.ts';
import { Network, type NetworkTime } from '../network/network.ts';
import { ClientCalls } from './client-calls.ts';
import { type Complaint, Complaints } from './complaints.ts';
import { dialectNamed } from './dialects.ts';
import { canInject, type Hit, type Injected, injectorOf } from './injectors.ts';
import type { Birth, Instance } from './instance.ts';
import { Mailbox } from './mailbox.ts';
import { type ProgramLife, ProgramNode, type Surroundings } from './node.ts';
import { Replies } from './replies.ts';
import { ServiceHost } from './service-host.ts';
import { introduce } from './starting.ts';
import { type TopologyName, topologyOf } from './topology.ts';

/** The clock of a run, real or virtual. */
export interface ProgramTime extends NetworkTime {
  sleep(ms: number): Promise<void>;
  turn?(): Promise<void>;
}

/** What holds a run's processes. */
export interface Keeping {
  readonly medium: Medium;
  readonly clientLinkMs: number;
  readonly isVirtual: boolean;
  spawn(birth: Omit<Birth, 'command' | 'args' | 'folder' | 'logFile'>): Instance;
  emptyFolder(node: NodeId): void;
  /** A line for a node's log. */
  log(node: NodeId, line: string): void;
  /** The run cannot go on. */
  fail(sentence: string): void;
  starved?(): Promise<Starved>;
  /** Programs are offered clock and chance as services, and say when they are quiet. */
  readonly offers?: boolean;
  /** Where a node's processes work: an absolute path. */
  folderOf(node: NodeId): string;
}

export interface ProgramsOptions {
  readonly program: Program;
  /** How messages call the program. */
  readonly says: string;
  readonly nodes: readonly NodeId[];
  readonly links: Links;
  /** Keeps every message for the journal. */
  readonly journal: boolean;
  readonly topology: TopologyName;
  readonly services: ServiceOptions;
  /** A program that ends by itself is a node that crashed, and starts again after so long. */
  readonly restartMs?: number;
}

export class Programs implements Cluster, Injected {
  readonly nodes: readonly NodeId[];
  readonly faults: ActiveFaults;
  readonly network: Network;
  readonly programs: ReadonlyMap<NodeId, ProgramNode>;
  readonly name: ClusterName;
  readonly turn?: () => Promise<void>;
  readonly starved?: () => Promise<Starved>;
  readonly clocks?: Clocks;
  readonly elapsed: () => number;
  private readonly options: ProgramsOptions;
  private readonly time: ProgramTime;
  private readonly keeping: Keeping;
  private readonly composed = new ComposedFaults(this);
  private readonly mailbox = new Mailbox();
  private readonly complaints: Complaints;
  private readonly replies: Replies;
  private readonly calls: ClientCalls;
  private readonly topology: Readonly<Record<NodeId, readonly NodeId[]>> | undefined;

  constructor(options: ProgramsOptions, time: ProgramTime, keeping: Keeping) {
    const { program, nodes, links, journal } = options;
    const { mailbox } = this;
    const dialect = dialectNamed(program.dialect);
    this.options = options;
    this.name = keeping.isVirtual ? 'simulation' : 'processes';
    this.nodes = nodes;
    this.time = time;
    this.keeping = keeping;
    if (time.turn) this.turn = () => time.turn!();
    if (keeping.starved) this.starved = () => keeping.starved!();
    this.elapsed = () => time.elapsed();
    this.faults = new ActiveFaults(nodes);
    if (!keeping.isVirtual) this.clocks = this.clocksOf(keeping);
    this.complaints = new Complaints((node, line) => keeping.log(node, line));
    this.replies = new Replies(this.complaints);
    this.topology = dialect.topology && topologyOf(options.topology, nodes);
    const fail = (sentence: string) => keeping.fail(sentence);
    const { clientLinkMs, medium } = keeping;
    this.calls = new ClientCalls({ program, dialect, time, mailbox, replies: this.replies, clientLinkMs, fail });
    const around = this.surroundings(fail);
    this.programs = new Map(nodes.map((id) => [id, new ProgramNode(id, around)]));
    const hosts = Object.keys(services).map((name) => [name, this.hostOf(name)] as const);
    const machines = new Map<NodeId, ProgramNode | ServiceHost>([...this.programs, ...hosts]);
    const counts = (from: NodeId, to: NodeId) => !(from in services) && !(to in services);
    this.network = new Network({
      ...{ time, medium, links, journal, machines, counts },
      faults: this.faults,
      immutable: true,
    });
  }

  private clocksOf(keeping: Keeping): Clocks {
    const rooted = (id: NodeId) => {
      const pid = this.pid(id);
      return { id, folder: keeping.folderOf(id), roots: pid === undefined ? [] : [pid] };
    };
    return new Clocks({
      elapsed: this.elapsed,
      processesOf: (ids) => processesOf(ids.map(rooted)),
      isPaused: (id) => this.faults.lasts('pause', id),
      failed: (sentence) => keeping.fail(sentence),
    });
  }

  private surroundings(fail: (sentence: string) => void): Surroundings {
    const { nodes, links, says } = this.options;
    const { time, keeping, complaints, mailbox } = this;
    return {
      ...{ nodes, links, time, says, complaints, mailbox, fail },
      isService: (address) => address in services,
      stopsProcesses: !keeping.isVirtual,
      offers: keeping.offers === true,
      spawn: (birth) => keeping.spawn(birth),
      started: (node) => this.clocks?.started(node),
      emptyFolder: (node) => keeping.emptyFolder(node),
      send: (frame) => this.network.pass(frame),
      misreplied: (types) => this.replies.misreplied(types),
      exited: (node, life, how) => this.exited(node, life, how),
    };
  }

  private hostOf(name: string): ServiceHost {
    const { nodes, links, services: options } = this.options;
    const send: Surroundings['send'] = (frame) => this.network.pass(frame);
    return new ServiceHost(name, options, { seed: links.seed, nodes, mailbox: this.mailbox, send });
  }

  /** Starts every node, and resolves once all are ready. */
  async launch(): Promise<void> {
    const waiting: (() => void)[] = [];
    // No node hears of its neighbours before all nodes know who they are.
    const inited = (then: () => void) => {
      waiting.push(then);
      if (waiting.length === this.nodes.length) for (const task of waiting) task();
    };
    const lives = [...this.programs.values()].map((node) => [node, node.boot()] as const);
    const ready = lives.map(([, life]) => new Promise<void>((resolve) => life.whenReady(resolve)));
    for (const [node, life] of lives) introduce(this.introductions(), node, life, inited);
    await Promise.all(ready);
  }

  private introductions() {
    const { nodes, time, mailbox, topology, keeping } = this;
    return { nodes, time, mailbox, topology, offers: keeping.offers === true };
  }

  sleep(ms: number): Promise<void> {
    return this.time.sleep(ms);
  }

  open(process: number, node: NodeId): Session {
    return { call: (call) => this.calls.call(this.node(node), process, call), close() {} };
  }

  watch(fault: Fault, begin: (at: NodeId) => void): void {
    this.network.watch(fault, begin);
  }

  async begin(fault: Fault): Promise<FaultEffect> {
    const targets = resolveTargets(fault, this.nodes, this.options.links.seed, undefined);
    const nodes = targets.map((node) => this.node(node));
    this.faults.begin(fault, targets);
    const parts = partsInjectorOf(fault, this.name);
    if (parts) return this.composed.begin(fault, targets, parts);
    const injector = injectorFor(fault);
    const hits = await injector.inject(fault, nodes, this);
    return this.effectOf({ targets, ...injector.effect(fault, nodes, this) }, hits);
  }

  async end(fault: Fault): Promise<FaultEffect> {
    const targets = this.faults.targetsOf(fault);
    if (partsInjectorOf(fault, this.name)) {
      this.faults.end(fault);
      return this.composed.end(fault, targets);
    }
    const nodes = targets.map((node) => this.node(node));
    const injector = injectorFor(fault);
    const before = injector.effect(fault, nodes, this);
    this.faults.end(fault);
    const hits = await injector.lift(fault, nodes, this);
    const effect = injector.endsWithFault ? before : injector.effect(fault, nodes, this);
    return this.effectOf({ targets, ...effect }, hits);
  }

  /** In virtual time processes' ids would differ from run to run: the nodes' names are told instead. */
  private effectOf(effect: Exclude<FaultEffect, string>, hits: readonly Hit[] | undefined): FaultEffect {
    if (!hits) return effect;
    if (this.keeping.isVirtual) return { ...effect, hit: hits.map(({ node }) => node) };
    return { ...effect, pids: hits.map(({ pid }) => pid) };
  }

  can(fault: Fault): true | string {
    return canInject(fault, this.keeping.isVirtual);
  }

  /** The process of a node, in real time. */
  pid(node: NodeId): number | undefined {
    return this.keeping.isVirtual ? undefined : this.node(node).life?.instance?.pid;
  }

  async heal(): Promise<void> {
    const wrong = this.replies.nothingButWrong();
    if (wrong !== undefined) this.keeping.fail(`${this.options.says}: ${wrong}. ${this.firstComplaint()}`);
    this.faults.endAll();
    this.network.watchNoMore();
    await this.clocks?.heal();
    for (const node of this.programs.values()) {
      node.clock.heal();
      node.resume();
      this.restart(node);
    }
  }

  async crash(node: ProgramNode, folder: 'kept' | 'lost'): Promise<number | undefined> {
    const gone = node.crash(folder);
    this.calls.breakOff(node);
    return gone;
  }

  restart(node: ProgramNode): number | undefined {
    if (node.life || this.faults.lasts('crash', node.id)) return undefined;
    const life = node.boot();
    introduce(this.introductions(), node, life, (then) => then());
    // A pause that lasts holds a new life, too.
    if (node.isPaused) void node.pause();
    return life.instance?.pid;
  }

  traffic(): Traffic {
    return { ...this.network.traffic(), marks: this.complaints.marks() };
  }

  /** What the program did that the protocol does not have. */
  get protocol(): readonly Complaint[] {
    return this.complaints.all;
  }

  async stop(): Promise<void> {
    this.clocks?.close();
    await Promise.all(Array.from(this.programs.values(), (node) => node.crash('kept')));
  }

  private exited(node: ProgramNode, life: ProgramLife, how: string): void {
    const { restartMs } = this.options;
    if (restartMs === undefined) {
      node.fail(life, `ended by itself (${how})`);
      return;
    }
    this.complaints.note(node.id, 'ended by itself', `${node.says} ended by itself (${how})`);
    void this.crash(node, 'kept');
    this.time.schedule(restartMs, () => this.restart(node));
  }

  private firstComplaint(): string {
    return this.complaints.all.flatMap(({ says }) => says)[0] ?? '';
  }

  private node(id: NodeId): ProgramNode {
    const node = this.programs.get(id);
    if (!node) throw new HarnessFailure(`there is no node ${id}; the cluster has ${this.nodes.join(', ')}`);
    return node;
  }
}

function injectorFor(fault: Fault) {
  const injector = injectorOf(fault);
  if (!injector) throw new HarnessFailure(`programs cannot be given the fault ${fault.kind}`);
  return injector;
}
