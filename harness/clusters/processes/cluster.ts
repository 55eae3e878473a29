/**
 * The cluster of real processes: every node a child, a crash a SIGKILL, a pause a SIGSTOP. Faults mean what they mean in the simulation;
 * what they did is measured from outside the nodes.
 */

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { nanoid } from 'nanoid';
import { InDoubt, type NodeId, Refused } from '../../../systems/node.ts';
import type { System } from '../../../systems/system.ts';
import { errorText, HarnessFailure } from '../../failure.ts';
import type { FaultEffect } from '../../faults/effect.ts';
import type { Links } from '../../faults/fate.ts';
import type { ClockFault, Fault } from '../../faults/fault.ts';
import { membersUnder } from '../../faults/membership.ts';
import { resolveTargets } from '../../faults/targets.ts';
import type { CallOutcome } from '../../node/thrown.ts';
import { Defects, type Thrown } from '../../node/thrown.ts';
import type { SystemSource } from '../../setting/sources.ts';
import { type Guard, startGuard } from '../children/guard.ts';
import { isStopped } from '../children/launch.ts';
import { Starvation } from '../children/starvation.ts';
import type { Cluster, Starved, Traffic } from '../cluster.ts';
import { Switch } from '../network/switch.ts';
import { trueMs } from './child-world.ts';
import { type Injected, injectorOf } from './injectors.ts';
import { Life, type Witness } from './life.ts';
import { Lines } from './lines.ts';
import type { Machine } from './machine.ts';
import type { FromChild, Question } from './protocol.ts';

/** How long a child may take until its line is up, and its system until it has first started, where nothing else is said. */
const PATIENCE_MS = 30_000;
/** How long a node may take to answer the harness itself, which its system can only keep it from by never letting go. */
const ANSWER_MS = 10_000;
/** How long a fault waits for the clock or the state of a node, which may stand still. */
const MEASURE_MS = 1000;
const STROBE_LOOKS = 10;

export interface ProcessesOptions {
  readonly system: System;
  readonly source: SystemSource;
  readonly nodes: readonly NodeId[];
  readonly links: Links;
  /** Keeps every message for the journal. */
  readonly journal: boolean;
  readonly fsync: boolean;
  /** Where nodes' logs go, `<id>.log` each. */
  readonly logFolder: string;
  /** Where nodes' disks go, `<id>.disk` each. */
  readonly diskFolder: string;
  /** Removed at the end, however that comes. */
  readonly temporary: string;
  /** How long a child may take until its line is up, and its system until it has first started. */
  readonly patienceMs?: number;
}

