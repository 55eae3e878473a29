/**
 * Chain replication: writes enter at the head and go from node to node; what has reached the tail
 * is acknowledged, and the tail answers reads. A replicated master takes silent nodes out of the
 * chain and brings others in at its end; each chain has an epoch, and nobody listens to another's.
 *
 * @see van Renesse & Schneider, "Chain Replication for Supporting High Throughput and Availability", OSDI 2004.
 * @see Terrace & Freedman, "Object Storage on CRAQ: High-Throughput Chain Replication for
 *   Read-Mostly Workloads", USENIX ATC 2009: any node answers reads, from its own copy where
 *   it knows that to be acknowledged, otherwise after asking the tail which version is.
 *
 * Claims linearizable reads, writes and compare-and-sets under partition, crash, pause, bad links and
 * skewed clocks, available to a majority once the master has noticed what is gone. The papers assume
 * that failures are detected without error. Here a node may be taken for dead and live, so whoever
 * answers a read first has the master confirm that its epoch is still the newest: that is the price.
 */
import type { Register, Value } from 'elle-ts';
import { atMostOnce } from '../blocks/at-most-once.ts';
import { exclusive } from '../blocks/lock.ts';
import { log } from '../blocks/log.ts';
import type { Node, NodeId } from '../node.ts';
import type { Claim, Invariant } from '../system.ts';
import { type Stepped, stepped } from '../twin.ts';
import { type Configuration, configurationMaster } from './master.ts';
import { type Member, type Steps, steps } from './member.ts';
import type { Entry, Forward, Stored, Update } from './messages.ts';

interface State {
  readonly epoch: number;
  readonly chain: readonly NodeId[];
  /** Whether the node's log has been made the one of its predecessor in this epoch. */
  readonly synced: boolean;
  readonly entries: readonly Entry[];
  readonly stable: number;
  readonly changes: number;
}

async function start(node: Node, given: Steps) {
  const member: Member = {
    ...given,
    node,
    log: await log<Entry>(node.disk, 'log'),
    inTurn: exclusive(),
    waiting: new Map(),
    master: undefined,
    epoch: (await node.disk.read<number>('epoch')) ?? 0,
    now: undefined,
    synced: false,
    stable: 0,
    next: 0,
    theirs: undefined,
    forwarded: 0,
    resent: 0,
    // Another life counts from elsewhere.
    changes: Math.floor(node.random() * 1e12),
  };
  // What the node learns while it starts it acts on once it has.
  const learn = (known: Configuration) => void member.inTurn('chain', () => member.enter(known));
  member.master = await configurationMaster(node, learn);
  const once = await atMostOnce(node);
  listen(member);
  void member.beat();
  once.on('update', (update: Update) => member.update(update));
  node.on('read', ({ key }: { key: string }) => member.readHere(key));
  const update = (update: Update) =>
    member.isHead() ? member.update(update) : once.call<null>(member.head(), 'update', update);
  return {
    get state(): State {
      const { epoch, now, synced, stable, changes } = member;
      return { epoch, chain: now?.chain ?? [], synced, entries: member.log.entries, stable, changes };
    },
    api: {
      read: (_: null, key = ''): Promise<Value> =>
        member.answersReads() ? member.readHere(key) : node.call<Value>(member.tail(), 'read', { key }),
      write: (value: Value, key = '') => update({ key, value }),
      cas: ([old, value]: readonly [Value, Value], key = '') => update({ key, value, old }),
    },
  };
}

function listen(member: Member): void {
  const { node, inTurn } = member;
  node.on('forward', (message: Forward, from) => inTurn('chain', () => member.onForward(message, from)));
  node.on('stored', (message: Stored, from) => inTurn('chain', () => member.onStored(message, from)));
  node.on('version', ({ epoch }: { epoch: number }) => member.version(epoch));
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

export type Chain = Stepped<Register, State, Steps>;

export const chain: Chain = stepped<Register, State, Steps>({
  name: 'chain/sound',
  datatype: 'register',
  claims: [claim],
  primary: (states) => [...states.values()].sort((a, b) => b.epoch - a.epoch)[0]?.chain[0],
  invariants: { 'update-propagation': propagation },
  steps,
  startWith: start,
});

/** Every member of the chain answers reads. */
export const anyMember: Pick<Steps, 'answersReads'> = {
  answersReads() {
    return this.isTail() || (this.synced && this.now?.chain.includes(this.node.id) === true);
  },
};

export const craq: Chain = stepped<Register, State, Steps>({
  ...chain,
  name: 'chain/craq',
  steps: {
    ...steps,
    ...anyMember,
    /** A clean version is read here; of a dirty one the tail says which is acknowledged. */
    async read(key) {
      const latest = this.latest(key, this.log.length);
      if (this.isTail() || latest.index < this.stable) return latest.value;
      const version = await this.node.call<number>(this.tail(), 'version', { epoch: this.epoch });
      return this.latest(key, version).value;
    },
  },
});
