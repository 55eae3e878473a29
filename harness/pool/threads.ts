/** Worker threads that each do one task at a time. What kills a thread is the failure of its task, and a new thread takes its place. */
import { Worker } from 'node:worker_threads';

/** A task that has not answered by then never will: its thread is stopped. No run that is meant to end takes so long. */
const PATIENCE_MS = 15 * 60_000;

export class Threads<Task, Answer> {
  private readonly url: URL;
  private readonly idle: Worker[] = [];
  private readonly all = new Set<Worker>();
  private readonly name: string;
  private readonly patienceMs: number;

  /** `url` is a module that answers each message with one. It finds `name` in its `workerData`. */
  constructor(url: URL, name: string, patienceMs = PATIENCE_MS) {
    this.url = url;
    this.name = name;
    this.patienceMs = patienceMs;
  }

  /** Hands a task to a thread; it is the caller who decides how many at a time. Rejects when the thread dies of it. */
  run(task: Task): Promise<Answer> {
    const worker = this.idle.pop() ?? this.start();
    return new Promise((resolve, reject) => {
      const stuck = setTimeout(() => {
        died(new Error(`it was not done after ${this.patienceMs / 1000} s, and was stopped`));
        void worker.terminate();
      }, this.patienceMs);
      const died = (error: Error) => {
        clearTimeout(stuck);
        this.all.delete(worker);
        reject(error);
      };
      const ended = (code: number) => died(new Error(`the thread that made it ended with code ${code}`));
      worker.once('error', died).once('exit', ended);
      worker.once('message', (answer: Answer) => {
        clearTimeout(stuck);
        worker.off('error', died).off('exit', ended);
        this.idle.push(worker);
        resolve(answer);
      });
      worker.postMessage(task);
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.all].map((worker) => worker.terminate()));
  }

  private start(): Worker {
    const worker = new Worker(this.url, { workerData: this.name });
    this.all.add(worker);
    return worker;
  }
}
