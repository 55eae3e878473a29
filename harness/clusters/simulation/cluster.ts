/**
 * The cluster in virtual time: the same systems, plans and faults as with
 * processes, in one process and to the byte the same for the same plan.
 */
import type { NodeId } from '../../../systems/node.ts';
import type { Design } from '../../../systems/system.ts';
import { HarnessFailure } from '../../failure.ts';
import type { FaultEffect } from '../../faults/effect.ts';
import { SIMULATED } from '../../faults/fate.ts';
import type { Fault } from '../../faults/fault.ts';
import { resolveTargets } from '../../faults/targets.ts';
import type { Ambient } from '../../node/ambient.ts';
import { currentCause } from '../../node/cause.ts';
import { brokenJson, isJsonWhole } from '../../node/contract.ts';
import { strangerText, type Thrown, unreadableText } from '../../node/thrown.ts';
import { overTheWire } from '../../node/wire.ts';
import type { Frame } from '../../node/world.ts';
import type { Plan } from '../../setting/plan.ts';
import { ActiveFaults } from '../active-faults.ts';
import type { Cluster, Session, Traffic } from '../cluster.ts';
import { ComposedFaults, partsInjectorOf } from '../composed-faults.ts';
import { Network } from '../network/network.ts';
import { ClientCalls } from './client-calls.ts';
import type { Driven } from './drive.ts';
import { canInject, type Injected, injectorOf } from './injectors.ts';
import { Machine, type Surroundings } from './life.ts';
import { States } from './states.ts';
import { SystemErrors } from './system-errors.ts';
import { VirtualTime } from './virtual-time.ts';

/** How long a system's first start may take, in virtual time. */
const START_MS = 30_000;

export interface SimulationOptions {
  readonly system: Design;
  readonly nodes: readonly NodeId[];
  readonly plan: Plan;
  /** Keeps every message for the journal. */
  readonly journal: boolean;
  /** Looks at the nodes' states on the way. */
  readonly shapes: boolean;
}

export class Simulation implements Cluster, Driven, Injected {
  readonly nodes: readonly NodeId[];
  readonly plannedCalls: number;
  readonly system: string;
  readonly seed: number;
  readonly time = new VirtualTime();
  readonly queue = this.time.queue;
  readonly machines: ReadonlyMap<NodeId, Machine>;
  readonly faults: ActiveFaults;
  readonly network: Network;
  readonly calls: ClientCalls;
  readonly states: States;
  readonly logs = new Map<NodeId, string[]>();
  readonly name = 'simulation';
  readonly can = canInject;
  private readonly composed = new ComposedFaults(this);
  private readonly options: SimulationOptions;
  private readonly errors: SystemErrors;
  private readonly marks = new Map<string, number>();

  constructor(options: SimulationOptions) {
    const { system, nodes, plan, journal, shapes } = options;
    const { time } = this;
    this.options = options;
    this.nodes = nodes;
    this.plannedCalls = plan.calls.length;
    this.system = system.name;
    this.seed = plan.links.seed;
    this.faults = new ActiveFaults(nodes);
    this.errors = new SystemErrors(system.name, () =>
      [...this.machines.values()].some(({ diskHits }) => diskHits.size > 0),
    );
    const around = this.surroundings();
    this.machines = new Map(nodes.map((id) => [id, new Machine(id, system, around)]));
    const { faults, machines, errors } = this;
    this.network = new Network({ time, medium: SIMULATED, faults, links: plan.links, journal, machines });
    this.calls = new ClientCalls(system, time, errors);
    this.states = new States({ system, machines, time, errors, shapes });
  }

  private surroundings(): Surroundings {
    const { time, faults, errors } = this;
    return {
      seed: this.options.plan.links.seed,
      nodes: this.nodes,
      elapsed: () => time.elapsed(),
      members: () => faults.members(),
      schedule: (ms, task) => time.schedule(ms, task),
      act: (node) => errors.act(node),
      changed: (node) => this.states.mayHaveChanged(node),
      send: (frame) => this.send(frame),
      mark: (node, name) => this.mark(node, name),
      log: (node, line) => this.log(node, line),
      broke: (node, error) => errors.atStart(node, error),
      threw: (node, where, error) => errors.inHandler(node, where, error),
    };
  }

  /** Starts every node and waits until each system's start is done. */
  async launch(): Promise<void> {
    for (const machine of this.machines.values()) machine.boot();
    await Promise.all([...this.machines.values()].map((machine) => this.ready(machine)));
  }

  private ready(machine: Machine): Promise<void> {
    return new Promise((resolve) => {
      if (!machine.life) return resolve();
      const late = `${this.options.system.name} did not become ready on ${machine.id} within ${START_MS} ms: does its start() wait for what never comes?`;
      const callOff = this.time.schedule(START_MS, () => {
        this.errors.break(late);
      });
      machine.life.whenReady(() => {
        callOff();
        resolve();
      });
    });
  }

  /** The run is over, or broke off: its replicas give back what they hold. */
  giveBack(): void {
    for (const machine of this.machines.values()) machine.end();
  }

  elapsed(): number {
    return this.time.elapsed();
  }

