/**
 * Log shipping with failover: a follower that hears nothing from its primary takes over by itself,
 * in a new term, with the log it has. Whoever hears of a higher term follows: what its log has
 * beyond the new primary's is dropped. Term t is led by node t mod n, so no term has two primaries.
 *
 * @see Gray, Helland, O'Neil & Shasha, "The Dangers of Replication
 * and a Solution", SIGMOD 1996: lazy master replication.
 * @see Ongaro & Ousterhout, "In Search of an Understandable Consensus
 * Algorithm", USENIX ATC 2014: the check that two logs agree up to a point.
 *
 * Claims replicas that converge, under partition, crash, pause, bad links and skewed
 * clocks. Each side of a partition has its primary, and acknowledged writes that the last
 * one to take over did not have are lost: that is the price of not asking a majority.
 */
import type { Register, Value } from 'elle-ts';
import { atMostOnce } from '../blocks/at-most-once.ts';
import { type FailureDetector, failureDetector } from '../blocks/failure-detector.ts';
import { exclusive } from '../blocks/lock.ts';
import { type Log, log } from '../blocks/log.ts';
import { type Node, type NodeId, Refused } from '../node.ts';
import type { Claim, Design } from '../system.ts';

interface Entry {
  readonly term: number;
  readonly key: string;
  readonly value: Value;
}
interface Update {
  readonly key: string;
  readonly value: Value;
  readonly old?: Value;
}
interface Shipment {
  readonly term: number;
  /** Where the entries belong, and the term of the entry before them. */
  readonly from: number;
  readonly before: number;
  readonly entries: readonly Entry[];
  /** How long the primary's log is. */
  readonly length: number;
}
interface Answer {
  readonly term: number;
  /** Where the next shipment should begin. */
  readonly next: number;
}
interface State {
  readonly copy: Readonly<Record<string, Value>>;
  readonly term: number;
  readonly primary: NodeId;
}

const SHIP_MS = 40;
const PATIENCE_MS = 250;
const BATCH = 50;
const PRIMARY = 'the primary';

async function start(node: Node, keepsSuffix: boolean) {
  const replica = new Replica(node, await log<Entry>(node.disk, 'log'), keepsSuffix);
  await replica.remember();
  const once = await atMostOnce(node);
  once.on('update', (update: Update) => replica.update(update));
  node.on('follow', (shipment: Shipment) => replica.follow(shipment));
  for (const peer of node.peers) void replica.ship(peer);
  void replica.watch();
  const atPrimary = (update: Update) =>
    replica.primary === node.id ? replica.update(update) : once.call<void>(replica.primary, 'update', update);
  return {
    get state(): State {
      return { copy: replica.copy, term: replica.term, primary: replica.primary };
    },
    api: {
      read: async (_: null, key = ''): Promise<Value> => replica.copy[key] ?? null,
      async write(value: Value, key = ''): Promise<null> {
        await atPrimary({ key, value });
        return null;
      },
      async cas([old, value]: readonly [Value, Value], key = ''): Promise<null> {
        await atPrimary({ key, value, old });
        return null;
      },
    },
  };
}

class Replica {
  copy: Record<string, Value> = {};
  term = 0;
  private readonly node: Node;
  private readonly nodes: readonly NodeId[];
  private readonly entries: Log<Entry>;
  private readonly keepsSuffix: boolean;
  private readonly inTurn = exclusive();
  private readonly detector: FailureDetector;

  constructor(node: Node, entries: Log<Entry>, keepsSuffix: boolean) {
    this.node = node;
    this.nodes = [node.id, ...node.peers].sort();
    this.entries = entries;
    this.keepsSuffix = keepsSuffix;
    this.detector = failureDetector(node, PATIENCE_MS, [PRIMARY]);
  }

  get primary(): NodeId {
    return this.nodes[this.term % this.nodes.length] as NodeId;
  }

  async remember(): Promise<void> {
    this.term = (await this.node.disk.read<number>('term')) ?? 0;
    this.detector.heard(PRIMARY);
    this.rebuild();
  }

  update({ key, value, old }: Update): Promise<void> {
    return this.inTurn('log', async () => {
      if (this.primary !== this.node.id) throw new Refused('not the primary');
      // Not a mismatch: a primary that was replaced, or that took
      // over with a part of the log, does not know what is there.
      if (old !== undefined && (this.copy[key] ?? null) !== old)
        throw new Refused('this copy holds another value', { answer: true });
      await this.append({ term: this.term, key, value });
    });
  }

