/**
 * A node's disk that can lose power, without root: a file system of ours (power-fs.c) that a process of its own serves
 * by /dev/fuse. As root it is mounted where everybody sees it; else that process is in a user and a mount namespace of
 * its own, in which it opens /dev/fuse itself, and nodes are started there, too.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { HarnessFailure } from '../../failure.ts';
import { type Built, built } from './compiling.ts';
import { unmountBelow } from './disk-image.ts';
import { minimalEnvironment } from './environment.ts';
import type { Guard } from './guard.ts';
import type { NodeDisk } from './node-disk.ts';
import { RUN_VARIABLE } from './process-tree.ts';

/** What can be wrong with it: see power-fs.c. */
export type Trouble = 'io-error' | 'lose' | 'slow' | 'full' | 'corrupt';

const SOURCE = fileURLToPath(new URL('./power-fs.c', import.meta.url));
/** How long it may take to be mounted, and to do what it is told. */
const PATIENCE_MS = 10_000;
const AS_USER = ['unshare', '-U', '--map-current-user', '--keep-caps', '-m'];
const isRoot = () => process.getuid?.() === 0;

function server(): Built {
  return built({
    ...{ what: 'a file system that loses power', name: 'power-fs', extension: '', parts: [SOURCE] },
    flags: ['-O2'],
  });
}

export class PowerDisk implements NodeDisk {
  private readonly backing: string;
  private readonly folder: string;
  private readonly user: { readonly uid: number; readonly gid: number };
  private readonly guard: Guard | undefined;
  private child: ChildProcess | undefined;
  private said = '';
  private readonly waiting: ((line: string) => void)[] = [];

  /** Of a folder that is there, which will be the user's; what it holds lies in another that is not there yet. */
  constructor(backing: string, folder: string, user: { readonly uid?: number; readonly gid?: number }, guard?: Guard) {
    this.backing = backing;
    this.folder = folder;
    this.user = { uid: user.uid ?? process.getuid!(), gid: user.gid ?? process.getgid!() };
    this.guard = guard;
  }

  get root(): string {
    return isRoot() ? '' : `/proc/${this.child?.pid}/root`;
  }

  get within(): readonly string[] {
    if (isRoot()) return [];
    // Whoever enters a mount namespace stands at its root.
    const there = ['sh', '-c', 'cd "$0" && exec "$@"', this.folder];
    return ['nsenter', '-t', String(this.child?.pid), '-U', '--preserve-credentials', '-m', '--', ...there];
  }

  async make(): Promise<void> {
    const program = server();
    if ('missing' in program) throw new HarnessFailure(program.missing);
    mkdirSync(this.backing, { recursive: true, mode: 0o700 });
    const { uid, gid } = this.user;
    const [command = '', ...args] = [...(isRoot() ? [] : AS_USER), program.path, this.backing, this.folder];
    const child = spawn(command, [...args, String(uid), String(gid)], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...minimalEnvironment(), ...(this.guard ? { [RUN_VARIABLE]: this.guard.mark } : {}) },
      detached: true,
    });
    this.child = child;
    if (child.pid !== undefined) this.guard?.watch(child.pid);
    child.stderr.on('data', (data) => (this.said += data));
    child.on('error', (error) => (this.said += error.message)).on('close', () => this.wake());
    child.stdin.on('error', () => {});
    createInterface({ input: child.stdout }).on('line', (line) => this.waiting.shift()?.(line));
    await this.told();
  }

  async sync(): Promise<void> {
    await this.tell('sync');
  }

  /** Processes that have stopped sync nothing: what is durable now stays so. */
  async keep(): Promise<void> {}

  async restore(): Promise<void> {
    await this.tell('fail');
  }

  /**
   * Power fails, and of what was not synced some pages are there all the same: which, the seed decides. Resolves to how
   * many.
   */
  async tear(seed: number): Promise<number> {
    return Number(await this.tell(`torn ${seed}`));
  }

  /** From now on this share of what it is asked goes wrong in this way: of which, the seed decides. */
  async misbehave(how: Trouble, share: number, seed: number): Promise<void> {
    await this.tell(`bad ${how} ${Math.max(1, Math.round(1000 * share))} ${seed}`);
  }

  /** How much went wrong since it began to. */
  async hits(): Promise<number> {
    return Number(await this.tell('hits'));
  }

  /** Nothing goes wrong any more. */
  async behave(): Promise<void> {
    await this.tell('good');
  }

  async unmount(): Promise<void> {
    const { child } = this;
    if (child?.pid === undefined) return;
    child.stdin?.end();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    this.guard?.forget(child.pid);
    this.child = undefined;
  }

  private tell(line: string): Promise<string> {
    this.child?.stdin?.write(`${line}\n`);
    return this.told();
  }

  /** The next line of it. Rejects with `HarnessFailure` where it does not come. */
  private async told(): Promise<string> {
    const { child } = this;
    const isOver = () => !child || child.exitCode !== null || child.signalCode !== null;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
    });
    const line = isOver() ? '' : new Promise<string>((resolve) => this.waiting.push(resolve));
    const came = await Promise.race([line, late]);
    clearTimeout(timer);
    if (came === undefined || isOver())
      throw new HarnessFailure(`the file system at ${this.folder} broke: ${this.said.trim() || 'it does not answer'}`);
    return came;
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve('');
  }
}

let known: true | string | undefined;

/** True, or why there can be no such disk here and what would help: tried once, with one that is empty. */
export function powerFsWorks(): true | string {
  known ??= probe();
  return known;
}

function probe(): true | string {
  if (process.platform !== 'linux') return 'a file system that loses power needs Linux';
  const program = server();
  if ('missing' in program) return program.missing;
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-probe-'));
  try {
    const [backing, at] = [join(folder, 'backing'), join(folder, 'at')];
    for (const path of [backing, at]) mkdirSync(path);
    const [command = '', ...args] = [...(isRoot() ? [] : AS_USER), program.path, backing, at, '0', '0'];
    // Its input is at its end, and so it unmounts again.
    const done = spawnSync(command, args, { input: '', encoding: 'utf8', timeout: 5000 });
    if (done.status === 0) return true;
    const why = done.stderr?.trim().split('\n')[0] || done.error?.message || `exit code ${done.status}`;
    return `a file system that loses power needs /dev/fuse for everybody, and root or user namespaces: ${why}`;
  } finally {
    unmountBelow(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}
