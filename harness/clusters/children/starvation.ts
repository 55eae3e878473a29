/**
 * How long this process was kept from running while it had something
 * to do. What it saw or said late may have happened in time.
 *
 * The measure is what a ticking timer comes too late, or how long this thread stood in the
 * queue for a processor where the operating system counts that (Linux), whichever is more.
 */
import { readFileSync } from 'node:fs';

const TICK_MS = 50;
/** Timers are never quite on time. */
const USUAL_MS = 10;

/** Of this thread: the time on a processor, and that in the queue for one, in ns. */
const QUEUE = '/proc/thread-self/schedstat';

export class Starvation {
  private readonly ownWork: boolean;
  private readonly fromMs = queuedMs();
  private late = { atMs: performance.now(), usedMs: usedMs(), sumMs: 0 };
  private readonly ticking = setInterval(() => this.tick(), TICK_MS).unref();

  /**
   * Whether work of its own counts: what keeps the harness busy is not the system's
   * doing; but a system that never lets go is not starved by anybody else.
   */
  constructor({ ownWork }: { readonly ownWork: boolean }) {
    this.ownWork = ownWork;
  }

  /** So many ms since it was made. */
  get ms(): number {
    const now = queuedMs();
    const queued = now === undefined || this.fromMs === undefined ? 0 : now - this.fromMs;
    return Math.max(queued, this.late.sumMs + this.lateMs());
  }

  stop(): void {
    clearInterval(this.ticking);
  }

  private tick(): void {
    this.late = { atMs: performance.now(), usedMs: usedMs(), sumMs: this.late.sumMs + this.lateMs() };
  }

  private lateMs(): number {
    const late = performance.now() - this.late.atMs - TICK_MS;
    if (late <= USUAL_MS) return 0;
    return this.ownWork ? late : Math.max(0, late - (usedMs() - this.late.usedMs));
  }
}

/**
 * How long the first thread of a process stood in the queue for a
 * processor, in ms; nothing where the operating system does not count that.
 */
export function queuedMsOf(pid: number): number | undefined {
  return queuedMs(`/proc/${pid}/schedstat`);
}

function queuedMs(file = QUEUE): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return undefined;
  }
}

function usedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
