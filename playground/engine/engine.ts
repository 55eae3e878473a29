/** The page's side of a worker. */
import type { Catalogue } from './catalogue.ts';
import type { Asked, Asks, Searching, Told } from './messages.ts';

interface Waiting {
  readonly resolve: (gives: never) => void;
  readonly reject: (error: Error) => void;
  readonly tell: ((so: Searching) => void) | undefined;
}

/** A worker that answers questions one after the other, until it is ended. */
export class Engine {
  /** What can be chosen; there as soon as the worker has loaded. */
  readonly catalogue: Promise<Catalogue>;
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  constructor(worker: Worker) {
    this.worker = worker;
    this.catalogue = new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<Told>) => {
        if ('ready' in data) resolve(data.ready);
        else this.take(data);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        const error = new Error(`the simulator stopped: ${event.message}`);
        reject(error);
        this.fail(error);
      };
    });
  }

  /** Rejects with the sentence that says why it cannot be answered. */
  ask<K extends keyof Asks>(ask: K, of: Asks[K]['of'], tell?: (so: Searching) => void): Promise<Asks[K]['gives']> {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (gives: never) => void, reject, tell });
      this.worker.postMessage({ id, ask, of } as Asked);
    });
  }

  /** Ends the worker, whatever it is doing; what was asked is rejected. */
  end(): void {
    this.worker.terminate();
    this.fail(new Error('cancelled'));
  }

  private take(told: Exclude<Told, { readonly ready: Catalogue }>): void {
    const waiting = this.waiting.get(told.id);
    if (!waiting) return;
    if ('so' in told) {
      waiting.tell?.(told.so);
      return;
    }
    this.waiting.delete(told.id);
    if ('error' in told) waiting.reject(new Error(told.error));
    else waiting.resolve(told.gives as never);
  }

  private fail(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
