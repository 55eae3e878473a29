/**
 * A causal store: every node answers from its own copy, and a write becomes visible at another
 * node only when everything that was visible where it was made is visible there too. What
 * a write depends on is a vector clock; nodes fetch from each other what they miss, in order.
 *
 * @see Lloyd, Freedman, Kaminsky & Andersen, "Don't Settle for Eventual: Scalable
 * Causal Consistency for Wide-Area Storage with COPS", SOSP 2011: dependencies are
 * checked before a write becomes visible, and of concurrent ones the last writer wins.
 * @see Ahamad, Neiger, Burns, Kohli & Hutto, "Causal Memory: Definitions,
 * Implementation, and Programming", Distributed Computing 1995.
 *
 * Claims causal consistency and convergence for clients that stay with their node,
 * under partition, crash, pause, bad links and skewed clocks, available everywhere.
 */
import type { Register, Value } from 'elle-ts';
import { compareTimestamps, hybridClock, type Timestamp } from '../blocks/hybrid-clock.ts';
import { exclusive } from '../blocks/lock.ts';
import { type Log, log } from '../blocks/log.ts';
import { onlyForward } from '../blocks/only-forward.ts';
import { covers, type VectorClock } from '../blocks/vector-clock.ts';
import { type Node, type NodeId, Refused } from '../node.ts';
import type { Claim, Design } from '../system.ts';

interface Update {
  readonly origin: NodeId;
  /** Its place among the updates of its origin, from 1. */
  readonly number: number;
  /** How many updates of each node were visible where it was made. */
  readonly after: VectorClock;
  readonly stamp: Timestamp;
  readonly key: string;
  readonly value: Value;
}

export interface State {
  readonly visible: Readonly<Record<string, Pick<Update, 'stamp' | 'value'>>>;
  /** How many updates of each node are visible here. */
  readonly seen: VectorClock;
}

const GOSSIP_MS = 60;
const BATCH = 50;

export interface Options {
  /** An update becomes visible as it comes, whatever it depends on. */
  readonly unchecked: boolean;
  /** A restarted node does not say any more on what its writes depend: only its first life kept count. */
  readonly forgetsDependencies: boolean;
}

async function start(node: Node, options: Options) {
  const replica = new CausalReplica(node, options);
  await replica.remember();
  replica.answerPeers();
  void replica.fetch();
  return {
    get state(): State {
      return replica.state;
    },
    api: {
      read: async (_: null, key = ''): Promise<Value> => replica.read(key),
      async write(value: Value, key = ''): Promise<null> {
        await replica.write(key, value);
        return null;
      },
      async cas(): Promise<null> {
        throw new Refused('writers do not wait for each other here: there is no compare-and-set');
      },
    },
  };
}

export class CausalReplica {
  private readonly node: Node;
  private readonly options: Options;
  private readonly clock: ReturnType<typeof hybridClock>;
  /** The visible updates of each node, each a log on disk. */
  private readonly logs = new Map<NodeId, Log<Update>>();
  private readonly visible: Record<string, Update> = {};
  private readonly inTurn = exclusive();
  private restarted = false;

  constructor(node: Node, options: Options) {
    this.node = node;
    this.options = options;
    this.clock = hybridClock(node);
  }

  get state(): State {
    return { visible: this.visible, seen: this.seen() };
  }

  async remember(): Promise<void> {
    for (const origin of [this.node.id, ...this.node.peers]) {
      const updates = await log<Update>(this.node.disk, `updates of ${origin}`);
      this.logs.set(origin, updates);
      for (const update of updates.slice(0, updates.length)) this.show(update);
    }
    this.restarted = Object.keys(this.seen()).length > 0;
  }

  answerPeers(): void {
    this.node.on('update', (update: Update) => this.take([update]));
    this.node.on('since', (seen: VectorClock) => this.missing(seen));
  }

  /** Asks one other after the other for what this node has not seen. */
  async fetch(): Promise<void> {
    const { node } = this;
    for (let turn = 0; node.peers.length > 0; turn++) {
      await node.sleep(GOSSIP_MS * (0.5 + node.random()));
      const peer = node.peers[turn % node.peers.length]!;
      const updates = await node.call<readonly Update[]>(peer, 'since', this.seen(), 3 * GOSSIP_MS).catch(() => []);
      await this.take(updates);
    }
  }

