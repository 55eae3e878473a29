/** One direction of a TCP connection through a proxy: what was read and waits to be written, in order. */
import type { Socket } from 'node:net';
import type { NodeId } from '../../../systems/node.ts';

/** So much of one direction waits here; what is more waits in the sender's own buffers, as it would in a network. */
const MOST_HELD = 1 << 20;
/** Without any byte back, as where only the way back is cut, a sender's window closes after so many. */
const WINDOW = 1 << 16;
/** A reset is not told through a cut, and is tried again after so long. */
const RETRY_MS = 20;

/** What decides what may flow. */
export interface Gate {
  /** Whether this direction is cut now. */
  isCut(from: NodeId, to: NodeId): boolean;
  /** A chunk, or an end, of so many bytes came: returns how late it is to be, in ms, and notes what holds it back. */
  came(pump: Pump, bytes: number): number;
  /** So many bytes were handed on. */
  passed(pump: Pump, bytes: number): void;
}

interface Waiting {
  readonly data: Buffer | 'end';
  /** By a clock that nobody sets: the harness's begins anew when the cluster has formed. */
  readonly dueMs: number;
}

export class Pump {
  readonly from: NodeId;
  readonly to: NodeId;
  /** The same connection, the other way. */
  back: Pump | undefined;
  private readonly source: Socket;
  private readonly sink: Socket;
  private readonly gate: Gate;
  private waiting: Waiting[] = [];
  private heldBytes = 0;
  private lastDueMs = 0;
  private sinceBack = 0;
  private timer: NodeJS.Timeout | undefined;
  private isSourceGone = false;

  constructor(from: NodeId, to: NodeId, source: Socket, sink: Socket, gate: Gate) {
    this.from = from;
    this.to = to;
    this.source = source;
    this.sink = sink;
    this.gate = gate;
    source.on('data', (data) => this.take(data));
    source.on('end', () => this.take('end'));
    source.on('close', () => {
      this.isSourceGone = true;
      this.flow();
    });
    sink.on('drain', () => this.flow());
  }

  /** Whether nothing will pass any more. */
  get isOver(): boolean {
    return this.isSourceGone && this.waiting.length === 0 && this.sink.destroyed;
  }

  /** Hands on what may pass now. */
  flow(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.waiting.length > 0 && !this.isHeld()) {
      const { data, dueMs } = this.waiting[0]!;
      const waitMs = dueMs - performance.now();
      if (waitMs > 0.5) {
        this.again(waitMs);
        return;
      }
      this.waiting.shift();
      if (data === 'end') this.sink.end();
      else this.write(data);
    }
    if (this.waiting.length === 0 && this.isSourceGone && !this.sink.destroyed) this.tellGone();
    if (this.heldBytes <= MOST_HELD && !this.sink.writableNeedDrain) this.source.resume();
    else this.source.pause();
  }

  close(): void {
    clearTimeout(this.timer);
    this.waiting = [];
    this.source.destroy();
    this.sink.destroy();
  }

  private take(data: Buffer | 'end'): void {
    const bytes = data === 'end' ? 0 : data.length;
    const lateMs = this.gate.came(this, bytes);
    // TCP keeps the order: nothing overtakes what was sent before it.
    this.lastDueMs = Math.max(this.lastDueMs, performance.now() + (data === 'end' ? 0 : lateMs));
    this.waiting.push({ data, dueMs: this.lastDueMs });
    this.heldBytes += bytes;
    this.flow();
  }

  private write(data: Buffer): void {
    this.heldBytes -= data.length;
    if (this.sink.destroyed) return;
    this.sink.write(data);
    this.sinceBack += data.length;
    if (this.back) this.back.sinceBack = 0;
    this.gate.passed(this, data.length);
  }

  private isHeld(): boolean {
    if (this.gate.isCut(this.from, this.to)) return true;
    return this.sinceBack >= WINDOW && this.gate.isCut(this.to, this.from);
  }

  /** The other end learns that this one is gone once it could: nobody hears of a crash through a cut. */
  private tellGone(): void {
    if (this.gate.isCut(this.from, this.to)) this.again(RETRY_MS);
    else this.sink.destroy();
  }

  private again(afterMs: number): void {
    this.timer = setTimeout(() => this.flow(), afterMs);
  }
}
