/** A node of a database: the processes that it consists of, and how they start, die, are paused and resume. */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Database } from '../../../databases/database.ts';
import type { NodeId } from '../../../systems/node.ts';
import { barred } from '../../failure.ts';
import type { Guard } from '../children/guard.ts';
import { headingOf, isStopped, tailOf } from '../children/launch.ts';
import { entriesOf, processesOf, type Rooted } from '../children/node-processes.ts';
import { type Child, startSilent } from '../children/start.ts';
import type { NodeHost } from './host.ts';

/** Processes may start others while they are being paused: so often it is looked again. */
const PAUSE_TRIES = 50;
/** Of a node's log, so many bytes are looked at for its last lines. */
const TAIL_BYTES = 2000;
const TAIL_LINES = 6;

/** What a node needs of the cluster around it. */
export interface Surroundings {
  readonly database: Database;
  readonly guard: Guard;
  logFileOf(node: NodeId): string;
  /** All its processes were started. */
  started(node: DatabaseNode): void;
  /** One of its processes ended and nobody had asked for it. */
  ended(node: DatabaseNode, program: string, how: string): void;
}

export class DatabaseNode {
  readonly id: NodeId;
  readonly host: NodeHost;
  private readonly around: Surroundings;
  private children: readonly Child[] = [];
  private lives = 0;

  constructor(host: NodeHost, around: Surroundings) {
    this.id = host.id;
    this.host = host;
    this.around = around;
  }

  get isUp(): boolean {
    return this.children.length > 0;
  }

  /** What its processes are known by. */
  get rooted(): Rooted {
    return { id: this.id, folder: this.host.folder, roots: pidsOf(this.children) };
  }

  /** All processes that it consists of now. */
  get processes(): readonly number[] {
    return processesOf([this.rooted]).get(this.id) ?? [];
  }

  /** Starts its processes in a new life. Returns them. Throws `HarnessFailure` where one cannot be started. */
  start(): readonly number[] {
    const { database, guard, logFileOf } = this.around;
    const { host, id } = this;
    const life = this.lives++;
    for (const [i, { program, args, env = {} }] of database.commands(host, life).entries()) {
      const child = startSilent({
        ...{ who: id, ...host.execution(program, args), cwd: host.folder },
        ...{ env: { ...host.env, ...env }, mark: guard.mark, logFile: logFileOf(id) },
        ...(i === 0 ? { heading: headingOf(id, life) } : {}),
      });
      this.children = [...this.children, child];
      this.watch(child, program);
    }
    this.around.started(this);
    return pidsOf(this.children);
  }

  /** Kills all its processes. Resolves to them once they are gone. */
  async kill(): Promise<readonly number[]> {
    const { children } = this;
    const pids = this.processes;
    this.children = [];
    for (const pid of pids) signal(pid, 'SIGKILL');
    await Promise.all(children.map(({ ended }) => ended));
    return pids;
  }

  /** Pauses all its processes. Resolves to them once the operating system says that they are stopped; else to none. */
  async pause(): Promise<readonly number[]> {
    for (let tries = 0; tries < PAUSE_TRIES; tries++) {
      const pids = this.processes;
      if (tries > 0 && pids.every(isStopped)) return pids;
      for (const pid of pids) signal(pid, 'SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return [];
  }

  /** Returns the processes that were told to resume. */
  resume(): readonly number[] {
    return this.processes.filter((pid) => signal(pid, 'SIGCONT'));
  }

  /** Empties its folder. */
  wipe(): void {
    const folder = this.host.seen(this.host.folder);
    // The folder itself stays: it may be a disk.
    for (const name of entriesOf(folder)) rmSync(join(folder, name), { recursive: true, force: true });
    this.host.ownFolder();
  }

  /** Its folder becomes one with the same files as the other's. */
  async copyOf({ host }: DatabaseNode): Promise<void> {
    this.wipe();
    await promisify(execFile)('cp', ['-a', `${host.seen(host.folder)}/.`, this.host.seen(this.host.folder)]).catch(
      () => {
        // A file that goes away while the other node runs is none that is missing.
      },
    );
  }

  /** `Its last lines: ...` of its log. */
  logTail(): string {
    const lines = tailOf(this.around.logFileOf(this.id), TAIL_BYTES).trimEnd().split('\n').slice(-TAIL_LINES);
    return `Its last lines:\n${barred(lines.join('\n'))}`;
  }

  private watch(child: Child, program: string): void {
    const { guard } = this.around;
    guard.watch(child.pid);
    void child.ended.then((how) => {
      guard.forget(child.pid);
      if (!this.children.includes(child)) return;
      this.children = this.children.filter((other) => other !== child);
      this.around.ended(this, program, how);
    });
  }
}

function pidsOf(children: readonly Child[]): readonly number[] {
  return children.map(({ pid }) => pid);
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}
