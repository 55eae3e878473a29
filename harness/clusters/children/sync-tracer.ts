/**
 * Syncs that fail, lie or take long, of processes that run: strace is attached to them, injects that into their system
 * calls, and is detached again. Of a file that was opened to be synced with every write nothing is seen.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { HarnessFailure } from '../../failure.ts';
import { minimalEnvironment } from './environment.ts';
import type { Guard } from './guard.ts';
import { RUN_VARIABLE } from './process-tree.ts';
import { signalChild } from './signal-child.ts';

/** What becomes of a sync, in the words of strace. */
const INJECTED = { 'io-error': 'error=EIO', lose: 'retval=0', slow: 'delay_enter=200ms' } as const;
export type SyncTrouble = keyof typeof INJECTED;

const CALLS = 'fsync,fdatasync,msync,syncfs';
/** How long strace may take to be attached. */
const PATIENCE_MS = 5000;
const LOOK_MS = 10;

/** The words that let every nth sync of these processes, and of what they start, come to this. */
function wordsFor(pids: readonly number[], how: SyncTrouble, every: number): readonly string[] {
  const inject = `inject=${CALLS}:${INJECTED[how]}:when=1+${every}`;
  return ['-f', '-qq', '-e', `trace=${CALLS}`, '-e', inject, ...pids.flatMap((pid) => ['-p', String(pid)])];
}

export class SyncTracer {
  private readonly child: ChildProcess;
  private readonly guard: Guard;
  private readonly isOver: Promise<unknown>;
  private said = '';
  private seen = 0;

  private constructor(child: ChildProcess, guard: Guard) {
    this.child = child;
    this.guard = guard;
    this.isOver = once(child, 'close').catch(() => {});
    createInterface({ input: child.stderr! }).on('line', (line) => {
      if (/\((INJECTED|DELAYED)\)$/.test(line)) this.seen++;
      else if (line.startsWith('strace: ')) this.said ||= line;
    });
  }

  /** Resolves once it sees the processes. Rejects with `HarnessFailure` where it is not let near one that lives. */
  static async attach(
    pids: readonly number[],
    { how, every }: { readonly how: SyncTrouble; readonly every: number },
    guard: Guard,
  ): Promise<SyncTracer> {
    const child = spawn('strace', wordsFor(pids, how, every), {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...minimalEnvironment(), [RUN_VARIABLE]: guard.mark },
      detached: true,
    });
    const tracer = new SyncTracer(child, guard);
    if (child.pid !== undefined) guard.watch(child.pid);
    await tracer.sees(pids);
    return tracer;
  }

  /** How many syncs it injected something into. */
  get hits(): number {
    return this.seen;
  }

  /** From here on syncs are what they are. */
  async detach(): Promise<void> {
    signalChild(this.child, 'SIGTERM');
    await this.isOver;
    if (this.child.pid !== undefined) this.guard.forget(this.child.pid);
  }

  private async sees(pids: readonly number[]): Promise<void> {
    const { child } = this;
    const beganMs = performance.now();
    for (;;) {
      const left = pids.filter((pid) => isLeft(pid, child.pid));
      if (left.length === 0) return;
      const isOver = child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
      if (isOver || performance.now() - beganMs > PATIENCE_MS) {
        await this.detach();
        throw new HarnessFailure(`strace was not attached to process ${left.join(', ')}: ${this.said || 'no answer'}`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}

/** Whether the process lives and is not seen by this one. */
function isLeft(pid: number, tracer: number | undefined): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return !/^State:\s*[ZX]/m.test(status) && !new RegExp(`^TracerPid:\\s*${tracer}$`, 'm').test(status);
  } catch {
    return false;
  }
}

let known: true | string | undefined;

/** True, or why strace cannot be attached here and what would help: tried once, with a process that sleeps. */
export function straceWorks(): true | string {
  known ??= probe();
  return known;
}

function probe(): true | string {
  if (process.platform !== 'linux') return 'syncs of processes are changed by strace, which needs Linux';
  const words = wordsFor([], 'io-error', 1).map((word) => `'${word}'`);
  // As in a run, strace is no parent of what it is attached to.
  const script = `sleep 0.1 & strace ${words.join(' ')} -p $!; exit $?`;
  const { status, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8', timeout: PATIENCE_MS });
  if (status === 0) return true;
  if (status === 127) return 'syncs of processes are changed by strace: apt-get install strace';
  const why = stderr?.trim().split('\n')[0] || 'it does not answer';
  return `strace cannot be attached to processes here (kernel.yama.ptrace_scope must be 0, or this user root): ${why}`;
}
