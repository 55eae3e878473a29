/** How nodes start, crash, are paused and start again. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { nanoid } from 'nanoid';
import type { NodeId } from '../../../systems/node.ts';
import { patienceMs } from '../../doing.ts';
import { HarnessFailure } from '../../failure.ts';
import type { Links } from '../../faults/fate.ts';
import type { Source } from '../../setting/sources.ts';
import type { ActiveFaults } from '../active-faults.ts';
import type { Guard } from '../children/guard.ts';
import type { RunEnd } from '../children/run-end.ts';
import { stopChild } from '../children/stopping.ts';
import { Life, type NodeObserver } from './life.ts';
import type { Lines } from './lines.ts';
import { all, type Machine } from './machine.ts';
import type { OpenCalls } from './open-calls.ts';

/** What all children have in common. */
export interface ChildrenOptions {
  readonly source: Source;
  readonly nodes: readonly NodeId[];
  readonly links: Links;
  /** Keeps every message for the journal. */
  readonly journal: boolean;
  readonly fsync: boolean;
  /** Where nodes' logs go, `<id>.log` each. */
  readonly logFolder: string;
  /** Where nodes' disks go, `<id>.disk` each. */
  readonly diskFolder: string;
  /** How long a child may take until its line is up, and its system until it has first started. */
  readonly patienceMs?: number;
}

/** What a node's life takes place in. */
interface Surroundings {
  readonly options: ChildrenOptions;
  readonly lines: Lines;
  readonly guard: Guard;
  readonly faults: ActiveFaults;
  readonly calls: OpenCalls;
  readonly end: RunEnd;
  readonly observer: NodeObserver;
  /** Tells a node that starts again what faults it is under. */
  renewFaults(machine: Machine): void;
}

export class Lifecycle {
  readonly machines: ReadonlyMap<NodeId, Machine>;
  private readonly around: Surroundings;

  constructor(around: Surroundings) {
    this.around = around;
    this.machines = new Map(
      around.options.nodes.map((id) => [
        id,
        { id, life: undefined, lives: 0, clockFaults: new Map(), hits: new Map() },
      ]),
    );
  }

  machine(node: NodeId): Machine {
    const machine = this.machines.get(node);
    if (!machine) {
      const { nodes } = this.around.options;
      throw new HarnessFailure(`there is no node ${node}; the cluster has ${nodes.join(', ')}`);
    }
    return machine;
  }

  /** Starts every node, and waits until each system has started. */
  async start(): Promise<void> {
    const lives = Array.from(this.machines.values(), (machine) => this.boot(machine));
    await Promise.all(lives.map((life) => this.waitForReady(life)));
  }

  /** Lets every node run under no fault, one that is down in a new life. */
  async heal(): Promise<void> {
    await all(this.machines.values(), async (machine) => {
      machine.life?.child.signal('SIGCONT');
      machine.clockFaults.clear();
      const life = machine.life ?? this.boot(machine);
      life.line.tell(['heal']);
      await life.up;
      return undefined;
    });
    this.tellMembers();
  }

  /** Kills every child that there is. */
  async kill(): Promise<void> {
    const lives = [...this.machines.values()].flatMap(({ life }) => life ?? []);
    await Promise.all(lives.map((life) => life.kill()));
  }

  /** Returns the id of the process that it killed; nothing where the node was down. */
  async crash(machine: Machine, disk: 'kept' | 'lost'): Promise<number | undefined> {
    const { life } = machine;
    if (!life) return undefined;
    machine.life = undefined;
    this.around.calls.breakOff(life);
    await life.kill();
    if (disk === 'lost') rmSync(this.diskFile(machine), { force: true });
    return life.child.pid;
  }

  /**
   * A system that cannot start or continue on a disk that failed it is a node that stays
   * down, until the next boot: no failure of the harness. Where no disk failed it, `blame` is called.
   */
  fall(life: Life, blame: () => void): void {
    const machine = this.machine(life.node);
    if (machine.hits.size === 0) blame();
    else if (machine.life === life) void this.crash(machine, 'kept');
  }

  async restart(machine: Machine): Promise<number | undefined> {
    const { end, faults } = this.around;
    if (machine.life || end.hasCome || faults.lasts('crash', machine.id)) return undefined;
    const life = this.boot(machine);
    await life.up;
    return life.isUp ? life.child.pid : undefined;
  }

  /** Returns the id of the process once the operating system says that it is stopped. */
  async pause(machine: Machine): Promise<number | undefined> {
    const { life } = machine;
    if (!life) return undefined;
    // A child that is still starting is stopped once its line is up, which the boot sees to.
    await life.up;
    return (await stopChild(life.child, () => life.isOver)) ? life.child.pid : undefined;
  }

  async resume(machine: Machine): Promise<number | undefined> {
    if (!machine.life || this.around.faults.lasts('pause', machine.id)) return undefined;
    return machine.life.child.signal('SIGCONT') ? machine.life.child.pid : undefined;
  }

  /**
   * Asks every node that runs for the members that the faults of
   * this moment leave; one that is paused hears it when it resumes.
   */
  tellMembers(): void {
    const members = this.around.faults.members();
    for (const { life } of this.machines.values()) life?.line.tell(['members', members]);
  }

  private boot(machine: Machine): Life {
    const { lines, guard, faults, observer } = this.around;
    const { source, nodes, links, journal, fsync, logFolder } = this.around.options;
    const setting = {
      ...{ system: source, id: machine.id, nodes, seed: links.seed, life: machine.lives++, journal, fsync },
      ...{ diskFile: this.diskFile(machine), port: lines.port, token: nanoid() },
    };
    const life = new Life(setting, join(logFolder, `${machine.id}.log`), guard.mark, lines, observer);
    const { pid } = life.child;
    guard.watch(pid);
    void life.over.then(() => guard.forget(pid));
    machine.life = life;
    this.around.renewFaults(machine);
    life.line.tell(['members', faults.members()]);
    const late = this.patience(life, 'connect');
    void life.up.then(() => {
      clearTimeout(late);
      // A pause that lasts holds a new life, too.
      if (life.isUp && faults.lasts('pause', machine.id)) life.child.signal('SIGSTOP');
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
    const ms = this.around.options.patienceMs ?? patienceMs();
    return setTimeout(() => this.around.observer.broke(life, `did not ${what} within ${ms} ms`), ms);
  }

  private diskFile({ id }: Machine): string {
    return join(this.around.options.diskFolder, `${id}.disk`);
  }
}
