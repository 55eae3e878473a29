/**
 * The cluster in virtual time: the same systems, plans and faults as with processes, in one process and to the byte the same for
 * the same plan. Time is counted in whole microseconds.
 */
import type { Anomaly } from 'elle-ts';
import { InDoubt, type NodeId, Refused } from '../../../systems/node.ts';
import type { System } from '../../../systems/system.ts';
import { errorText, HarnessFailure } from '../../failure.ts';
import type { FaultEffect } from '../../faults/effect.ts';
import type { Links } from '../../faults/fate.ts';
import { cuts, type Fate, fate, SIMULATED } from '../../faults/fate.ts';
import type { Fault } from '../../faults/fault.ts';
import { membersUnder } from '../../faults/membership.ts';
import { resolveTargets } from '../../faults/targets.ts';
import { currentCause } from '../../node/cause.ts';
import { brokenJson, isJsonWhole, operationOf, outputOf } from '../../node/contract.ts';
import { callIdentity, identityText, mix } from '../../node/identity.ts';
import {
  asError,
  brokenText,
  Defects,
  failureOf,
  isHarnessFailure,
  messageOf,
  type Thrown,
} from '../../node/thrown.ts';
import { overTheWire } from '../../node/wire.ts';
import type { Frame } from '../../node/world.ts';
import type { Plan } from '../../setting/plan.ts';
import type { Cluster, Journalled, Session, SessionCall, Traffic } from '../cluster.ts';
import type { Driven } from './drive.ts';
import { type Injected, injectorOf } from './injectors.ts';
import { Machine, type Surroundings } from './life.ts';
import { type Event, EventQueue } from './queue.ts';
import { shapeOf } from './shape.ts';

/** A client sits beside its node: latency there would widen operations and hide what they could show. */
const CLIENT_LINK_MS = 0.05;
/** How long a system's first start may take, in virtual time. */
const START_MS = 30_000;

/** What all nodes together may send and read at one moment of virtual time; a child may say as much in one turn. */
const MOST_ACTS = 100_000;

interface Asking {
  readonly to: Machine;
  readonly life: unknown;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface SimulationOptions {
  readonly system: System;
  readonly nodes: readonly NodeId[];
  readonly plan: Plan;
  /** Keeps every message for the journal. */
  readonly journal: boolean;
  /** Looks at the nodes' states on the way. */
  readonly shapes: boolean;
}

/** States are looked at after every so many events: one after the other is much the same. */
const EVENTS_BETWEEN_LOOKS = 8;

export class Simulation implements Cluster, Driven, Injected {
  readonly nodes: readonly NodeId[];
  readonly plannedCalls: number;
  readonly queue = new EventQueue();
  readonly journal: Journalled[] = [];
  readonly logs = new Map<NodeId, string[]>();
  /** The first breach of each invariant. */
  readonly breaches = new Map<string, Anomaly>();
  /** A hash of every message and its times: two runs that differ anywhere differ here. */
  trace = 0;
  /** The shapes that nodes' states were seen to have, where they were looked at. */
  readonly shapes = new Set<number>();
  private readonly looking: boolean;
  /** The nodes that may have changed since the invariants were judged. */
  private readonly changed = new Set<NodeId>();
  private readonly lastStates = new Map<NodeId, unknown>();
  private events = 0;
  /** What each invariant has noted so far. */
  private readonly memories: Record<string, Record<string, unknown>> = {};
  private readonly machines: ReadonlyMap<NodeId, Machine>;
  private readonly system: System;
  private readonly links: Links;
  private readonly journalling: boolean;
  private active: readonly Fault[] = [];
  readonly cutBy = new Map<number, number>();
  readonly touchedBy = new Map<number, number>();
  private readonly resolved = new Map<number, readonly NodeId[]>();
  private readonly asking = new Set<Asking>();
  private readonly defects = new Defects();
  private readonly marks = new Map<string, number>();
  private readonly kinds = new Map<string, number>();
  private readonly watches: { fault: Fault; left: number; begin: (at: NodeId) => void }[] = [];
  private nowUs = 0;
  private messages = 0;
  private bytes = 0;
  /** What nodes did at this moment. */
  private acts = 0;
  private failure: HarnessFailure | undefined;

  constructor(options: SimulationOptions) {
    this.nodes = options.nodes;
    this.system = options.system;
    this.links = options.plan.links;
    this.plannedCalls = options.plan.calls.length;
    this.journalling = options.journal;
    this.looking = options.shapes;
    const around: Surroundings = {
      seed: options.plan.links.seed,
      nodes: options.nodes,
      elapsed: () => this.nowUs / 1000,
      members: () => membersUnder(this.active, (fault) => this.resolved.get(fault), options.nodes),
      schedule: (ms, task) => this.schedule(ms, task),
      act: (node) => this.act(node),
      changed: (node) => this.changed.add(node),
      send: (frame) => this.pass(frame),
      mark: (node, name) => this.mark(node, name),
      log: (node, line) => this.log(node, line),
      broke: (node, error) => this.broke(node, error),
      threw: (node, where, error) => this.threw(node, where, error),
    };
    this.machines = new Map(options.nodes.map((id) => [id, new Machine(id, options.system, around)]));
  }

