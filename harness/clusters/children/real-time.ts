import type { RunEnd } from './run-end.ts';

/** The harness's clock and its waiting, in real time. */
export class RealTime {
  private readonly end: RunEnd;
  private readonly timers = new Set<NodeJS.Timeout>();
  private zeroMs = performance.now();

  constructor(end: RunEnd) {
    this.end = end;
    end.whenItComes(() => this.wakeNobody());
  }

  /** The clock begins at 0 now. */
  begin(): void {
    this.zeroMs = performance.now();
  }

  elapsed(): number {
    return performance.now() - this.zeroMs;
  }

  /** In whole microseconds. */
  get nowUs(): number {
    return Math.round(this.elapsed() * 1000);
  }

  /** Lets the task happen after so many ms: at once where there are none. Returns what calls it off. */
  schedule(ms: number, task: () => void): () => void {
    if (this.end.hasCome) return () => {};
    if (ms <= 0) {
      task();
      return () => {};
    }
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      task();
    }, ms);
    this.timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.timers.delete(timer);
    };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.end.hasCome) return; // The run is over: whoever waits here is not to go on.
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        void this.turn().then(resolve);
      }, ms);
      this.timers.add(timer);
    });
  }

  /**
   * After a timer Node looks for what has come in, and only then
   * at this: clients that wake up must not be recorded before it.
   */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(() => {
        if (!this.end.hasCome) resolve();
      });
    });
  }

  private wakeNobody(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }
}
