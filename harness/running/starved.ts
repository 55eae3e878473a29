/** How much of a run's silence the machine is to blame for. */

import type { Cluster, Starved } from '../clusters/cluster.ts';

const NOBODY: Starved = { harness: 0, nodes: {} };

/** What was starved so far; nobody where time is virtual. */
async function starvedIn(cluster: Cluster): Promise<Starved> {
  return (await cluster.starved?.()) ?? NOBODY;
}

/**
 * What was starved from one look to another, all together: who waits for an answer that goes through
 * several processes waits for each of them. A node that has started again meanwhile counts from nothing.
 */
function starvedBetween(before: Starved, after: Starved): number {
  const nodes = Object.entries(after.nodes).map(([node, ms]) => {
    const had = before.nodes[node] ?? 0;
    return ms < had ? ms : ms - had;
  });
  return nodes.reduce((sum, ms) => sum + ms, Math.max(0, after.harness - before.harness));
}

/**
 * A moment without the processor may cost a system several times as long: a vote
 * that comes too late is an election that begins again. So a wait is a system's
 * own doing only in so far as it is longer than this many times what was starved.
 */
const STRETCH = 4;

/** Of this wait, how much was certainly not the machine's doing. */
export function certainlyWaited(waitedMs: number, starvedMs: number): number {
  return waitedMs - STRETCH * starvedMs;
}

/** So much in all, of the harness and the nodes. */
export function starvedInAll({ harness, nodes }: Starved): number {
  return Object.values(nodes).reduce((sum, ms) => sum + ms, harness);
}

/** A machine that is too busy for good is not waited for longer than this beyond a deadline. */
const MOST_EXTRA_MS = 20_000;

/** A deadline in the time of a run that what the machine takes away puts off. Begins when it is made. */
export class Patience {
  readonly fromMs: number;
  /** What was starved since, when somebody looked last. */
  starvedMs = 0;
  private readonly cluster: Cluster;
  private readonly elapsed: () => number;
  /** What was starved when it began. */
  readonly before: Starved;
  private looking: Promise<void> | undefined;

  private constructor(cluster: Cluster, elapsed: () => number, before: Starved) {
    this.cluster = cluster;
    this.elapsed = elapsed;
    this.before = before;
    this.fromMs = elapsed();
  }

  static async begin(cluster: Cluster, elapsed: () => number): Promise<Patience> {
    return new Patience(cluster, elapsed, await starvedIn(cluster));
  }

  get waitedMs(): number {
    return this.elapsed() - this.fromMs;
  }

  /** Whether so many ms have certainly passed since it began, or there is no hope that they ever will. */
  async isOver(ms: number): Promise<boolean> {
    if (certainlyWaited(this.waitedMs, this.starvedMs) < ms && this.waitedMs < ms + MOST_EXTRA_MS) return false;
    await this.look();
    return certainlyWaited(this.waitedMs, this.starvedMs) >= ms || this.waitedMs >= ms + MOST_EXTRA_MS;
  }

  /** Asks what was starved since; several that ask at once share the question. */
  look(): Promise<void> {
    this.looking ??= starvedIn(this.cluster).then((now) => {
      this.starvedMs = starvedBetween(this.before, now);
      this.looking = undefined;
    });
    return this.looking;
  }
}