  /** Starts every node and waits until each system's start is done. */
  async launch(): Promise<void> {
    for (const machine of this.machines.values()) machine.boot();
    await Promise.all([...this.machines.values()].map((machine) => this.ready(machine)));
  }

  get everyMachine(): Iterable<Machine> {
    return this.machines.values();
  }

  elapsed(): number {
    return this.nowUs / 1000;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(ms, resolve);
    });
  }

  private ready(machine: Machine): Promise<void> {
    return new Promise((resolve) => {
      if (!machine.life) return resolve();
      const late = `${this.system.name} did not become ready on ${machine.id} within ${START_MS} ms: does its start() wait for what never comes?`;
      const callOff = this.schedule(START_MS, () => {
        this.break(late);
      });
      machine.life.whenReady(() => {
        callOff();
        resolve();
      });
    });
  }

  /** A promise was rejected, and nobody handled it: where real nodes run, that ends one. */
  stray(reason: unknown): void {
    const { node, root } = currentCause();
    const who = node === '' ? this.system.name : `${node}: ${this.system.name}`;
    this.break(`${who} left a rejected promise unhandled (after ${root}): ${errorText(reason)}`);
  }

  advance(time: number): void {
    this.nowUs = time;
    this.acts = 0;
  }

  trespass(node: NodeId, what: string, instead: string): Error {
    return this.break(
      `${node} (${this.system.name}) used ${what}, which no simulated run could repeat: take ${instead}`,
    );
  }

  print(node: NodeId, line: string): void {
    this.log(node, line);
  }

  settled(): void {
    if (!isJsonWhole()) this.break(brokenJson(this.system.name));
    if (this.failure) throw this.failure;
    // What happens between the harness and its clients changes no node.
    if (this.system.invariants && this.changed.size > 0) this.judgeInvariants(this.system.invariants);
    if (this.looking && ++this.events % EVENTS_BETWEEN_LOOKS === 0) this.look();
  }

  private look(): void {
    for (const state of this.states().values()) this.shapes.add(shapeOf(state));
  }

  /** A session with a design is no connection. */
  open(_: number, node: NodeId): Session {
    return { call: (call) => this.call(node, call), close() {} };
  }

  private call(to: NodeId, { id, f, input, key, timeoutMs }: SessionCall): Promise<unknown> {
    const machine = this.machine(to);
    const life = machine.life;
    if (!life) return Promise.reject(new Refused(`${to} is down`));
    return new Promise((resolve, reject) => {
      const asking: Asking = { to: machine, life, resolve, reject };
      this.asking.add(asking);
      const answer = (settle: () => void) => {
        this.schedule(CLIENT_LINK_MS, () => this.asking.delete(asking) && settle());
      };
      this.schedule(timeoutMs, () => {
        if (this.asking.delete(asking)) reject(new InDoubt(`no answer within ${timeoutMs} ms`));
      });
      this.schedule(CLIENT_LINK_MS, () =>
        machine.whenRunning(() => {
          if (machine.life !== life) return;
          life.whenReady(() => this.operate(machine, id, f, overTheWire(input), key, { resolve, reject, answer }));
        }),
      );
    });
  }

  async begin(fault: Fault): Promise<FaultEffect> {
    const targets = resolveTargets(fault, this.nodes, this.links.seed, this.primary());
    const machines = targets.map((node) => this.machine(node));
    this.resolved.set(fault.id, targets);
    this.active = [...this.active, fault];
    const injector = this.injectorOf(fault);
    const hit = injector.inject(fault, machines, this);
    return { targets, ...injector.effect(fault, machines, this), ...(hit ? { hit } : {}) };
  }

  async end(fault: Fault): Promise<FaultEffect> {
    const targets = this.resolved.get(fault.id) ?? [];
    const machines = targets.map((node) => this.machine(node));
    const injector = this.injectorOf(fault);
    const before = injector.effect(fault, machines, this);
    this.active = this.active.filter((other) => other.id !== fault.id);
    injector.lift(fault, machines, this);
    return { targets, ...(injector.endsWithFault ? before : injector.effect(fault, machines, this)) };
  }

  async heal(): Promise<void> {
    this.active = [];
    this.watches.length = 0;
    for (const machine of this.machines.values()) {
      machine.clock.heal();
      machine.diskFaults.clear();
      machine.resume();
      if (!machine.life) machine.boot();
    }
    this.tellMembers();
  }

  /** Begins a fault once the message that it names is sent. */
  watch(fault: Fault, begin: (at: NodeId) => void): void {
    if (fault.on) this.watches.push({ fault, left: fault.on.nth, begin });
  }

  async state(node: NodeId): Promise<unknown> {
    const state = this.stateOf(this.machine(node));
    try {
      return overTheWire(state);
    } catch (error) {
      throw new HarnessFailure(`the state of ${this.system.name} at ${node} is no plain data: ${messageOf(error)}`);
    }
  }

  get thrown(): readonly Thrown[] {
    return this.defects.all;
  }

  traffic(): Traffic {
    return {
      messages: this.messages,
      bytes: this.bytes,
      kinds: Object.fromEntries(this.kinds),
      marks: Object.fromEntries(this.marks),
    };
  }

  async stop(): Promise<void> {
    for (const machine of this.machines.values()) machine.crash('kept');
  }

  private schedule(ms: number, task: () => void): () => void {
    const event: Event = { task };
    this.queue.push(this.nowUs + Math.max(0, Math.round(ms * 1000)), event);
    return () => {
      event.task = undefined;
    };
  }

  private machine(node: NodeId): Machine {
    const machine = this.machines.get(node);
    if (!machine) throw new HarnessFailure(`there is no node ${node}; the cluster has ${this.nodes.join(', ')}`);
    return machine;
  }

  private operate(
    machine: Machine,
    id: number,
    f: string,
    input: unknown,
    key: string | undefined,
    client: {
      resolve: (output: unknown) => void;
      reject: (error: Error) => void;
      answer: (settle: () => void) => void;
    },
  ): void {
    const replica = machine.life?.replica;
    const inhabitant = machine.inhabitant;
    if (!replica || !inhabitant) return;
    const { system } = this;
    const asked = key === undefined ? f : `${f} of ${key}`;
    const task = async () => {
      const operation = operationOf(system, machine.id, replica, f);
      return outputOf(system, machine.id, { f, input }, await operation(input as never, key));
    };
    inhabitant.operate(callIdentity(id), `op ${id}`, task).then(
      (output) => client.answer(() => client.resolve(output)),
      (error: unknown) => {
        if (isHarnessFailure(error)) this.failure ??= error;
        else this.breakWhereWrong(machine.id, `${asked} (planned call ${id})`, error);
        client.answer(() => client.reject(asError(error)));
      },
    );
  }

  /** The one point that every message passes. */
  private pass(frame: Frame): void {
    const { from, to, kind } = frame;
    if (!this.machines.has(to))
      throw this.break(`${from} (${this.system.name}) sent ${kind} to ${to}, which is no node of the cluster`);
    this.act(from);
    const atMs = this.nowUs / 1000;
    this.messages++;
    count(this.kinds, kind);
    const { delaysMs, faults } = fate(frame, this.active, this.links, SIMULATED, atMs);
    for (const id of faults) count(delaysMs.length === 0 ? this.cutBy : this.touchedBy, id);
    this.trace = mix(this.trace, mix(frame.identity, this.nowUs));
    const arrivedMs: number[] = [];
    if (this.journalling) this.note(frame, atMs, { delaysMs, faults }, arrivedMs);
    for (let copy = 0; copy < delaysMs.length; copy++)
      this.schedule(delaysMs[copy]!, () => this.arrive(frame, copy, arrivedMs));
    if (this.watches.length > 0) this.trigger(frame);
  }

  private arrive(frame: Frame, copy: number, arrivedMs: number[]): void {
    const cut = cuts(frame.from, frame.to, this.active, this.nowUs / 1000);
    if (cut !== undefined) {
      count(this.cutBy, cut);
      return;
    }
    this.trace = mix(this.trace, mix(frame.identity, this.nowUs));
    if (this.journalling) arrivedMs.push(this.nowUs / 1000);
    this.machine(frame.to).receive(copy === 0 ? frame : { ...frame, body: overTheWire(frame.body) }, copy);
  }

  private note(frame: Frame, sentMs: number, { delaysMs, faults }: Fate, arrivedMs: number[]): void {
    this.bytes += JSON.stringify(frame.body ?? null).length;
    this.journal.push({
      id: identityText(frame.identity),
      cause: frame.cause.says,
      root: frame.cause.root,
      from: frame.from,
      to: frame.to,
      kind: frame.kind,
      sentMs,
      delaysMs,
      arrivedMs,
      ...(faults.length > 0 ? { faults } : {}),
      body: overTheWire(frame.body),
    });
  }

  private trigger(frame: Frame): void {
    for (const watch of [...this.watches]) {
      if (watch.fault.on?.message !== frame.kind || --watch.left > 0) continue;
      this.watches.splice(this.watches.indexOf(watch), 1);
      watch.begin(watch.fault.on.at === 'from' ? frame.from : frame.to);
    }
  }

  lasts(kind: Fault['kind'], machine: Machine): boolean {
    return this.active.some((other) => other.kind === kind && this.resolved.get(other.id)?.includes(machine.id));
  }

  private injectorOf(fault: Fault) {
    const injector = injectorOf(fault);
    if (!injector) throw new HarnessFailure(`the simulation cannot make a ${fault.kind} fault`);
    return injector;
  }

  /** Connections of a node that died break off, which says nothing of what it had done. */
  breakOff(machine: Machine): void {
    for (const asking of [...this.asking]) {
      if (asking.to !== machine) continue;
      this.asking.delete(asking);
      asking.reject(new InDoubt(`${machine.id} broke off the connection`));
    }
  }

  /** Asks every node that runs for the members that the faults of this moment leave. */
  tellMembers(): void {
    for (const machine of this.machines.values()) machine.tellMembers();
  }

  private primary(): NodeId | undefined {
    const { primary } = this.system;
    return primary && this.asked('primary()', () => primary(this.states()));
  }

  private states(): Map<NodeId, unknown> {
    const states = new Map<NodeId, unknown>();
    for (const machine of this.machines.values()) {
      if (machine.life?.replica) states.set(machine.id, this.stateOf(machine));
    }
    return states;
  }

  /** The states of running nodes, brought up to date where they may have changed. */
  private statesNow(): ReadonlyMap<NodeId, unknown> {
    for (const node of this.changed) {
      const machine = this.machine(node);
      if (machine.life?.replica) this.lastStates.set(node, this.stateOf(machine));
      else this.lastStates.delete(node);
    }
    return this.lastStates;
  }

  private judgeInvariants(invariants: NonNullable<System['invariants']>): void {
    const states = this.statesNow();
    for (const name in invariants) {
      if (this.breaches.has(name)) continue;
      this.memories[name] ??= {};
      const memory = this.memories[name];
      const says = this.asked(`its invariant ${name}`, () => invariants[name]?.(states, memory, this.changed));
      if (says === undefined) continue;
      this.breaches.set(name, {
        name,
        message: says,
        steps: [],
        operations: [],
        at: { ms: this.elapsed(), nodes: [...states.keys()] },
      });
    }
    this.changed.clear();
  }

  private mark(node: NodeId, name: string): void {
    count(this.marks, name);
    if (this.journalling) this.log(node, `mark: ${name}`);
  }

  private log(node: NodeId, line: string): void {
    const lines = this.logs.get(node);
    const stamped = `${this.elapsed().toFixed(3)} ${line}`;
    if (lines) lines.push(stamped);
    else this.logs.set(node, [stamped]);
  }

  private broke(node: NodeId, error: unknown): void {
    if (isHarnessFailure(error)) this.failure ??= error;
    else this.break(`${this.system.name} failed to start on ${node}: ${errorText(error)}`);
  }

  /** Whom the machine's system takes for members now. */
  readonly membersOf = ({ id, life }: Machine): readonly NodeId[] | undefined =>
    this.asked(`its members at ${id}`, () => life?.replica?.membership?.members);

  /** What a replica shows of itself now. Throws `HarnessFailure` where that cannot be read. */
  private stateOf({ id, life }: Machine): unknown {
    return this.asked(`its state at ${id}`, () => life?.replica?.state);
  }

  /** Lets the system's own code say something about its nodes. Throws `HarnessFailure` where it throws. */
  private asked<T>(what: string, ask: () => T): T {
    try {
      return ask();
    } catch (error) {
      throw this.break(`${this.system.name} threw an error in ${what}: ${errorText(error)}`);
    }
  }

  private threw(node: NodeId, where: string, error: unknown): void {
    if (!this.breakWhereWrong(node, where, error)) this.defects.note(node, where, messageOf(error));
  }

  /** Ends the run where only wrong code throws such an error. Where a disk failed any node, all may have come to hold anything. */
  private breakWhereWrong(node: NodeId, where: string, error: unknown): boolean {
    if (failureOf(error) !== 'broken') return false;
    if ([...this.machines.values()].some(({ diskHits }) => diskHits.size > 0)) return false;
    this.break(brokenText(this.system.name, node, where, error));
    return true;
  }

  /** A node that never waits would hold time still for ever. */
  private act(node: NodeId): void {
    this.acts++;
    if (this.acts > MOST_ACTS)
      throw this.break(`${node} (${this.system.name}) sent or read ${MOST_ACTS} times in one moment: it never waits`);
  }

  /** Ends the run once this moment is over, whatever the system makes of the error. */
  private break(reason: string): HarnessFailure {
    this.failure ??= new HarnessFailure(reason);
    return this.failure;
  }
}

function count<T>(counts: Map<T, number>, id: T): void {
  counts.set(id, (counts.get(id) ?? 0) + 1);
}
