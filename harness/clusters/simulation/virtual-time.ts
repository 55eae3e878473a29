import { type Event, EventQueue } from './queue.ts';

/**
 * The simulation's clock, and what is to happen. Time is counted
 * in whole microseconds, so that sums of delays are exact.
 */
export class VirtualTime {
  readonly queue = new EventQueue();
  nowUs = 0;

  /** In ms. */
  elapsed(): number {
    return this.nowUs / 1000;
  }

  /** Lets the task happen after so many ms of virtual time. Returns what calls it off. */
  schedule(ms: number, task: () => void): () => void {
    const event: Event = { task };
    this.queue.push(this.nowUs + Math.max(0, Math.round(ms * 1000)), event);
    return () => {
      event.task = undefined;
    };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(ms, resolve);
    });
  }
}