interface Open {
  readonly life: Life;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class Processes implements Cluster, Injected, Witness {
  readonly nodes: readonly NodeId[];
  readonly switch: Switch;
  /** Rejects when the run cannot go on: the harness could not do its work, or a node broke its contract. Never resolves. */
  readonly failed: Promise<never>;
  private readonly options: ProcessesOptions;
  private readonly machines: ReadonlyMap<NodeId, Machine>;
  private readonly lines: Lines;
  private readonly guard: Guard;
  private readonly resolved = new Map<number, readonly NodeId[]>();
  /** Clients' calls and the harness's own questions that are not answered yet. */
  private readonly open = new Map<number, Open>();
  private readonly marks = new Map<string, number>();
  private readonly defects = new Defects();
  private readonly sleepers = new Set<NodeJS.Timeout>();
  private readonly starvation = new Starvation({ ownWork: true });
  private zeroMs = performance.now();
  private asked = 0;
  private halted = false;
  private fail: (error: HarnessFailure) => void = () => {};

  private constructor(options: ProcessesOptions, lines: Lines, guard: Guard) {
    this.options = options;
    this.lines = lines;
    this.guard = guard;
    this.nodes = options.nodes;
    this.machines = new Map(
      options.nodes.map((id) => [id, { id, life: undefined, lives: 0, clockFaults: new Map(), hits: new Map() }]),
    );
    this.failed = new Promise((_, reject) => {
      this.fail = reject;
    });
    this.failed.catch(() => {}); // It may fail while nobody listens yet.
    this.switch = new Switch({
      links: options.links,
      journal: options.journal,
      elapsed: () => this.elapsed(),
      deliver: (to, entry) => this.deliver(to, entry),
    });
  }

  /** Starts every node and waits until each system's start is done. Whatever happens then, call `stop`. */
  static async launch(options: ProcessesOptions): Promise<Processes> {
    mkdirSync(options.logFolder, { recursive: true });
    mkdirSync(options.diskFolder, { recursive: true });
    const guard = startGuard();
    guard.remove(options.temporary);
    const cluster = new Processes(options, await Lines.open(), guard);
    try {
      await Promise.race([cluster.failed, cluster.start()]);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  elapsed(): number {
    return performance.now() - this.zeroMs;
  }

  async starved(): Promise<Starved> {
    const told = await all([...this.machines.values()], async ({ id, life }) => {
      if (!life?.isUp) return undefined;
      const ms = await this.ask(life, 'starved', MEASURE_MS).catch(() => undefined);
      return ms === undefined ? undefined : ([id, Number(ms)] as const);
    });
    return { harness: this.starvation.ms, nodes: Object.fromEntries(told) };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.halted) return; // The run is over: whoever waits here is not to go on.
      const timer = setTimeout(() => {
        this.sleepers.delete(timer);
        void this.turn().then(resolve);
      }, ms);
      this.sleepers.add(timer);
    });
  }

