/**
 * A file system of a node's own in an image, on a loop device: what reaches the image is what the file system was asked
 * to make durable, and all that a failure of power leaves. Linux, as root.
 */
import { execFile, execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { HarnessFailure } from '../../failure.ts';
import type { NodeDisk } from './node-disk.ts';

const exec = promisify(execFile);
const MEGABYTES = 512;
/** A copy that was made while something was written is made again. */
const TRIES = 20;
/** Nothing is written back by itself before a run is over: only what is asked for. */
const OPTIONS = 'loop,commit=300,noatime';
const FORMAT = ['-q', '-F', '-E', 'lazy_itable_init=1,nodiscard'];

export class DiskImage implements NodeDisk {
  readonly root = '';
  readonly within: readonly string[] = [];
  private readonly file: string;
  private readonly folder: string;

  /** Of a folder that is there, in a file that is not. */
  constructor(file: string, folder: string) {
    this.file = file;
    this.folder = folder;
  }

  /** Makes the image and mounts it at the folder. */
  async make(megabytes = MEGABYTES): Promise<void> {
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
    await run('truncate', '-s', `${megabytes}M`, this.file);
    await run('mkfs.ext4', ...FORMAT, this.file);
    await this.mount();
    rmdirSync(join(this.folder, 'lost+found'));
  }

  /** Makes durable all that is there. */
  sync(): Promise<void> {
    return run('sync', '-f', this.folder);
  }

  /** Keeps what is durable now. All processes that write there must have stopped, so that none is in the middle. */
  async keep(): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      const before = statSync(this.file, { bigint: true }).mtimeNs;
      await run('cp', '--sparse=always', this.file, this.kept);
      if (statSync(this.file, { bigint: true }).mtimeNs === before) return;
    }
    throw new HarnessFailure(`the image of ${this.folder} is written to all the time`);
  }

  /** The folder has what was kept, and nothing else. Nobody may use it. */
  async restore(): Promise<void> {
    await this.unmount();
    renameSync(this.kept, this.file);
    await this.mount();
  }

  /** Takes all the space that is left. */
  async fill(): Promise<void> {
    const { bavail, bsize } = statfsSync(this.folder);
    // What is taken of the last blocks to say where the others are is not known beforehand.
    for (let blocks = bavail; blocks > 0; blocks >>= 1) {
      const there = existsSync(this.filler) ? statSync(this.filler).size : 0;
      await exec('fallocate', ['-o', String(there), '-l', String(blocks * bsize), this.filler]).catch(() => {});
    }
  }

  /** Gives back what was taken. */
  free(): void {
    rmSync(this.filler, { force: true });
  }

  private get filler(): string {
    return join(this.folder, '.splitbrain-filler');
  }

  /** From here on the folder is empty. Does nothing where nothing is mounted. */
  async unmount(): Promise<void> {
    if (mountsBelow(this.folder).length > 0) await run('umount', '-l', this.folder);
  }

  private get kept(): string {
    return `${this.file}.kept`;
  }

  private mount(): Promise<void> {
    return run('mount', '-o', OPTIONS, this.file, this.folder);
  }
}

async function run(program: string, ...args: readonly string[]): Promise<void> {
  try {
    await exec(program, args);
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new HarnessFailure(`${program} ${args.join(' ')}: ${stderr.trim() || (error as Error).message}`);
  }
}

/** The folders at or below this one at which something is mounted, the innermost first. */
function mountsBelow(folder: string): readonly string[] {
  const mounts = existsSync('/proc/self/mounts') ? readFileSync('/proc/self/mounts', 'utf8').split('\n') : [];
  const at = mounts.map((line) => line.split(' ')[1] ?? '');
  return at.filter((one) => one === folder || one.startsWith(`${folder}/`)).reverse();
}

/** Unmounts what is mounted at or below a folder, where it may be that somebody who made it is gone. */
export function unmountBelow(folder: string): void {
  for (const at of mountsBelow(folder)) {
    try {
      execFileSync('umount', ['-l', at], { stdio: 'ignore' });
    } catch {
      // Somebody else was faster, or it stays: what is in it goes all the same.
    }
  }
}

let known: true | string | undefined;

/** True, or why images cannot be mounted on this machine: tried once, with a small one. */
export function imagesCanBeMounted(): true | string {
  known ??= probe();
  return known;
}

function probe(): true | string {
  const needs = 'nodes that can lose power need a disk of their own: root, /dev/loop-control, mkfs.ext4 and mount';
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return `${needs} (this user is not root)`;
  if (!existsSync('/dev/loop-control')) return `${needs} (there is no /dev/loop-control)`;
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-probe-'));
  try {
    const quiet = { stdio: 'pipe' } as const;
    const [image, at] = [join(folder, 'image'), join(folder, 'at')];
    mkdirSync(at);
    execFileSync('truncate', ['-s', '4M', image], quiet);
    execFileSync('mkfs.ext4', [...FORMAT, image], quiet);
    execFileSync('mount', ['-o', OPTIONS, image, at], quiet);
    return true;
  } catch (error) {
    return `${needs} (${(error as Error).message.trim().split('\n').at(-1)})`;
  } finally {
    unmountBelow(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}
