/**
 * A node of the simulation, and its lives: what a crash ends and a
 * restart begins. The disk, the clock and the identity outlive a life.
 */
import type { NodeId } from '../../../systems/node.ts';
import type { Design, Replica } from '../../../systems/system.ts';
import { doingAt } from '../../doing.ts';
import type { DiskFault } from '../../faults/disk.ts';
import { replicaOf } from '../../node/contract.ts';
import { afterCrash, type Entry, FaultyDisk, type Medium } from '../../node/disk.ts';
import { mix, mixText } from '../../node/identity.ts';
import { LocalClock, type Schedule } from '../../node/local-clock.ts';
import { messageOf } from '../../node/thrown.ts';
import { askForMembers, type Frame, type NodeRuntime, nodeIn, type World } from '../../node/world.ts';

/** What a machine needs of the simulation around it. */
export interface Surroundings {
  readonly seed: number;
  readonly nodes: readonly NodeId[];
  /** Who should be members now. */
  members(): readonly NodeId[];
  /** Virtual time in ms. */
  elapsed(): number;
  readonly schedule: Schedule;
  /** Told of what a node does without waiting. Throws where that is too much. */
  act(node: NodeId): void;
  send(frame: Frame): void;
  /** The node is about to do something, or its life begins or ends: its state may be another than before. */
  changed(node: NodeId): void;
  mark(node: NodeId, name: string): void;
  log(node: NodeId, line: string): void;
  /** The node broke its contract with the harness: the run is an error. */
  broke(node: NodeId, error: unknown): void;
  /** The node's code threw an error in `where`. */
  threw(node: NodeId, where: string, error: unknown): void;
}

/** How long the simulated operating system takes to accept a write. */
const WRITE_MS = 0.1;

/** One life: whatever was begun in it does nothing any more once it has ended. */
class Life {
  alive = true;
  replica: Replica | undefined;
  /** What came before the system's start was done. */
  private backlog: (() => void)[] | undefined = [];

  begin(start: () => Replica | Promise<Replica>, broke: (error: unknown) => void): void {
    const ready = (replica: Replica) => {
      this.replica = replica;
      const waiting = this.backlog ?? [];
      this.backlog = undefined;
      for (const task of waiting) task();
    };
    try {
      const started = start();
      if (started instanceof Promise) started.then(ready).catch(broke);
      else ready(started);
    } catch (error) {
      broke(error);
    }
  }

  /** Runs the task once the system has started - now, mostly - and never in a life that is over. */
  whenReady(task: () => void): void {
    if (this.backlog) this.backlog.push(() => this.alive && task());
    else if (this.alive) task();
  }
}

/** The machine that a node runs on. */
export class Machine {
  readonly id: NodeId;
  readonly clock: LocalClock;
  life: Life | undefined;
  runtime: NodeRuntime | undefined;
  private readonly lives: Life[] = [];
  private orders = 0;
  readonly diskFaults = new Map<number, DiskFault>();
  readonly diskHits = new Map<number, number>();
  private readonly around: Surroundings;
  private readonly system: Design;
  private readonly entries = new Map<string, Entry>();
  private paused: (() => void)[] | undefined;

  constructor(id: NodeId, system: Design, around: Surroundings) {
    this.id = id;
    this.system = system;
    this.around = around;
    this.clock = new LocalClock(around.elapsed, around.schedule);
  }

  boot(): void {
    this.around.changed(this.id);
    const life = new Life();
    const runtime = nodeIn(this.worldOf(life));
    this.life = life;
    this.runtime = runtime;
    this.lives.push(life);
    this.tellMembers();
    const { system, id } = this;
    const start = () => {
      doingAt(id, 'start', '()');
      const started = runtime.begin(() => system.start(runtime.node));
      if (!(started instanceof Promise)) return replicaOf(system, id, started);
      return started.then((replica) => replicaOf(system, id, replica));
    };
    life.begin(start, (error) => {
      if (!life.alive) return;
      if (this.diskHits.size === 0) this.around.broke(this.id, error);
      else this.fall('cannot start', error);
    });
  }