  /** After a timer Node looks for what has come in, and only then at this: clients that wake up must not be recorded before it. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(() => {
        if (!this.halted) resolve();
      });
    });
  }

  call(id: number, to: NodeId, f: string, input: unknown, key: string | undefined, timeoutMs: number) {
    const { life } = this.machine(to);
    if (!life && !this.halted) return Promise.reject(new Refused(`${to} is down`));
    const post = (call: number) => life?.line.tell(['operate', call, id, f, input ?? null, key ?? null]);
    return this.await(life, timeoutMs, `no answer within ${timeoutMs} ms`, post);
  }

  async begin(fault: Fault): Promise<FaultEffect> {
    const primary = 'targets' in fault && fault.targets === 'primary' ? await this.primary() : undefined;
    const targets = resolveTargets(fault, this.nodes, this.options.links.seed, primary);
    this.resolved.set(fault.id, targets);
    this.switch.active = [...this.switch.active, fault];
    const machines = targets.map((node) => this.machine(node));
    const injector = this.injectorOf(fault);
    const pids = await injector.inject(fault, machines, this);
    return { targets, ...(await injector.effect(fault, machines, this)), ...(pids ? { pids } : {}) };
  }

  async end(fault: Fault): Promise<FaultEffect> {
    const targets = this.resolved.get(fault.id) ?? [];
    const machines = targets.map((node) => this.machine(node));
    const injector = this.injectorOf(fault);
    const before = injector.endsWithFault
      ? await injector.effect(fault, machines, this).catch(() => 'indeterminate' as const)
      : undefined;
    this.switch.active = this.switch.active.filter((other) => other.id !== fault.id);
    const pids = await injector.lift(fault, machines, this);
    if (before === 'indeterminate') return before;
    return { targets, ...(before ?? (await injector.effect(fault, machines, this))), ...(pids ? { pids } : {}) };
  }

  private injectorOf(fault: Fault) {
    const injector = injectorOf(fault);
    if (!injector) throw new HarnessFailure(`real processes cannot be given a ${fault.kind} fault`);
    return injector;
  }

  async heal(): Promise<void> {
    this.switch.active = [];
    await all([...this.machines.values()], async (machine) => {
      machine.life?.child.signal('SIGCONT');
      machine.clockFaults.clear();
      const life = machine.life ?? this.boot(machine);
      life.line.tell(['heal']);
      await life.up;
      return undefined;
    });
    this.tellMembers();
  }

  async state(node: NodeId): Promise<unknown> {
    const { life } = this.machine(node);
    if (!life) return undefined;
    try {
      return await this.ask(life, 'state', ANSWER_MS);
    } catch {
      this.break(life, `did not tell its state within ${ANSWER_MS} ms: its system never lets go`);
      return new Promise(() => {});
    }
  }

  get thrown(): readonly Thrown[] {
    return this.defects.all;
  }

  traffic(): Traffic {
    const { messages, bytes, kinds } = this.switch;
    return { messages, bytes, kinds: Object.fromEntries(kinds), marks: Object.fromEntries(this.marks) };
  }

  async stop(): Promise<void> {
    this.halt();
    this.starvation.stop();
    const lives = [...this.machines.values()].flatMap(({ life }) => life ?? []);
    await Promise.all(lives.map((life) => life.kill()));
    await this.lines.close();
    rmSync(this.options.temporary, { recursive: true, force: true });
    await this.guard.end();
  }

  heard(life: Life, entry: Exclude<FromChild, readonly ['ready']>): void {
    const { node } = life;
    if (entry[0] === 'message') {
      if (this.machines.has(entry[4])) this.switch.pass(node, entry);
      else this.break(life, `sent ${entry[5]} to ${entry[4]}, which is no node of the cluster`);
    } else if (entry[0] === 'broke') this.break(life, entry[1]);
    else if (entry[0] === 'failed') this.breakOff(entry[1]);
    else if (entry[0] === 'threw') this.threw(node, entry[1], entry[2], entry[3]);
    else if (entry[0] === 'fell') this.fall(life, entry[1]);
    else if (entry[0] === 'mark') this.marks.set(entry[1], (this.marks.get(entry[1]) ?? 0) + 1);
    else if (entry[0] === 'hit') {
      const { hits } = this.machine(node);
      hits.set(entry[1], (hits.get(entry[1]) ?? 0) + 1);
    } else if (entry[0] === 'told') this.take(entry[1])?.resolve(entry[2]);
    else this.answer(entry[1], entry[2], entry[3]);
  }

  broke(life: Life, reason: string): void {
    this.break(life, reason);
  }

  /** A system that cannot start on a disk that failed it is a node that stays down, until the next boot: no failure of the harness. */
  private fall(life: Life, reason: string): void {
    const machine = this.machine(life.node);
    if (machine.hits.size === 0) this.break(life, `failed to start: ${reason}`);
    else if (machine.life === life) void this.crash(machine, 'kept');
  }

  private answer(call: number, how: CallOutcome, value: unknown): void {
    const open = this.take(call);
    if (how === 'ok') open?.resolve(value);
    else if (how === 'threw') open?.reject(new Error(String(value)));
    else if (how === 'unsure') open?.reject(new InDoubt(String(value)));
    else open?.reject(new Refused(String(value), { answer: how === 'declined' }));
  }

  /** The call of this number, now answered; none where it was given up before. */
  private take(call: number): Open | undefined {
    const open = this.open.get(call);
    if (!open) return undefined;
    this.open.delete(call);
    clearTimeout(open.timer);
    return open;
  }

