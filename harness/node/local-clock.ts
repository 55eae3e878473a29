/**
 * A node's two clocks under clock faults, and the timers that run on the monotonic one.
 * Both clusters use it: the simulation with virtual time, a child with its own.
 */
import type { ClockFault } from '../faults/clock.ts';

/** Runs a task after so many true ms; what it answers calls the task off. */
export type Schedule = (ms: number, task: () => void) => () => void;

interface Timer {
  readonly deadline: number;
  readonly task: () => void;
  /** Calls off the waking that it waits for now. */
  callOff: () => void;
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
    for (const fault of this.faults.values()) offset += wallOffsetOf(fault, trueMs - fault.beganMs);
    return trueMs + offset;
  }

  /** `beganMs` is true time: a node that starts again comes back into a fault that began before. */
  begin(fault: ClockFault, beganMs = this.trueMs()): void {
    this.faults.set(fault.id, { ...fault, beganMs });
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

  /** Runs the task once the monotonic clock has gone on by so many ms; what it answers calls the task off. */
  after(ms: number, task: () => void): () => void {
    const timer: Timer = { deadline: this.elapsed() + Math.max(0, ms), task, callOff: nothing };
    this.timers.add(timer);
    this.arm(timer, Math.max(0, ms) / this.rate);
    return () => {
      if (this.timers.delete(timer)) timer.callOff();
    };
  }

  private arm(timer: Timer, trueMs: number): void {
    timer.callOff = this.schedule(trueMs, () => {
      const left = timer.deadline - this.elapsed();
      // Rounding may wake it a moment early; a microsecond more is certain to get on.
      if (left > 0.0005) return this.arm(timer, left / this.rate + 0.001);
      this.timers.delete(timer);
      return timer.task();
    });
  }

  private setRate(): void {
    let rate = 1;
    for (const fault of this.faults.values()) if (fault.how === 'drift') rate *= fault.rate ?? 1;
    if (rate === this.rate) return;
    this.base = this.elapsed();
    this.since = this.trueMs();
    this.rate = rate;
    for (const timer of this.timers) {
      timer.callOff();
      this.arm(timer, Math.max(0, timer.deadline - this.base) / rate);
    }
  }
}

const nothing = () => {};

/** How far a fault moves the wall clock, so long after it began. */
export function wallOffsetOf(fault: ClockFault, forMs: number): number {
  if (fault.how === 'step') return fault.byMs;
  if (fault.how === 'drift') return ((fault.rate ?? 1) - 1) * forMs;
  return Math.floor(forMs / Math.max(1, fault.periodMs ?? 100)) % 2 === 0 ? fault.byMs : 0;
}
