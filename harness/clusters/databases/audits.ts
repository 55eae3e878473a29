/** While a partition lasts, connections are looked at so often. */
const AUDIT_MS = 500;

interface Audited {
  /** What goes around the network, in words. */
  around(): Promise<readonly string[]>;
  /** Whether something is cut now. */
  isCut(): boolean;
  fail(sentence: string): void;
}

/** Looks for what goes around the network between nodes: a run with such a thing proves nothing, and ends. */
export class Audits {
  private readonly audited: Audited;
  private timer: NodeJS.Timeout | undefined;

  constructor(audited: Audited) {
    this.audited = audited;
  }

  async look(): Promise<void> {
    const around = await this.audited.around();
    if (around.length > 0)
      this.audited.fail(`connections go around the network, so that no partition cuts them: ${around.join(', ')}`);
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
