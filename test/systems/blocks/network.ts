/**
 * Nodes in one process whose messages wait until the test lets them go,
 * in any order, twice or never. Time passes when the test says so.
 */
import type { Disk, Node, NodeId } from '../../../systems/node.ts';

interface Waiting {
  go(): Promise<void>;
  /** Whoever waits for an answer gives up. */
  lost?(): void;
}

export class Network {
  readonly waiting: Waiting[] = [];
  private readonly handlers = new Map<string, (message: never, from: NodeId) => unknown>();
  private sleepers: (() => void)[] = [];
  private readonly names: readonly NodeId[];
  private readonly chance: () => number;

  constructor(names: readonly NodeId[], chance: () => number) {
    this.names = names;
    this.chance = chance;
  }

  node(id: NodeId): Node {
    const entries = new Map<string, string>();
    const disk: Disk = {
      read: async <T>(key: string) => (entries.has(key) ? (JSON.parse(entries.get(key)!) as T) : undefined),
      write: async (key, value) => {
        entries.set(key, JSON.stringify(value));
      },
    };
    const arrive = async (to: NodeId, kind: string, text: string) =>
      this.handlers.get(`${to} ${kind}`)?.(JSON.parse(text) as never, id);
    return {
      id,
      peers: this.names.filter((name) => name !== id),
      disk,
      now: () => 0,
      elapsed: () => 0,
      random: this.chance,
      mark: () => {},
      sleep: () => new Promise((resolve) => this.sleepers.push(resolve)),
      on: (kind, handler) => void this.handlers.set(`${id} ${kind}`, handler),
      send: (to, kind, message) => {
        const text = JSON.stringify(message ?? null);
        this.waiting.push({ go: async () => void (await arrive(to, kind, text)) });
      },
      call: <R>(to: NodeId, kind: string, message?: unknown) => {
        const text = JSON.stringify(message ?? null);
        return new Promise<R>((resolve, reject) => {
          this.waiting.push({
            lost: () => reject(new Error('lost')),
            go: async () => resolve(JSON.parse(JSON.stringify(await arrive(to, kind, text))) as R),
          });
        });
      },
    };
  }

  /** Lets one message go; with `again` it waits for another time as well. */
  async deliver(at: number, again = false): Promise<void> {
    const message = this.waiting[at % this.waiting.length];
    if (!message) return;
    if (!again) this.waiting.splice(at % this.waiting.length, 1);
    await message.go();
    await settle();
  }

  /** Loses one message. */
  lose(at: number): void {
    const [message] = this.waiting.splice(at % (this.waiting.length || 1), 1);
    message?.lost?.();
  }

  /** Whoever sleeps wakes up. */
  async pass(): Promise<void> {
    const awake = this.sleepers;
    this.sleepers = [];
    for (const wake of awake) wake();
    await settle();
  }
}

/** Everything that can go on without another message or more time has gone on. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
