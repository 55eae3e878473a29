/**
 * A pool of worker threads. By hand, as tinypool 2.2.0 does not notice a thread that
 * ends itself: its task, and what waits behind it, would hang until a deadline.
 */
import { totalmem } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Doing, type Glance, newDoing, patienceMs, watch } from '../doing.ts';
import type { FromThread, Handed, ThreadData } from './maker.ts';
import type { Pool } from './pool.ts';

/**
 * A task that has not been made by then never will be: its
 * thread is stopped. No run that is meant to end takes so long.
 */
const MOST_MS = 15 * 60_000;
/** As much as Node.js gives a process with plenty of memory. */
const MOST_MB = 4096;

/** A thread takes half a second of processor time to load what it needs: many a campaign takes no more than that. */
const NARROW_MS = 2000;

export interface ThreadsOptions {
  /** A module that makes tasks under this name, as `makesTasks` does. */
  readonly url: URL;
  readonly name: string;
  readonly width: number;
  /** How long a task may take at most, whatever progress it makes. */
  readonly mostMs?: number;
  /** The heap of each thread; left out, its share of the machine. One that needs more fails its task, and no other. */
  readonly memoryMb?: number;
}

/** A system's code made no progress for as long as one is patient with it, and its thread was stopped. */
export class Stuck extends Error {
  override readonly name = 'Stuck';
  /** The run's seed, where it was a simulated run's. */
  readonly seed: number | undefined;

  constructor({ says, seed }: Glance) {
    super(`${says}: no progress for ${patienceMs() / 1000} s, and it was stopped (--patience)`);
    this.seed = seed;
  }
}

interface Thread {
  readonly worker: Worker;
  readonly doing: Doing;
}

export class Threads<Task, Made, Told = never> implements Pool<Task, Made> {
  readonly width: number;
  readonly narrowMs = NARROW_MS;
  private readonly options: ThreadsOptions;
  private readonly idle: Thread[] = [];
  private readonly all = new Set<Thread>();

  constructor(options: ThreadsOptions) {
    this.options = options;
    this.width = options.width;
  }

  /**
   * Hands a task to a thread; threads are started as they are needed.
   * Who asks for more than the width at a time gets more threads. `told` is called with
   * what the thread tells while it makes it: more than once, where it was made again.
   */
  async make(task: Task, told: (told: Told) => void = () => {}): Promise<Made> {
    try {
      return await this.attempt({ task, detailed: false }, told);
    } catch (error) {
      // Once more, and it will be known at which node, and in what; a machine that was busy shows itself, too.
      if (error instanceof Stuck) return this.attempt({ task, detailed: true }, told);
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.all].map(({ worker }) => worker.terminate()));
  }

  private attempt(handed: Handed<Task>, told: (told: Told) => void): Promise<Made> {
    const thread = this.idle.pop() ?? this.start();
    const { worker, doing } = thread;
    const { mostMs = MOST_MS } = this.options;
    return new Promise((resolve, reject) => {
      const stop = (error: Error) => {
        died(error);
        void worker.terminate();
      };
      const late = setTimeout(
        () => stop(new Error(`it was not done after ${mostMs / 1000} s, and was stopped`)),
        mostMs,
      );
      const watched = watch(doing, (glance) => stop(new Stuck(glance)));
      const over = () => {
        clearTimeout(late);
        watched();
        worker.off('error', died).off('exit', ended).off('message', hear);
      };
      const died = (error: Error) => {
        over();
        this.all.delete(thread);
        reject(error);
      };
      const ended = (code: number) =>
        died(new Error(`the thread that made it was ended with code ${code}, as by process.exit`));
      const hear = (message: FromThread<Made, Told>) => {
        if ('told' in message) return told(message.told);
        over();
        if (message.worn) {
          this.all.delete(thread);
          void worker.terminate();
        } else this.idle.push(thread);
        resolve(message.made);
      };
      worker.on('error', died).on('exit', ended).on('message', hear);
      worker.postMessage(handed);
    });
  }

  private start(): Thread {
    const { url, name, memoryMb = Math.min(MOST_MB, Math.floor(totalmem() / 1e6 / (this.width + 1))) } = this.options;
    const doing = newDoing();
    const workerData: ThreadData = { name, doing };
    const worker = new Worker(url, { workerData, resourceLimits: { maxOldGenerationSizeMb: memoryMb } });
    const thread = { worker, doing };
    this.all.add(thread);
    // One that dies while it has no task, as of a timer of a user's module, is only no longer there for the next.
    const gone = () => {
      this.all.delete(thread);
      const at = this.idle.indexOf(thread);
      if (at >= 0) this.idle.splice(at, 1);
    };
    worker.on('error', gone).on('exit', gone);
    return thread;
  }
}
