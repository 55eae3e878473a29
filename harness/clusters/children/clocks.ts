/** The clocks of nodes that are processes of any kind, moved as clock faults say while they last. */
import { readFileSync } from 'node:fs';
import type { NodeId } from '../../../systems/node.ts';
import { HarnessFailure } from '../../failure.ts';
import type { ClockFault } from '../../faults/clock.ts';
import { wallOffsetOf } from '../../node/local-clock.ts';
import { isStopped } from './launch.ts';
import { entriesOf } from './node-processes.ts';
import { GoneError, ProcessClocks } from './vdso.ts';

/** What moves all the time is set so often. */
const TICK_MS = 20;
/** While a fault lasts, processes that nodes started meanwhile are looked for so often. */
const SCAN_MS = 250;
/** After a fault, until none is found that started meanwhile, but not for ever. */
const SCANS = 5;
/** How often it is looked whether a process is stopped, a ms apart, and how often a process is stopped anew. */
const LOOKS = 200;
const TRIES = 20;

export interface ClocksOptions {
  /** The harness's monotonic clock in ms. */
  elapsed(): number;
  /** All processes that these nodes consist of now. */
  processesOf(nodes: readonly NodeId[]): ReadonlyMap<NodeId, readonly number[]>;
  /** Whether a fault pauses the node now: a process of it stays stopped then. */
  isPaused(node: NodeId): boolean;
  /** Told where the clocks of a process that started under a fault cannot be moved. */
  failed(sentence: string): void;
}

interface Moved {
  readonly node: NodeId;
  readonly clocks: ProcessClocks;
  /** Its monotonic clock is ahead by this, and by what its node's clocks gathered. */
  readonly monotonicMs: number;
}

export class Clocks {
  private readonly options: ClocksOptions;
  private readonly faults = new Map<number, Lasting>();
  private readonly byPid = new Map<number, Moved>();
  /** What drifts that are over have gathered: a monotonic clock never goes back. */
  private readonly gathered = new Map<NodeId, number>();
  private ticking: NodeJS.Timeout | undefined;
  private scannedMs = 0;
  private scanning: Promise<void> | undefined;

  constructor(options: ClocksOptions) {
    this.options = options;
  }

  /**
   * Moves the clocks of these nodes. A strobe stands where it jumps to until `release`.
   * Rejects with `HarnessFailure` where it cannot be done.
   */
  async begin(fault: ClockFault, nodes: readonly NodeId[]): Promise<void> {
    this.faults.set(fault.id, { fault, nodes, fromMs: this.options.elapsed(), isHeld: fault.how === 'strobe' });
    await this.scan();
    this.ticking ??= setInterval(() => this.tick(), TICK_MS);
  }

  /** Lets a strobe jump. */
  release({ id }: ClockFault): void {
    const lasting = this.faults.get(id);
    if (lasting) this.faults.set(id, { ...lasting, isHeld: false, fromMs: this.options.elapsed() });
  }

  /** Moves the wall clocks back. */
  async end({ id }: ClockFault): Promise<void> {
    const lasting = this.faults.get(id);
    if (!lasting) return;
    for (const node of lasting.nodes)
      this.gathered.set(node, (this.gathered.get(node) ?? 0) + this.gatheredBy(lasting, node));
    this.faults.delete(id);
    await this.settle(lasting.nodes);
  }

  /** The node started again: a fault that lasts holds for its new processes. */
  started(node: NodeId): void {
    if (!this.lastsFor(node)) return;
    this.scan().catch((error: unknown) => this.options.failed((error as Error).message));
  }