  /** The run is over: whatever was started gives back what it holds. What fails at that changes no verdict. */
  end(): void {
    for (const { replica } of this.lives) {
      try {
        replica?.end?.();
      } catch (error) {
        this.around.log(this.id, `its end failed: ${messageOf(error)}`);
      }
    }
  }

  /**
   * A system that cannot start or continue on a disk that failed it is a
   * node that stays down, until the next boot: no failure of the harness.
   */
  fall(what: string, error: unknown): void {
    this.around.log(this.id, `${what}: ${messageOf(error)}`);
    this.crash('kept');
  }

  crash(disk: 'kept' | 'lost'): void {
    if (!this.life) return;
    this.around.changed(this.id);
    this.life.alive = false;
    this.life = undefined;
    this.paused = this.paused && [];
    if (disk === 'lost') this.entries.clear();
    for (const [key, entry] of this.entries) {
      const left = afterCrash(entry);
      if (left) this.entries.set(key, left);
      else this.entries.delete(key);
    }
  }

  /** Asks the system, once it runs, for the members that there should be then. */
  tellMembers(): void {
    this.whenRunning(() => {
      const { life, runtime } = this;
      if (!life || !runtime) return;
      life.whenReady(() => askForMembers(runtime, life.replica, this.around.members(), ++this.orders));
    });
  }

  get isPaused(): boolean {
    return this.paused !== undefined;
  }

  pause(): void {
    this.paused ??= [];
  }

  resume(): void {
    const waiting = this.paused ?? [];
    this.paused = undefined;
    for (const task of waiting) this.around.schedule(0, () => this.whenRunning(task));
  }

  /** Runs the task now, or when a paused machine continues: what is paused notices nothing. */
  whenRunning(task: () => void): void {
    if (this.paused) this.paused.push(task);
    else {
      this.around.changed(this.id);
      task();
    }
  }

  receive(frame: Frame, copy: number): void {
    this.whenRunning(() => {
      const { life, runtime } = this;
      if (!life) return;
      doingAt(this.id, 'its handler of ', frame.kind);
      // Replies pass even to a node that is still starting: it may have asked for them.
      if (frame.re !== 0) runtime?.receive(frame, copy);
      else life.whenReady(() => runtime?.receive(frame, copy));
    });
  }

  private worldOf(life: Life): World {
    const { around, clock, id } = this;
    return {
      id,
      peers: around.nodes.filter((node) => node !== id),
      disk: this.diskOf(life),
      seed: around.seed,
      life: this.lives.length,
      now: () => clock.now(),
      elapsed: () => clock.elapsed(),
      after: (ms, task) => clock.after(ms, () => life.alive && this.whenRunning(() => life.alive && task())),
      send: (frame) => {
        if (life.alive) around.send(frame);
      },
      mark: (name) => around.mark(id, name),
      log: (line) => around.log(id, line),
      threw: (where, error) => around.threw(id, where, error),
    };
  }

  private diskOf(life: Life): FaultyDisk {
    const store = (key: string, entry: Entry, durable: () => void) => {
      if (!life.alive) return;
      this.entries.set(key, entry);
      durable();
    };
    const medium: Medium = {
      get: (key) => {
        this.around.act(this.id);
        return this.entries.get(key);
      },
      put: (key, entry, durable) =>
        this.around.schedule(WRITE_MS, () => this.whenRunning(() => store(key, entry, durable))),
    };
    const seed = mix(this.around.seed, mixText(this.id));
    const after = (ms: number, task: () => void) =>
      this.around.schedule(ms, () => {
        this.around.changed(this.id);
        task();
      });
    const hit = (fault: number) => this.diskHits.set(fault, (this.diskHits.get(fault) ?? 0) + 1);
    return new FaultyDisk(medium, seed, this.diskFaults, hit, after);
  }
}
