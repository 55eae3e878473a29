/**
 * Log shipping: the first node orders all writes in a log on its disk and acknowledges them;
 * the others take the log over entry by entry, without gaps, asking again for what was lost.
 * Reads are answered from a node's own copy, so they may be old, but never go back.
 *
 * @see Gray, Helland, O'Neil & Shasha, "The Dangers of Replication
 * and a Solution", SIGMOD 1996: lazy master replication.
 * @see Terry et al., "Session Guarantees for Weakly Consistent Replicated Data", PDIS 1994: monotonic reads.
 *
 * Claims replicas that converge and reads that are monotonic for a client that stays with
 * its node, under partition, crash, pause, bad links and skewed clocks. There is no failover:
 * while the first node is away nobody writes, and nothing that was acknowledged is lost.
 */
import type { Register, Value } from 'elle-ts';
import { atMostOnce } from '../blocks/at-most-once.ts';
import { exclusive } from '../blocks/lock.ts';
import { type Log, log } from '../blocks/log.ts';
import { type Node, type NodeId, Refused } from '../node.ts';
import type { Claim, Design, Invariant } from '../system.ts';

interface Entry {
  readonly key: string;
  readonly value: Value;
}
type Update = Entry & { readonly old?: Value };
interface State {
  readonly copy: Readonly<Record<string, Value>>;
  readonly log: readonly Entry[];
}
type Shipment = { readonly from: number; readonly entries: readonly Entry[] };

const SHIP_MS = 25;
const PATIENCE_MS = 200;
const BATCH = 50;

interface Options {
  /** What was shipped once is not shipped again. */
  readonly forgetful: boolean;
  /** Entries are applied as they come, whatever is missing before them. */
  readonly acceptGaps: boolean;
  /** After a crash, shipping continues at the length of the log, not where the follower stands. */
  readonly resumeAtEnd: boolean;
}

const SOUND: Options = { forgetful: false, acceptGaps: false, resumeAtEnd: false };

async function start(node: Node, options: Options) {
  const [primary, ...followers] = [node.id, ...node.peers].sort() as [NodeId, ...NodeId[]];
  const once = await atMostOnce(node);
  const entries = await log<Entry>(node.disk, 'log');
  const copy: Record<string, Value> = {};
  for (const { key, value } of entries.slice(0, entries.length)) copy[key] = value;
  const inTurn = exclusive();

  async function append(entry: Entry): Promise<void> {
    await entries.append(entry);
    copy[entry.key] = entry.value;
  }

  const update = ({ key, value, old }: Update) =>
    inTurn('log', async () => {
      if (old !== undefined && (copy[key] ?? null) !== old) throw new Refused('mismatch', { answer: true });
      await append({ key, value });
    });

  /** Takes over what is new, and returns how far the log goes. */
  const follow = (shipment: Shipment) =>
    inTurn('log', async () => {
      const missing = options.acceptGaps ? 0 : entries.length - shipment.from;
      if (missing >= 0) for (const entry of shipment.entries.slice(missing)) await append(entry);
      return entries.length;
    });

  once.on('update', update);
  node.on('follow', follow);
  if (node.id === primary) for (const follower of followers) void ship(node, entries, follower, options);

  const atPrimary = (message: Update) =>
    node.id === primary ? update(message) : once.call<void>(primary, 'update', message);

  return {
    state: { copy, log: entries.entries },
    api: {
      read: async (_: null, key = ''): Promise<Value> => copy[key] ?? null,
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

/** Keeps a follower's log growing: it says itself how far it has come. */
async function ship(node: Node, entries: Log<Entry>, follower: NodeId, options: Options): Promise<void> {
  let reached = options.resumeAtEnd ? entries.length : 0;
  let known = options.resumeAtEnd;
  for (;;) {
    await node.sleep(SHIP_MS);
    if (known && reached >= entries.length) continue;
    const shipment: Shipment = { from: reached, entries: known ? entries.slice(reached, BATCH) : [] };
    const answer = await node.call<number>(follower, 'follow', shipment, PATIENCE_MS).catch(() => undefined);
    if (options.forgetful) reached += shipment.entries.length;
    else if (answer !== undefined) reached = answer;
    known ||= answer !== undefined;
  }
}

const UNDER = ['partition', 'link', 'crash', 'pause', 'clock'] as const;
const common = { under: UNDER, available: 'primary-side', durable: 'always', recoversMs: 2000 } as const;
const CLAIMS: readonly Claim[] = [
  { model: 'eventual', converges: true, ...common },
  { model: 'monotonic-reads', converges: false, ...common },
];

/** Every log is the beginning of one and the same: what stands at a place never changes, at any node. */
const oneLog: Invariant<State> = (states, memory) => {
  memory.all ??= [];
  memory.compared ??= {};
  const all = memory.all as Entry[];
  const compared = memory.compared as Record<NodeId, number>;
  for (const [node, { log }] of states) {
    let at = Math.min(compared[node] ?? 0, log.length);
    for (; at < log.length; at++) {
      const entry = log[at] as Entry;
      all[at] ??= entry;
      if (entry.key !== all[at]?.key || entry.value !== all[at]?.value)
        return `${node} has ${JSON.stringify(entry)} at place ${at} of its log, where ${JSON.stringify(all[at])} has been.`;
    }
    compared[node] = at;
  }
  return undefined;
};

function logShipping(
  name: string,
  options: Partial<Options>,
  flaw?: Design['flaw'],
  claims: readonly Claim[] = CLAIMS,
): Design<Register, State> {
  return {
    name: `async-replication/${name}`,
    datatype: 'register',
    claims,
    ...(flaw ? { flaw } : {}),
    invariants: { 'one-log': oneLog },
    content: ({ copy }) => copy,
    primary: (states) => [...states.keys()].sort()[0],
    start: (node) => start(node, { ...SOUND, ...options }),
  };
}

export const logShippings: readonly Design<Register, State>[] = [
  logShipping('sound', {}),
  logShipping(
    'no-retransmission',
    { forgetful: true, acceptGaps: true },
    {
      says: 'what was shipped once is never shipped again, so a partition leaves a gap forever',
      anomaly: 'divergence',
      at: 'if (options.forgetful) reached += shipment.entries.length;',
    },
  ),
  logShipping(
    'out-of-order',
    { acceptGaps: true },
    {
      says: 'a follower applies entries as they come: late and duplicated ones again',
      anomaly: 'divergence',
      at: 'const missing = options.acceptGaps ? 0 : entries.length - shipment.from;',
    },
  ),
  logShipping(
    'wrong-offset',
    { resumeAtEnd: true, acceptGaps: true },
    {
      says: 'after a crash the primary ships on from the end of its log, not from where its follower stands',
      anomaly: 'divergence',
      at: 'let reached = options.resumeAtEnd ? entries.length : 0;',
    },
  ),
  logShipping(
    'replica-reads-claimed-strong',
    {},
    {
      says: 'every replica answers reads from what has reached it, and the whole is claimed to be one copy',
      anomaly: 'stale-read',
      at: "{ model: 'linearizable', converges: false, ...common }",
    },
    [{ model: 'linearizable', converges: false, ...common }],
  ),
];
