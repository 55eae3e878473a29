/**
 * Views of the primary-backup protocol: how one is formed, and when. View v is led
 * by node v mod n, and a node that forms one takes the next of its own numbers.
 */
import { failureDetector } from '../blocks/failure-detector.ts';
import { exclusive } from '../blocks/lock.ts';
import { type NodeId, Refused } from '../node.ts';
import { type Entries, type Entry, isNewer, type Server, type ViewChanges } from './server.ts';

const BEAT_MS = 50;
/** A member that is silent for so long is left out of the next view; a backup waits longer, and each another time. */
const SILENCE_MS = 200;
const PRIMARY = 'the primary';
/** How long the others are waited for when a view is formed. */
const GATHER_MS = 150;

export const viewChanges: ViewChanges = {
  // The first view has everybody and nothing in it, so its primary may begin at once - in its first life alone.
  async remember() {
    const { node, nodes } = this;
    const promised = await node.disk.read<number>('promised');
    this.promised = promised ?? 0;
    this.installed = (await node.disk.read<number>('installed')) ?? 0;
    this.detector.heard(PRIMARY);
    if (promised !== undefined) return;
    await node.disk.write('promised', 0);
    if (node.id === nodes[0]) this.lead(0, nodes, {});
  },

  async watch() {
    let patienceMs = this.patience();
    for (;;) {
      await this.node.sleep(BEAT_MS);
      if (this.leads) {
        this.beat(this.leads);
        if (this.mustReform(this.leads)) void this.form();
      } else if (this.missesPrimary(patienceMs)) {
        this.detector.heard(PRIMARY);
        patienceMs = this.patience();
        void this.form();
      }
    }
  },

  beat({ view }) {
    for (const peer of this.node.peers) this.node.send(peer, 'beat', { view });
  },

  patience() {
    return SILENCE_MS * (1.5 + 1.5 * this.node.random());
  },

  missesPrimary(patienceMs) {
    return this.detector.silentMs(PRIMARY) > patienceMs;
  },

  mustReform({ members, detector, sinceMs }) {
    const isLong = this.node.elapsed() - sinceMs > SILENCE_MS;
    return isLong && this.node.peers.some((peer) => members.includes(peer) === detector.suspects(peer));
  },

  async form() {
    if (this.forming) return;
    this.forming = true;
    await this.tryToForm().catch(() => false);
    this.forming = false;
  },

  async tryToForm() {
    const { node } = this;
    const view = nextOf(this);
    if (this.leads) this.stepDown();
    await this.promise(view);
    const answers = await Promise.all(
      node.peers.map((peer) => node.call<Entries>(peer, 'prepare', { view }, GATHER_MS).then(answered(peer), silent)),
    );
    const present = answers.filter((answer) => answer !== undefined);
    if (this.promised !== view || !this.isMajority(present.length + 1)) return false;
    const newest = [this.entries.entries, ...present.map(({ entries }) => entries)].reduce((a, b) => this.merge(a, b));
    const others = present.map(({ peer }) => node.call(peer, 'install', { view, entries: newest }, 2 * GATHER_MS));
    await Promise.all([this.install(view, newest), ...others]);
    if (this.promised !== view) return false;
    this.lead(view, [node.id, ...present.map(({ peer }) => peer)], newest);
    return true;
  },

  isMajority(nodes) {
    return nodes * 2 > this.nodes.length;
  },

  async prepare(view) {
    if (view < this.promised) throw new Refused(`promised view ${this.promised}`);
    await this.promise(view);
    return this.entries.entries;
  },

  async promise(view) {
    this.promised = view;
    if (this.leads && this.leads.view < view) this.stepDown();
    await this.node.disk.write('promised', view);
  },

  async install(view, entries) {
    if (view < this.promised) throw new Refused(`promised view ${this.promised}`);
    if (view > this.promised) await this.promise(view);
    await Promise.all(Object.entries(entries).map(([key, entry]) => this.keep(key, entry)));
    if (view > this.installed) {
      this.installed = view;
      await this.node.disk.write('installed', view);
    }
    return true;
  },

  lead(view, members, entries) {
    this.leads = {
      view,
      members,
      applied: { ...entries },
      operations: 0,
      sinceMs: this.node.elapsed(),
      detector: failureDetector(this.node, SILENCE_MS, members),
      inTurn: exclusive(),
      confirming: undefined,
    };
    this.follows = undefined;
    this.beat(this.leads);
    this.node.mark(`leads with ${members.length} of ${this.nodes.length}`);
  },

  stepDown() {
    this.leads = undefined;
    this.detector.heard(PRIMARY);
    this.follows = undefined;
  },

  merge(a, b) {
    const newest: Record<string, Entry> = { ...a };
    for (const [key, entry] of Object.entries(b)) {
      const known = newest[key];
      if (!known || this.wins(entry.stamp, known.stamp)) newest[key] = entry;
    }
    return newest;
  },

  wins: isNewer,
};

/** The next view that this node may lead. */
function nextOf({ node, nodes, promised, seen }: Server): number {
  return (Math.floor(Math.max(promised, seen) / nodes.length) + 1) * nodes.length + nodes.indexOf(node.id);
}

const answered = (peer: NodeId) => (entries: Entries) => ({ peer, entries });
const silent = () => undefined;

/** Heartbeats, from either side. */
export function exchangeBeats(server: Server): void {
  const { node } = server;
  node.on('beat', ({ view }: { view: number }, from) => {
    server.detector.heard(PRIMARY);
    if (view >= server.promised) server.follows = from;
    node.send(from, 'alive', { promised: server.promised });
  });
  node.on('alive', ({ promised }: { promised: number }, from) => {
    server.seen = Math.max(server.seen, promised);
    server.leads?.detector.heard(from);
  });
}

export const primaryDetector = (node: Server['node']) => failureDetector(node, SILENCE_MS, [PRIMARY]);
