/**
 * A node's two clocks under clock faults, and the timers that run on the monotonic one. Both clusters use it: the simulation with virtual
 * time, a child with its own.
 */
import type { ClockFault } from './faults/fault.ts';

/** Runs a task after so many true ms. */
export type Schedule = (ms: number, task: () => void) => void;

interface Timer {
  readonly deadline: number;
  readonly task: () => void;
  done: boolean;
}

export class LocalClock {
  private readonly trueMs: () => number;
  private readonly schedule: Schedule;
  private readonly faults = new Map<number, ClockFault & { readonly beganMs: number }>();
  private readonly timers = new Set<Timer>();
  private rate = 1;
  /** The monotonic clock read `base` at true time `since`, and has run at `rate` from there. */
  private base = 0;
  private since = 0;

  constructor(trueMs: () => number, schedule: Schedule) {
    this.trueMs = trueMs;
    this.schedule = schedule;
    this.since = trueMs();
  }

  /** The monotonic clock in ms: never steps, but drifts. */
  elapsed(): number {
    return this.base + (this.trueMs() - this.since) * this.rate;
  }

  /** The wall clock in ms: true time, plus what the faults that last now make of it. */
  now(): number {
    const trueMs = this.trueMs();
    let offset = 0;
    for (const fault of this.faults.values()) offset += offsetOf(fault, trueMs - fault.beganMs);
    return trueMs + offset;
  }

  begin(fault: ClockFault): void {
    this.faults.set(fault.id, { ...fault, beganMs: this.trueMs() });
    this.setRate();
  }

  end(id: number): void {
    this.faults.delete(id);
    this.setRate();
  }

  heal(): void {
    this.faults.clear();
    this.setRate();
  }

  /** Runs the task once the monotonic clock has gone on by so many ms. */
  after(ms: number, task: () => void): void {
    const timer = { deadline: this.elapsed() + Math.max(0, ms), task, done: false };
    this.timers.add(timer);
    this.schedule(Math.max(0, ms) / this.rate, () => this.ring(timer));
  }

  private ring(timer: Timer): void {
    if (timer.done) return;
    const left = timer.deadline - this.elapsed();
    if (left > 0.0005) {
      this.schedule(left / this.rate, () => this.ring(timer));
      return;
    }
    timer.done = true;
    this.timers.delete(timer);
    timer.task();
  }

  private setRate(): void {
    let rate = 1;
    for (const fault of this.faults.values()) if (fault.how === 'drift') rate *= fault.rate ?? 1;
    if (rate === this.rate) return;
    this.base = this.elapsed();
    this.since = this.trueMs();
    this.rate = rate;
    for (const timer of this.timers) {
      this.schedule(Math.max(0, timer.deadline - this.base) / rate, () => this.ring(timer));
    }
  }
}

/** How far a fault moves the wall clock, so long after it began. */
function offsetOf(fault: ClockFault, forMs: number): number {
  if (fault.how === 'step') return fault.byMs;
  if (fault.how === 'drift') return ((fault.rate ?? 1) - 1) * forMs;
  return Math.floor(forMs / Math.max(1, fault.periodMs ?? 100)) % 2 === 0 ? fault.byMs : 0;
}
