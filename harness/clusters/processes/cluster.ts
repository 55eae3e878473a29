/**
 * The cluster of real processes: every node a child, a crash a SIGKILL, a pause a SIGSTOP. Faults
 * mean what they mean in the simulation; what they did is measured from outside the nodes.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type NodeId, Refused } from '../../../systems/node.ts';
import type { Design } from '../../../systems/system.ts';
import { barred, errorText, HarnessFailure } from '../../failure.ts';
import type { FaultEffect } from '../../faults/effect.ts';
import type { Fault } from '../../faults/fault.ts';
import { meaningOf } from '../../faults/meanings.ts';
import { resolveTargets } from '../../faults/targets.ts';
import { Defects, strangerText, type Thrown } from '../../node/thrown.ts';
import { ActiveFaults } from '../active-faults.ts';
import { type Guard, startGuard } from '../children/guard.ts';
import { RealTime } from '../children/real-time.ts';
import { RunEnd } from '../children/run-end.ts';
import type { Cluster, Session, SessionCall, Starved, Traffic } from '../cluster.ts';
import { ComposedFaults, partsInjectorOf } from '../composed-faults.ts';
import { Journal } from '../network/journal.ts';
import { Switch } from '../network/switch.ts';
import { canInject, type Injected, injectorOf } from './injectors.ts';
import type { Life, NodeObserver } from './life.ts';
import { type ChildrenOptions, Lifecycle } from './lifecycle.ts';
import { Lines } from './lines.ts';
import type { Machine } from './machine.ts';
import { Measuring } from './measuring.ts';
import { OpenCalls } from './open-calls.ts';
import type { FromChild } from './protocol.ts';

/**
 * How long a node may take to tell its state in the end, which its system can only keep it from by never letting go.
 */
const ANSWER_MS = 10_000;

export interface ProcessesOptions extends ChildrenOptions {
  readonly system: Design;
  /** A folder that is made for the run, and removed at the end, however that comes. */
  readonly temporary: string;
}

export class Processes implements Cluster, Injected, NodeObserver {
  readonly nodes: readonly NodeId[];
  readonly network: Switch;
  readonly journal: Journal | undefined;
  readonly lifecycle: Lifecycle;
  readonly measuring: Measuring;
  readonly name = 'processes';
  readonly can = canInject;
  private readonly options: ProcessesOptions;
  private readonly lines: Lines;
  private readonly guard: Guard;
  private readonly runEnd = new RunEnd();
  private readonly time = new RealTime(this.runEnd);
  private readonly calls = new OpenCalls(this.runEnd);
  private readonly faults: ActiveFaults;
  private readonly composed = new ComposedFaults(this);
  private readonly marks = new Map<string, number>();
  private readonly defects = new Defects();

  private constructor(options: ProcessesOptions, lines: Lines, guard: Guard) {
    const { nodes, links, journal, temporary } = options;
    this.journal = journal ? new Journal(join(temporary, 'messages.jsonl')) : undefined;
    const { runEnd: end, calls } = this;
    const faults = new ActiveFaults(nodes);
    const renewFaults = (machine: Machine) => this.renewFaults(machine);
    this.options = options;
    this.lines = lines;
    this.guard = guard;
    this.nodes = nodes;
    this.faults = faults;
    this.lifecycle = new Lifecycle({ options, lines, guard, faults, calls, end, observer: this, renewFaults });
    this.measuring = new Measuring([...this.lifecycle.machines.values()], calls, faults);
    this.network = new Switch({
      ...{ links, faults, ...(this.journal ? { journal: this.journal } : {}) },
      elapsed: () => this.time.elapsed(),
      deliver: (to, entry) => this.deliver(to, entry),
    });
    end.whenItComes(() => this.network.close());
  }

  /** Starts every node and waits until each system's start is done. Whatever happens then, call `stop`. */
  static async launch(options: ProcessesOptions): Promise<Processes> {
    const { temporary, logFolder, diskFolder } = options;
    const guard = startGuard();
    // The watchdog knows of it before it is there.
    guard.remove(temporary);
    let cluster: Processes | undefined;
    try {
      makeFolders(temporary, logFolder, diskFolder);
      cluster = new Processes(options, await Lines.open(), guard);
      await Promise.race([cluster.failed, cluster.start()]);
      return cluster;
    } catch (error) {
      await (cluster?.stop() ?? guard.end());
      throw error;
    }
  }

  /**
   * Rejects when the run cannot go on: the harness could not do its work, or a node broke its contract. Never resolves.
   */
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

  starved(): Promise<Starved> {
    return this.measuring.starved();
  }

  /** A session with a design is no connection: all of them share the node's. */
  open(_: number, node: NodeId): Session {
    return { call: (call) => this.call(node, call), close() {} };
  }

  private call(to: NodeId, call: SessionCall): Promise<unknown> {
    const { life } = this.lifecycle.machine(to);
    if (life) return this.calls.call(life, call);
    return this.runEnd.hasCome ? new Promise(() => {}) : Promise.reject(new Refused(`${to} is down`));
  }

  async begin(fault: Fault): Promise<FaultEffect> {
    const primary = meaningOf(fault).targets(fault) === 'primary' ? await this.primary() : undefined;
    const targets = resolveTargets(fault, this.nodes, this.options.links.seed, primary, this.faults.taken);
    this.faults.begin(fault, targets);
    const parts = partsInjectorOf(fault, 'processes');
    if (parts) return this.composed.begin(fault, targets, parts);
    const machines = targets.map((node) => this.lifecycle.machine(node));
    const injector = this.injectorOf(fault);
    const pids = await injector.inject(fault, machines, this);
    return { targets, ...(await injector.effect(fault, machines, this)), ...(pids ? { pids } : {}) };
  }