  /** How far the wall clocks of these nodes are ahead, in ms, as the memory of their processes says now. */
  offsetsOf(nodes: readonly NodeId[]): readonly number[] {
    return nodes.flatMap((node) => {
      const own = [...this.byPid.values()].filter((moved) => moved.node === node);
      const offsets = own.flatMap(({ clocks }) => offsetIn(clocks) ?? []);
      return offsets.length === 0 ? [] : [offsets.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a))];
    });
  }

  /** Ends all faults. */
  async heal(): Promise<void> {
    for (const { fault } of [...this.faults.values()]) await this.end(fault);
  }

  close(): void {
    clearInterval(this.ticking);
    this.ticking = undefined;
    this.faults.clear();
    for (const { clocks } of this.byPid.values()) clocks.close();
    this.byPid.clear();
  }

  /** Sets all that is known, then what started from it meanwhile. */
  private async settle(nodes: readonly NodeId[]): Promise<void> {
    this.set();
    for (let scans = 0, known = -1; scans < SCANS && known !== this.byPid.size; scans++) {
      known = this.byPid.size;
      await this.scan(nodes);
    }
    if (this.faults.size > 0) return;
    clearInterval(this.ticking);
    this.ticking = undefined;
  }

  private tick(): void {
    this.set();
    if (this.scanning || performance.now() < this.scannedMs + SCAN_MS) return;
    this.scan().catch((error: unknown) => this.options.failed((error as Error).message));
  }

  /** Finds the processes of nodes that a fault is aimed at, and of these, and sets their clocks. One at a time. */
  private async scan(also: readonly NodeId[] = []): Promise<void> {
    while (this.scanning) await this.scanning.catch(() => {});
    this.scanning = this.look(also).finally(() => {
      this.scanning = undefined;
      this.scannedMs = performance.now();
    });
    return this.scanning;
  }

  private async look(also: readonly NodeId[]): Promise<void> {
    const nodes = new Set([...also, ...Array.from(this.faults.values(), ({ nodes }) => nodes).flat()]);
    for (const [node, pids] of this.options.processesOf([...nodes]))
      for (const pid of pids) if (!this.isKnown(pid)) await this.take(node, pid);
    this.set();
  }

  /** Whether its clocks are in hand: it may have become another program, or another process. */
  private isKnown(pid: number): boolean {
    const known = this.byPid.get(pid);
    if (!known) return false;
    try {
      known.clocks.skew;
      return true;
    } catch {
      this.forget(pid, known);
      return false;
    }
  }

  private async take(node: NodeId, pid: number): Promise<void> {
    try {
      const clocks = await patched(pid, () => !this.options.isPaused(node));
      this.byPid.set(pid, { node, clocks, monotonicMs: clocks.skew.monotonicMs - this.monotonicOf(node) });
    } catch (error) {
      if (isGone(error)) return;
      throw new HarnessFailure(`the clocks of ${node} cannot be moved (process ${pid}): ${(error as Error).message}`);
    }
  }

  private set(): void {
    for (const [pid, one] of this.byPid) {
      try {
        const monotonicMs = one.monotonicMs + this.monotonicOf(one.node);
        one.clocks.move({ realtimeMs: this.wallOf(one.node), monotonicMs });
      } catch {
        this.forget(pid, one);
      }
    }
  }

  private forget(pid: number, { clocks }: Moved): void {
    clocks.close();
    this.byPid.delete(pid);
  }

  private wallOf(node: NodeId): number {
    let offset = 0;
    for (const { fault, nodes, fromMs, isHeld } of this.faults.values())
      if (nodes.includes(node)) offset += isHeld ? fault.byMs : wallOffsetOf(fault, this.options.elapsed() - fromMs);
    return offset;
  }

  private monotonicOf(node: NodeId): number {
    let offset = this.gathered.get(node) ?? 0;
    for (const lasting of this.faults.values()) offset += this.gatheredBy(lasting, node);
    return offset;
  }

  /** A monotonic clock that runs too slow would go back a little at every tick: it is left alone. */
  private gatheredBy({ fault, nodes, fromMs }: Lasting, node: NodeId): number {
    if (fault.how !== 'drift' || !nodes.includes(node)) return 0;
    return Math.max(0, wallOffsetOf(fault, this.options.elapsed() - fromMs));
  }

  private lastsFor(node: NodeId): boolean {
    return Array.from(this.faults.values()).some(({ nodes }) => nodes.includes(node));
  }
}

interface Lasting {
  readonly fault: ClockFault;
  readonly nodes: readonly NodeId[];
  readonly fromMs: number;
  /** A strobe that has not begun to jump. */
  readonly isHeld: boolean;
}

/**
 * Patches a process while it is stopped, with none of its threads where the patch goes. It continues if it was
 * running before, unless `mayContinue` says that somebody wants it stopped by now.
 */
async function patched(pid: number, mayContinue: () => boolean): Promise<ProcessClocks> {
  const entries = ProcessClocks.entriesOf(pid);
  for (let tries = 0; tries < TRIES; tries++) {
    const wasStopped = isStopped(pid);
    if (!wasStopped) process.kill(pid, 'SIGSTOP');
    try {
      await stopped(pid);
      const places = placesOf(pid);
      if (!places.some((at) => entries.some(([from, to]) => at > from && at < to))) return ProcessClocks.of(pid);
    } finally {
      if (!wasStopped && mayContinue()) proceed(pid);
    }
  }
  throw new Error('its threads were where the patch goes each time that it was stopped');
}

async function stopped(pid: number): Promise<void> {
  // Where it does not stop in time it is patched as it runs: a thread would have to be within five bytes.
  for (let looks = 0; looks < LOOKS && !isStopped(pid); looks++) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Where the threads of a stopped process stand, as far as the kernel tells. */
function placesOf(pid: number): readonly number[] {
  return entriesOf(`/proc/${pid}/task`).flatMap((thread) => {
    try {
      const place = readFileSync(`/proc/${pid}/task/${thread}/syscall`, 'utf8').trim().split(' ').at(-1);
      return place?.startsWith('0x') ? [Number.parseInt(place, 16)] : [];
    } catch {
      return [];
    }
  });
}

function proceed(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // It has ended.
  }
}

/** Nothing of a process that has ended. */
function offsetIn(clocks: ProcessClocks): number | undefined {
  try {
    return clocks.skew.realtimeMs;
  } catch {
    return undefined;
  }
}

function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof GoneError || code === 'ENOENT' || code === 'ESRCH' || code === 'EIO';
}
