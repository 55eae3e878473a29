/**
 * What is looked at again and again while a run with real software lasts, for its report: who leads, what passed each
 * link, and how long the logs are, by which a moment is found in them.
 */
import { statSync } from 'node:fs';
import type { NodeId } from '../../../systems/node.ts';
import type { LinkCounts } from '../network/node-network.ts';

/** Between two looks, at least; a run has at most so many. */
const STEP_MS = 1000;
const MOST_LOOKS = 240;

/** Columns of looks, `stepMs` apart from the beginning of the clock on. */
export interface Watched {
  readonly stepMs: number;
  /** The node that led, as far as somebody said so in time. */
  readonly leaders: readonly (NodeId | null)[];
  /** By `n1 n2 peer`: bytes that came since the look before, and chunks or packets that a cut held back. */
  readonly links: Readonly<Record<string, { readonly bytes: readonly number[]; readonly held: readonly number[] }>>;
  /** By node: the bytes of its log. */
  readonly logBytes: Readonly<Record<NodeId, readonly number[]>>;
}

interface Surroundings {
  readonly nodes: readonly NodeId[];
  links(): ReadonlyMap<string, LinkCounts>;
  leader(): Promise<NodeId | undefined>;
  logFileOf(node: NodeId): string;
}

export class Watching {
  private readonly around: Surroundings;
  private readonly leaders: (NodeId | null)[] = [];
  private readonly links = new Map<string, { bytes: number[]; held: number[]; sum: Omit<LinkCounts, 'chunks'> }>();
  private readonly logBytes = new Map<NodeId, number[]>();
  private timer: NodeJS.Timeout | undefined;
  private stepMs = STEP_MS;

  constructor(around: Surroundings) {
    this.around = around;
  }

  /** Begins, in a run whose main phase lasts so long. */
  start(durationMs: number): void {
    this.stepMs = Math.max(STEP_MS, Math.ceil((durationMs / MOST_LOOKS) * 2));
    this.timer = setInterval(() => this.look(), this.stepMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  get watched(): Watched {
    const links = [...this.links].map(([link, { bytes, held }]) => [link, { bytes, held }] as const);
    return {
      ...{ stepMs: this.stepMs, leaders: this.leaders, links: Object.fromEntries(links) },
      logBytes: Object.fromEntries(this.logBytes),
    };
  }

  private look(): void {
    const nth = this.leaders.length;
    if (nth >= MOST_LOOKS) return;
    this.leaders.push(null);
    void this.around.leader().then((leader) => {
      this.leaders[nth] = leader ?? null;
    });
    for (const [link, now] of this.around.links()) {
      const known = this.links.get(link) ?? { ...columns(nth), sum: { connections: 0, bytes: 0, held: 0 } };
      this.links.set(link, known);
      known.bytes.push(now.bytes - known.sum.bytes);
      known.held.push(now.held - known.sum.held);
      known.sum = { ...now };
    }
    for (const node of this.around.nodes) {
      const known = this.logBytes.get(node) ?? [];
      this.logBytes.set(node, known);
      known.push(statSync(this.around.logFileOf(node), { throwIfNoEntry: false })?.size ?? 0);
    }
  }
}

/** Of what was not there at the first looks. */
function columns(looks: number): { bytes: number[]; held: number[] } {
  return { bytes: new Array(looks).fill(0), held: new Array(looks).fill(0) };
}