  private await(life: Life | undefined, ms: number, tooLate: string, post: (call: number) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.halted || !life) return;
      const call = this.asked++;
      const timer = setTimeout(() => this.take(call)?.reject(new InDoubt(tooLate)), ms);
      this.open.set(call, { life, timer, resolve, reject });
      post(call);
    });
  }

  private ask(life: Life, what: Question, ms: number): Promise<unknown> {
    const tooLate = `${life.node} did not tell its ${what} within ${ms} ms`;
    return this.await(life, ms, tooLate, (call) => life.line.tell(['ask', call, what]));
  }

  /** The cluster's clock begins where all nodes stand ready. */
  private async start(): Promise<void> {
    const lives = [...this.machines.values()].map((machine) => this.boot(machine));
    await Promise.all(lives.map((life) => this.waitForReady(life)));
    this.zeroMs = performance.now();
  }

  private boot(machine: Machine): Life {
    const { system: _, source, nodes, links, journal, fsync, logFolder } = this.options;
    const setting = {
      ...{ system: source, id: machine.id, nodes, seed: links.seed, life: machine.lives++, journal, fsync },
      ...{ diskFile: this.diskFile(machine), port: this.lines.port, token: nanoid() },
    };
    const life = new Life(setting, join(logFolder, `${machine.id}.log`), this.lines, this);
    const { pid } = life.child;
    this.guard.watch(pid);
    void life.over.then(() => this.guard.forget(pid));
    machine.life = life;
    for (const fault of this.switch.active) {
      if (!this.resolved.get(fault.id)?.includes(machine.id)) continue;
      injectorOf(fault)?.renew?.(fault, machine);
    }
    life.line.tell(['members', this.members()]);
    const late = this.patience(life, 'connect');
    void life.up.then(() => {
      clearTimeout(late);
      // A pause that lasts holds a new life, too.
      if (life.isUp && this.lasts('pause', machine)) life.child.signal('SIGSTOP');
    });
    return life;
  }

  private async waitForReady(life: Life): Promise<void> {
    const late = this.patience(life, 'become ready');
    await life.ready;
    clearTimeout(late);
  }

  /** Ends the run unless this is called off in time. */
  private patience(life: Life, what: string): NodeJS.Timeout {
    const ms = this.options.patienceMs ?? PATIENCE_MS;
    return setTimeout(() => this.break(life, `did not ${what} within ${ms} ms`), ms);
  }

  async crash(machine: Machine, disk: 'kept' | 'lost'): Promise<number | undefined> {
    const { life } = machine;
    if (!life) return undefined;
    machine.life = undefined;
    for (const [call, open] of this.open) {
      if (open.life === life) this.take(call)?.reject(new InDoubt(`${machine.id} broke off the connection`));
    }
    await life.kill();
    if (disk === 'lost') rmSync(this.diskFile(machine), { force: true });
    return life.child.pid;
  }

  async restart(machine: Machine): Promise<number | undefined> {
    if (machine.life || this.halted || this.lasts('crash', machine)) return undefined;
    const life = this.boot(machine);
    await life.up;
    return life.isUp ? life.child.pid : undefined;
  }

  async pause(machine: Machine): Promise<number | undefined> {
    const { life } = machine;
    if (!life) return undefined;
    // A child that is still starting is stopped once its line is up, which the boot sees to.
    await life.up;
    life.child.signal('SIGSTOP');
    for (let tries = 0; tries < 100 && !life.isOver; tries++) {
      if (isStopped(life.child.pid)) return life.child.pid;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return undefined;
  }

  async resume(machine: Machine): Promise<number | undefined> {
    if (!machine.life || this.lasts('pause', machine)) return undefined;
    return machine.life.child.signal('SIGCONT') ? machine.life.child.pid : undefined;
  }

  /** Whether a fault of this kind lasts now that is aimed at the machine. */
  private lasts(kind: Fault['kind'], machine: Machine): boolean {
    return this.switch.active.some((fault) => fault.kind === kind && this.resolved.get(fault.id)?.includes(machine.id));
  }

  networkEffect(fault: Fault) {
    return this.switch.effectOf(fault);
  }

  /** How far a node's clock is ahead, to half the time that asking takes. One that is down or stands still cannot be asked. */
  async offsetOf(machine: Machine, how: ClockFault['how']): Promise<number | undefined> {
    const { life } = machine;
    if (!life?.isUp || this.lasts('pause', machine)) return undefined;
    let farthest = 0;
    // A strobe jumps there and back: of several looks, the one that saw it there counts.
    for (let looks = how === 'strobe' ? STROBE_LOOKS : 1; looks > 0; looks--) {
      const sentMs = trueMs();
      const now = Number(await this.ask(life, 'now', MEASURE_MS));
      const offset = now - (sentMs + trueMs()) / 2;
      if (Math.abs(offset) >= Math.abs(farthest)) farthest = offset;
    }
    return farthest;
  }

  private members(): readonly NodeId[] {
    return membersUnder(this.switch.active, (fault) => this.resolved.get(fault), this.nodes);
  }

  /** Asks every node that runs for the members that the faults of this moment leave; one that stands still hears it when it goes on. */
  tellMembers(): void {
    for (const { life } of this.machines.values()) life?.line.tell(['members', this.members()]);
  }

  /** How many other nodes no longer take any of these for a member. Those that cannot be asked do not count. */
  async without(targets: readonly NodeId[]): Promise<number> {
    // A leader that takes itself out knows of it, a follower may not: what counts is who it is gone for.
    const others = [...this.machines.values()].filter(({ id }) => !targets.includes(id));
    const views = await all(others, async (machine) => {
      const { life } = machine;
      if (!life?.isReady || this.lasts('pause', machine)) return undefined;
      return this.ask(life, 'members', MEASURE_MS).catch(() => undefined);
    });
    return views.filter((members) => Array.isArray(members) && !targets.some((target) => members.includes(target)))
      .length;
  }

  private async primary(): Promise<NodeId | undefined> {
    const { primary } = this.options.system;
    if (!primary) return undefined;
    const states = new Map<NodeId, unknown>();
    await all([...this.machines.values()], async ({ id, life }) => {
      if (!life?.isReady) return undefined;
      const state = await this.ask(life, 'state', MEASURE_MS).catch(() => undefined);
      if (state !== undefined) states.set(id, state);
      return undefined;
    });
    try {
      return primary(states);
    } catch (error) {
      this.breakOff(`${this.options.system.name} threw an error in primary(): ${errorText(error)}`);
      return undefined;
    }
  }

  private deliver(to: NodeId, entry: string): boolean {
    const { life } = this.machine(to);
    life?.line.post(entry);
    return life !== undefined;
  }

  private machine(node: NodeId): Machine {
    const machine = this.machines.get(node);
    if (!machine) throw new HarnessFailure(`there is no node ${node}; the cluster has ${this.nodes.join(', ')}`);
    return machine;
  }

  private diskFile({ id }: Machine): string {
    return join(this.options.diskFolder, `${id}.disk`);
  }

  private break(life: Life, reason: string): void {
    const words = life.lastWords();
    const shown = words === '' ? 'It wrote nothing.' : `Its last lines:\n${words}`;
    this.breakOff(`${life.node} (${this.options.system.name}) ${reason}. ${shown}`);
  }

  private breakOff(sentence: string): void {
    if (this.halted) return;
    this.halt();
    this.fail(new HarnessFailure(sentence));
  }

  /**
   * An error of the system's code: one that only wrong code throws ends the run. Where a disk failed any node, all may have come to hold anything.
   */
  private threw(node: NodeId, where: string, says: string, wrong: string | null): void {
    const disksHeld = [...this.machines.values()].every(({ hits }) => hits.size === 0);
    if (wrong !== null && disksHeld) this.breakOff(wrong);
    else this.defects.note(node, where, says);
  }

  /** Ends all waiting without an answer: nobody is to go on, nor to record what is no longer the system's doing. */
  private halt(): void {
    this.halted = true;
    for (const timer of this.sleepers) clearTimeout(timer);
    for (const { timer } of this.open.values()) clearTimeout(timer);
    this.sleepers.clear();
    this.open.clear();
    this.switch.close();
  }
}

/** Does something to all machines at once, and answers what came of it, without those where nothing did. */
async function all<M, T>(machines: readonly M[], what: (machine: M) => Promise<T | undefined>): Promise<readonly T[]> {
  const results = await Promise.all(machines.map(what));
  return results.filter((result) => result !== undefined) as T[];
}