  sleep(ms: number): Promise<void> {
    return this.time.sleep(ms);
  }

  advance(time: number): void {
    this.time.nowUs = time;
    this.errors.nextMoment();
  }

  afterEvent(): void {
    const { errors } = this;
    if (!isJsonWhole()) errors.break(brokenJson(this.options.system.name));
    if (errors.failure) throw errors.failure;
    this.states.settled();
  }

  /**
   * A process that its disk has failed ends by what nobody handled,
   * and is a node that is down: no failure of the harness.
   */
  stray(reason: unknown, how: Parameters<Driven['stray']>[1]): void {
    const machine = this.machines.get(currentCause().node);
    if (machine && machine.diskHits.size > 0) {
      machine.fall(`ended, as its code ${how}`, reason);
      this.calls.breakOff(machine);
    } else this.errors.stray(reason, how);
  }

  forbiddenCall(node: NodeId, what: string, instead: string): Error {
    const { name } = this.options.system;
    return this.errors.break(`${node} (${name}) used ${what}, which no simulated run could repeat: take ${instead}`);
  }

  ambient(node: NodeId): Ambient | undefined {
    return this.options.system.library ? this.machines.get(node)?.runtime?.ambient : undefined;
  }

  print(node: NodeId, line: string): void {
    this.log(node, line);
  }

  /** A session with a design is no connection: all of them share the node's. */
  open(_: number, node: NodeId): Session {
    return { call: (call) => this.calls.call(this.machine(node), call), close() {} };
  }

  async begin(fault: Fault): Promise<FaultEffect> {
    const targets = resolveTargets(fault, this.nodes, this.options.plan.links.seed, this.primary(), this.faults.taken);
    const machines = targets.map((node) => this.machine(node));
    this.faults.begin(fault, targets);
    const parts = partsInjectorOf(fault, 'simulation');
    if (parts) return this.composed.begin(fault, targets, parts);
    const injector = this.injectorOf(fault);
    const hit = injector.inject(fault, machines, this);
    return { targets, ...injector.effect(fault, machines, this), ...(hit ? { hit } : {}) };
  }

  async end(fault: Fault): Promise<FaultEffect> {
    const targets = this.faults.targetsOf(fault);
    if (partsInjectorOf(fault, 'simulation')) {
      this.faults.end(fault);
      return this.composed.end(fault, targets);
    }
    const machines = targets.map((node) => this.machine(node));
    const injector = this.injectorOf(fault);
    const before = injector.effect(fault, machines, this);
    this.faults.end(fault);
    injector.lift(fault, machines, this);
    return { targets, ...(injector.endsWithFault ? before : injector.effect(fault, machines, this)) };
  }

  /** There is no process of the operating system. */
  pid(): undefined {}

  async heal(): Promise<void> {
    this.faults.endAll();
    this.network.watchNoMore();
    for (const machine of this.machines.values()) {
      machine.clock.heal();
      machine.diskFaults.clear();
      machine.resume();
      if (!machine.life) machine.boot();
    }
    this.tellMembers();
  }

  watch(fault: Fault, begin: (at: NodeId) => void): void {
    this.network.watch(fault, begin);
  }

  async state(node: NodeId): Promise<unknown> {
    const state = this.states.of(this.machine(node));
    try {
      return overTheWire(state);
    } catch (error) {
      const { name } = this.options.system;
      throw new HarnessFailure(unreadableText(name, node, 'state', error));
    }
  }

  get thrown(): readonly Thrown[] {
    return this.errors.thrown;
  }

  traffic(): Traffic {
    return { ...this.network.traffic(), marks: Object.fromEntries(this.marks) };
  }

  async stop(): Promise<void> {
    for (const machine of this.machines.values()) machine.crash('kept');
  }

  tellMembers(): void {
    for (const machine of this.machines.values()) machine.tellMembers();
  }

  private machine(node: NodeId): Machine {
    const machine = this.machines.get(node);
    if (!machine) throw new HarnessFailure(`there is no node ${node}; the cluster has ${this.nodes.join(', ')}`);
    return machine;
  }

  private send(frame: Frame): void {
    const { from, to, kind } = frame;
    if (!this.machines.has(to)) {
      const { name } = this.options.system;
      throw this.errors.break(strangerText(from, name, kind, to));
    }
    this.errors.act(from);
    this.network.pass(frame);
  }

  private injectorOf(fault: Fault) {
    const injector = injectorOf(fault);
    if (!injector) throw new HarnessFailure(`the simulation cannot make the fault ${fault.kind}`);
    return injector;
  }

  private primary(): NodeId | undefined {
    const { primary } = this.options.system;
    return primary && this.errors.asked('primary()', () => primary(this.states.all()));
  }

  private mark(node: NodeId, name: string): void {
    this.marks.set(name, (this.marks.get(name) ?? 0) + 1);
    if (this.options.journal) this.log(node, `mark: ${name}`);
  }

  private log(node: NodeId, line: string): void {
    const lines = this.logs.get(node);
    const stamped = `${this.elapsed().toFixed(3)} ${line}`;
    if (lines) lines.push(stamped);
    else this.logs.set(node, [stamped]);
  }
}