  async end(fault: Fault): Promise<FaultEffect> {
    const targets = this.faults.targetsOf(fault);
    if (partsInjectorOf(fault, 'processes')) {
      this.faults.end(fault);
      return this.composed.end(fault, targets);
    }
    const machines = targets.map((node) => this.lifecycle.machine(node));
    const injector = this.injectorOf(fault);
    const before = injector.endsWithFault
      ? await injector.effect(fault, machines, this).catch(() => 'indeterminate' as const)
      : undefined;
    this.faults.end(fault);
    const pids = await injector.lift(fault, machines, this);
    if (before === 'indeterminate') return before;
    return { targets, ...(before ?? (await injector.effect(fault, machines, this))), ...(pids ? { pids } : {}) };
  }

  pid(node: NodeId): number | undefined {
    return this.lifecycle.machine(node).life?.child.pid;
  }

  heal(): Promise<void> {
    this.faults.endAll();
    return this.lifecycle.heal();
  }

  async state(node: NodeId): Promise<unknown> {
    const { life } = this.lifecycle.machine(node);
    if (!life) return undefined;
    try {
      return await this.calls.ask(life, 'state', ANSWER_MS);
    } catch {
      this.broke(life, `did not tell its state within ${ANSWER_MS} ms: its system never lets go`);
      return new Promise(() => {});
    }
  }

  get thrown(): readonly Thrown[] {
    return this.defects.all;
  }

  traffic(): Traffic {
    const { messages, bytes, kinds } = this.network;
    return { messages, bytes, kinds: Object.fromEntries(kinds), marks: Object.fromEntries(this.marks) };
  }

  async stop(): Promise<void> {
    this.runEnd.come();
    this.measuring.stop();
    await this.lifecycle.kill();
    await this.lines.close();
    rmSync(this.options.temporary, { recursive: true, force: true });
    await this.guard.end();
  }

  heard(life: Life, entry: Exclude<FromChild, readonly ['ready']>): void {
    const { node } = life;
    if (entry[0] === 'message') {
      if (this.lifecycle.machines.has(entry[4])) this.network.pass(node, entry);
      else this.runEnd.fail(strangerText(node, this.options.system.name, entry[5], entry[4]));
    } else if (entry[0] === 'broke') this.broke(life, entry[1]);
    else if (entry[0] === 'failed') this.runEnd.fail(entry[1]);
    else if (entry[0] === 'uncaught') this.lifecycle.fall(life, () => this.runEnd.fail(entry[1]));
    else if (entry[0] === 'threw') this.threw(node, entry[1], entry[2], entry[3]);
    else if (entry[0] === 'fell') this.lifecycle.fall(life, () => this.runEnd.fail(entry[1]));
    else if (entry[0] === 'mark') this.marks.set(entry[1], (this.marks.get(entry[1]) ?? 0) + 1);
    else if (entry[0] === 'hit') {
      const { hits } = this.lifecycle.machine(node);
      hits.set(entry[1], (hits.get(entry[1]) ?? 0) + 1);
    } else if (entry[0] === 'told') this.calls.told(entry[1], entry[2]);
    else this.calls.answered(entry[1], entry[2], entry[3]);
  }

  broke(life: Life, reason: string): void {
    const words = life.logTail();
    const shown = words === '' ? 'It wrote nothing.' : `Its last lines:\n${barred(words)}`;
    this.runEnd.fail(`${life.node} (${this.options.system.name}) ${reason}. ${shown}`);
  }

  /** The cluster's clock begins where all nodes stand ready. */
  private async start(): Promise<void> {
    await this.lifecycle.start();
    this.time.begin();
  }

  private deliver(to: NodeId, entry: string): boolean {
    const { life } = this.lifecycle.machine(to);
    life?.line.post(entry);
    return life !== undefined;
  }

  private injectorOf(fault: Fault) {
    const injector = injectorOf(fault);
    if (!injector) throw new HarnessFailure(`real processes cannot be given the fault ${fault.kind}`);
    return injector;
  }

  private renewFaults(machine: Machine): void {
    for (const fault of this.faults.all)
      if (this.faults.targetsOf(fault).includes(machine.id)) injectorOf(fault)?.renew?.(fault, machine);
  }

  private async primary(): Promise<NodeId | undefined> {
    const { primary, name } = this.options.system;
    if (!primary) return undefined;
    const states = await this.measuring.states();
    try {
      return primary(states);
    } catch (error) {
      this.runEnd.fail(`${name} threw an error in primary(): ${errorText(error)}`);
      return undefined;
    }
  }

  /**
   * An error of the system's code: one that only wrong code throws ends the
   * run. Where a disk failed any node, all may have come to hold anything.
   */
  private threw(node: NodeId, where: string, says: string, wrong: string | null): void {
    const disksHeld = [...this.lifecycle.machines.values()].every(({ hits }) => hits.size === 0);
    if (wrong !== null && disksHeld) this.runEnd.fail(wrong);
    else this.defects.note(node, where, says);
  }
}

function makeFolders(...folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw new HarnessFailure(`the folder ${folder} cannot be made: ${(error as Error).message}`);
    }
  }
}
