/**
 * A pool of worker threads. By hand, as tinypool 2.2.0 does not notice a thread that
 * ends itself: its task, and what waits behind it, would hang until a deadline.
 */
import { totalmem } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Pool } from './pool.ts';

/**
 * A task that has not been made by then never will be: its
 * thread is stopped. No run that is meant to end takes so long.
 */
const PATIENCE_MS = 15 * 60_000;
/** As much as Node.js gives a process with plenty of memory. */
const MOST_MB = 4096;

export interface ThreadsOptions {
  /** A module that makes tasks under this name, as `makesTasks` does. */
  readonly url: URL;
  readonly name: string;
  readonly width: number;
  readonly patienceMs?: number;
  /** The heap of each thread; left out, its share of the machine. One that needs more fails its task, and no other. */
  readonly memoryMb?: number;
}

export class Threads<Task, Made> implements Pool<Task, Made> {
  readonly width: number;
  private readonly options: ThreadsOptions;
  private readonly idle: Worker[] = [];
  private readonly all = new Set<Worker>();

  constructor(options: ThreadsOptions) {
    this.options = options;
    this.width = options.width;
  }

  /**
   * Hands a task to a thread; threads are started as they are needed.
   * Who asks for more than the width at a time gets more threads.
   */
  make(task: Task): Promise<Made> {
    const worker = this.idle.pop() ?? this.start();
    const { patienceMs = PATIENCE_MS } = this.options;
    return new Promise((resolve, reject) => {
      const stuck = setTimeout(() => {
        died(new Error(`it was not done after ${patienceMs / 1000} s, and was stopped`));
        void worker.terminate();
      }, patienceMs);
      const died = (error: Error) => {
        clearTimeout(stuck);
        this.all.delete(worker);
        reject(error);
      };
      const ended = (code: number) => died(new Error(`the thread that made it ended with code ${code}`));
      worker.once('error', died).once('exit', ended);
      worker.once('message', (made: Made) => {
        clearTimeout(stuck);
        worker.off('error', died).off('exit', ended);
        this.idle.push(worker);
        resolve(made);
      });
      worker.postMessage(task);
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.all].map((worker) => worker.terminate()));
  }

  private start(): Worker {
    const { url, name, memoryMb = Math.min(MOST_MB, Math.floor(totalmem() / 1e6 / (this.width + 1))) } = this.options;
    const worker = new Worker(url, { workerData: name, resourceLimits: { maxOldGenerationSizeMb: memoryMb } });
    this.all.add(worker);
    return worker;
  }
}
