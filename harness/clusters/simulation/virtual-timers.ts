/** Timers that a library sets, in the time of the node that it runs on. */
import type { Ambient, CallOff } from '../../node/ambient.ts';
import { actingNode, UNHANDLED } from './keeper.ts';

/** As Node.js has them, but that they have no number. */
export class VirtualTimer {
  private readonly ambient: Ambient;
  private readonly task: () => unknown;
  private readonly ms: number;
  private readonly repeats: boolean;
  private callOff: CallOff | undefined;

  constructor(ambient: Ambient, task: () => unknown, ms: unknown, repeats: boolean) {
    this.ambient = ambient;
    this.task = task;
    // As in Node.js, what is no number of ms is one.
    this.ms = typeof ms === 'number' && ms >= 0 && ms < 2 ** 31 ? ms : 1;
    this.repeats = repeats;
    this.start();
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return this.callOff !== undefined;
  }

  refresh(): this {
    this.close();
    this.start();
    return this;
  }

  close(): this {
    this.callOff?.();
    this.callOff = undefined;
    return this;
  }

  private start(): void {
    this.callOff = this.ambient.after(this.ms, () => {
      this.callOff = undefined;
      if (this.repeats) this.start();
      try {
        this.task();
      } catch (error) {
        const acting = actingNode();
        if (!acting) throw error;
        acting.keeper.stray(error, UNHANDLED.uncaughtException);
      }
    });
  }
}

/** Clears a timer of a node; false where the handle is none. */
export function clearTimer(handle: unknown): boolean {
  if (!(handle instanceof VirtualTimer)) return false;
  handle.close();
  return true;
}