  read(key: string): Value {
    return this.visible[key]?.value ?? null;
  }

  async write(key: string, value: Value): Promise<void> {
    const { node } = this;
    const update = await this.inTurn('updates', async () => {
      const number = this.logOf(node.id).length + 1;
      const made: Update = { origin: node.id, number, after: this.context(), stamp: this.clock.tick(), key, value };
      await this.apply(made);
      return made;
    });
    for (const peer of node.peers) node.send(peer, 'update', update);
  }

  /** What a write made now depends on. */
  private context(): VectorClock {
    return this.restarted && this.options.forgetsDependencies ? {} : this.seen();
  }

  seen(): VectorClock {
    const seen: Record<NodeId, number> = {};
    for (const [origin, updates] of this.logs) if (updates.length > 0) seen[origin] = updates.length;
    return seen;
  }

  private logOf(origin: NodeId): Log<Update> {
    return this.logs.get(origin) as Log<Update>;
  }

  private missing(seen: VectorClock): readonly Update[] {
    return [...this.logs].flatMap(([origin, updates]) => updates.slice(seen[origin] ?? 0, BATCH));
  }

  /**
   * Makes visible what can be, again and again, since one update
   * may be what another waits for. The rest will be fetched again.
   */
  private take(updates: readonly Update[]): Promise<void> {
    return this.inTurn('updates', async () => {
      let waiting = updates;
      for (;;) {
        const ready = waiting.find((update) => this.isReady(update));
        if (!ready) return;
        await this.apply(ready);
        waiting = waiting.filter((update) => update !== ready);
      }
    });
  }

  private isReady({ origin, number, after }: Update): boolean {
    if (number !== this.logOf(origin).length + 1) return false;
    return this.options.unchecked || covers(this.seen(), after);
  }

  private async apply(update: Update): Promise<void> {
    this.clock.witness(update.stamp);
    await this.logOf(update.origin).append(update);
    this.show(update);
  }

  private show(update: Update): void {
    this.clock.witness(update.stamp);
    const known = this.visible[update.key];
    if (!known || compareTimestamps(update.stamp, known.stamp) > 0) this.visible[update.key] = update;
  }
}

export const SOUND: Options = { unchecked: false, forgetsDependencies: false };

const claim: Claim = {
  model: 'causal',
  under: ['partition', 'link', 'crash', 'pause', 'clock'],
  available: 'total',
  durable: 'no',
  converges: true,
  recoversMs: 1000,
};

/** What holds of all nodes' states, and what they converge to. */
export const watched: Pick<Design<Register, State>, 'invariants' | 'content'> = {
  invariants: {
    'vectors-never-shrink': onlyForward(
      'the count',
      ({ seen }: State) => seen,
      (older, newer) => newer < older,
    ),
    'visible-with-dependencies': (states) => {
      for (const [id, { seen }] of states) {
        for (const [other, { seen: theirs }] of states) {
          // A node knows best how many updates it has made itself: nobody can have seen more of them.
          if ((theirs[id] ?? 0) > (seen[id] ?? 0)) return `${other} sees more updates of ${id} than ${id} has made.`;
        }
      }
      return undefined;
    },
  },
  content: ({ visible }) => Object.fromEntries(Object.entries(visible).map(([key, { value }]) => [key, value])),
};

function causalStore(name: string, options: Partial<Options>, flaw?: Design['flaw']): Design<Register, State> {
  return {
    name: `tunable-store/${name}`,
    datatype: 'register',
    without: ['cas'],
    claims: [claim],
    ...(flaw ? { flaw } : {}),
    ...watched,
    start: (node) => start(node, { ...SOUND, ...options }),
  };
}

export const causalStores: readonly Design<Register, State>[] = [
  causalStore('causal', {}),
  causalStore(
    'no-dependency-check',
    { unchecked: true },
    {
      says: 'an update becomes visible before what it depends on',
      anomaly: 'causally-stale-read',
      at: 'this.options.unchecked || covers(this.seen(), after)',
    },
  ),
  causalStore(
    'dependencies-lost',
    { forgetsDependencies: true },
    {
      says: 'a restarted node does not say any more on what its writes depend',
      anomaly: 'causally-stale-read',
      at: 'this.options.forgetsDependencies ? {} : this.seen()',
    },
  ),
];
