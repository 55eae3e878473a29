/**
 * Chain replication: writes enter at the head and go from node to node; what has reached the tail is acknowledged, and the tail answers reads. A
 * replicated master takes silent nodes out of the chain and brings others in at its end; each chain has an epoch, and nobody listens to another's.
 *
 * @see van Renesse & Schneider, "Chain Replication for Supporting High Throughput and Availability", OSDI 2004.
 * @see Terrace & Freedman, "Object Storage on CRAQ: High-Throughput Chain Replication for Read-Mostly Workloads", USENIX ATC 2009: any node
 *   answers reads, from its own copy where it knows that to be acknowledged, otherwise after asking the tail which version is.
 *
 * Claims linearizable reads, writes and compare-and-sets under partition, crash, pause, bad links and skewed clocks, available to a majority once the
 * master has noticed what is gone. The papers assume that failures are detected without error. Here a node may be taken for dead and live, so
 * whoever answers a read first has the master confirm that its epoch is still the newest: that is the price.
 */
import type { Register, Value } from 'elle-ts';
import { atMostOnce } from '../blocks/at-most-once.ts';
import { log } from '../blocks/log.ts';
import type { Node, NodeId } from '../node.ts';
import type { Claim, Invariant, System } from '../system.ts';
import { configurationMaster } from './master.ts';
import { type Entry, Member, type Options, SOUND, type Update } from './member.ts';

interface State {
  readonly epoch: number;
  readonly chain: readonly NodeId[];
  /** Whether the node's log has been made the one of its predecessor in this epoch. */
  readonly synced: boolean;
  readonly entries: readonly Entry[];
  readonly stable: number;
  readonly changes: number;
}

async function start(node: Node, options: Options) {
  const member = new Member(node, options, await log<Entry>(node.disk, 'log'));
  await member.remember();
  const master = await configurationMaster(node, (known) => member.learn(known));
  const once = await atMostOnce(node);
  member.begin(master);
  once.on('update', (update: Update) => member.update(update));
  node.on('read', ({ key }: { key: string }) => member.readHere(key));
  const update = (update: Update) =>
    member.isHead ? member.update(update) : once.call<null>(member.head(), 'update', update);
  return {
    get state(): State {
      return member.state;
    },
    api: {
      read: (_: null, key = ''): Promise<Value> =>
        member.answersReads ? member.readHere(key) : node.call<Value>(member.tail(), 'read', { key }),
      write: (value: Value, key = '') => update({ key, value }),
      cas: ([old, value]: readonly [Value, Value], key = '') => update({ key, value, old }),
    },
  };
}

const claim: Claim = {
  model: 'linearizable',
  under: ['partition', 'link', 'crash', 'pause', 'clock'],
  available: 'majority',
  durable: 'always',
  converges: false,
  recoversMs: 3000,
};

/** Of two neighbours in a chain the first has all that the second has: the paper's update propagation invariant. */
const propagation: Invariant<State> = (states, memory) => {
  let changes = 0;
  for (const state of states.values()) changes += state.changes;
  if (memory.changes === changes) return undefined;
  memory.changes = changes;
  for (const [node, { epoch, chain, entries }] of states) {
    const next = chain[chain.indexOf(node) + 1];
    const follower = next !== undefined && chain.includes(node) ? states.get(next) : undefined;
    if (next === undefined || follower?.epoch !== epoch || !follower.synced) continue;
    const last = follower.entries.length - 1;
    if (last >= 0 && entries[last]?.epoch !== follower.entries[last]?.epoch)
      return `In epoch ${epoch} ${next} has entry ${last + 1}, and ${node}, which is before it in the chain, does not.`;
  }
  return undefined;
};

function chain(name: string, options: Partial<Options>, flaw?: System['flaw']): System<Register, State> {
  return {
    name: `chain/${name}`,
    datatype: 'register',
    claims: [claim],
    ...(flaw ? { flaw } : {}),
    primary: (states) => [...states.values()].sort((a, b) => b.epoch - a.epoch)[0]?.chain[0],
    invariants: { 'update-propagation': propagation },
    start: (node) => start(node, { ...SOUND, ...options }),
  };
}

export const chains: readonly System<Register, State>[] = [
  chain('sound', {}),
  chain('craq', { reads: 'clean' }),
  chain(
    'middle-reads',
    { reads: 'acknowledged' },
    { says: 'every node answers reads with what it knows to be acknowledged', anomaly: 'stale-read' },
  ),
  chain(
    'dirty-reads',
    { reads: 'own' },
    { says: 'every node answers reads with what it has, acknowledged or not', anomaly: 'stale-read' },
  ),
  chain(
    'no-resend',
    { resends: false },
    {
      says: 'a node with a new successor sends it what comes from now on, and not what the old one lost',
      anomaly: 'stale-read',
    },
  ),
  chain(
    'epochs-unchecked',
    { checksEpochs: false },
    {
      says: 'nodes listen to whoever speaks, and a tail reads without asking whether it still is one',
      anomaly: 'stale-read',
    },
  ),
  chain(
    'joins-too-early',
    { syncsFirst: false },
    { says: 'a new tail answers reads before it has what the others have', anomaly: 'stale-read' },
  ),
];
