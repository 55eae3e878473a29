/** How long this process was kept from running: by a busy machine, or by work of its own. What it saw late may have happened in time. */
const TICK_MS = 50;
/** Timers are never quite on time. */
const USUAL_MS = 10;

export class Starvation {
  private lastMs = performance.now();
  private sumMs = 0;
  private readonly ticking = setInterval(() => this.tick(), TICK_MS).unref();

  /** So many ms so far. */
  get ms(): number {
    return this.sumMs + this.lateMs();
  }

  stop(): void {
    clearInterval(this.ticking);
  }

  private tick(): void {
    this.sumMs += this.lateMs();
    this.lastMs = performance.now();
  }

  private lateMs(): number {
    const late = performance.now() - this.lastMs - TICK_MS;
    return late > USUAL_MS ? late : 0;
  }
}
