import type { Rooted } from '../children/node-processes.ts';
import { connectionsAround } from './owners.ts';

/** While a partition lasts, connections are looked at so often. */
const AUDIT_MS = 500;

interface Audited {
  rooted(): readonly Rooted[];
  /** Whether something is cut now. */
  isCut(): boolean;
  fail(sentence: string): void;
}

/** Looks for connections between nodes that pass no proxy: a run with one proves nothing, and ends. */
export class Audits {
  private readonly audited: Audited;
  private timer: NodeJS.Timeout | undefined;

  constructor(audited: Audited) {
    this.audited = audited;
  }

  async look(): Promise<void> {
    const around = await connectionsAround(this.audited.rooted());
    if (around.length > 0)
      this.audited.fail(`connections go around the proxies, so that no partition cuts them: ${around.join(', ')}`);
  }

  /** Looks again and again while something is cut. */
  start(): void {
    this.timer = setInterval(() => {
      if (this.audited.isCut()) void this.look();
    }, AUDIT_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