  /** Takes over the primary's log. */
  follow(shipment: Shipment): Promise<Answer> {
    return this.inTurn('log', async () => {
      if (shipment.term < this.term) return { term: this.term, next: 0 };
      await this.adopt(shipment.term);
      this.detector.heard(PRIMARY);
      const next = await this.agreeUpTo(shipment);
      return { term: this.term, next };
    });
  }

  private async agreeUpTo({ term, from, before, entries, length }: Shipment): Promise<number> {
    if (from > this.entries.length) return this.entries.length;
    if (from > 0 && this.termAt(from - 1) !== before) return this.beginOfTerm(from - 1);
    for (const [i, entry] of entries.entries()) {
      if (from + i < this.entries.length && this.termAt(from + i) !== entry.term) await this.drop(from + i);
      if (from + i === this.entries.length) await this.append(entry);
    }
    const end = from + entries.length;
    // What this term's primary wrote itself is never too much: an old shipment must not undo a newer one.
    if (end === length && end < this.entries.length && this.termAt(end) < term) await this.drop(end);
    return end;
  }

  /** Keeps a follower's log like this node's own, while this node is the primary. */
  async ship(follower: NodeId): Promise<void> {
    let next = this.entries.length;
    for (;;) {
      await this.node.sleep(SHIP_MS);
      if (this.primary !== this.node.id) continue;
      const { term } = this;
      const from = Math.min(next, this.entries.length);
      const before = from > 0 ? this.termAt(from - 1) : -1;
      const shipment = { term, from, before, entries: this.entries.slice(from, BATCH), length: this.entries.length };
      const answer = await this.node.call<Answer>(follower, 'follow', shipment, 2 * PATIENCE_MS).catch(() => undefined);
      if (!answer) continue;
      next = answer.next;
      if (answer.term > this.term) await this.inTurn('log', () => this.adopt(answer.term));
    }
  }

  /** Takes over when nothing is heard from the primary. */
  async watch(): Promise<void> {
    let patienceMs = PATIENCE_MS;
    for (;;) {
      await this.node.sleep(SHIP_MS);
      if (this.primary === this.node.id) this.detector.heard(PRIMARY);
      if (this.detector.silentMs(PRIMARY) <= patienceMs) continue;
      patienceMs = PATIENCE_MS * (1 + 2 * this.node.random());
      const round = Math.floor(this.term / this.nodes.length) + 1;
      const mine = round * this.nodes.length + this.nodes.indexOf(this.node.id);
      await this.inTurn('log', () => this.adopt(mine));
      this.node.mark('takes over');
    }
  }

  private async adopt(term: number): Promise<void> {
    if (term <= this.term) return;
    await this.node.disk.write('term', term);
    this.term = term;
    this.detector.heard(PRIMARY);
  }

  private async append(entry: Entry): Promise<void> {
    await this.entries.append(entry);
    this.copy[entry.key] = entry.value;
  }

  private async drop(length: number): Promise<void> {
    await this.entries.truncate(length);
    if (!this.keepsSuffix) this.rebuild();
  }

  private rebuild(): void {
    this.copy = {};
    for (const { key, value } of this.entries.slice(0, this.entries.length)) this.copy[key] = value;
  }

  private termAt(index: number): number {
    return this.entries.slice(index, 1)[0]?.term ?? -1;
  }

  private beginOfTerm(index: number): number {
    let begin = index;
    while (begin > 0 && this.termAt(begin - 1) === this.termAt(index)) begin--;
    return begin;
  }
}

const eventual: Claim = {
  model: 'eventual',
  under: ['partition', 'link', 'crash', 'pause', 'clock'],
  available: 'majority',
  durable: 'no',
  converges: true,
  recoversMs: 3000,
};

function failover(name: string, claim: Claim, keepsSuffix: boolean, flaw?: Design['flaw']): Design<Register, State> {
  return {
    name: `async-replication/${name}`,
    datatype: 'register',
    claims: [claim],
    ...(flaw ? { flaw } : {}),
    primary: (states) => [...states.values()].sort((a, b) => b.term - a.term)[0]?.primary,
    content: ({ copy }) => copy,
    start: (node) => start(node, keepsSuffix),
  };
}

export const failovers: readonly Design<Register, State>[] = [
  failover('failover', eventual, false),
  failover('merged-suffix', eventual, true, {
    says: 'a primary that was replaced keeps what it had not shipped beside what the new one has',
    anomaly: 'divergence',
    at: 'if (!this.keepsSuffix) this.rebuild();',
  }),
  failover('failover-claimed-strong', { ...eventual, model: 'linearizable', converges: false }, false, {
    says: 'a backup takes over with what it happens to have, and the whole is claimed to be one copy',
    anomaly: 'stale-read',
    at: "{ ...eventual, model: 'linearizable', converges: false }",
  }),
];
