/**
 * Primary and backups with views: a write counts once every member of the view has it on disk, a read once a majority has confirmed that
 * the primary still is one. When a member falls silent or a stranger is back, a new view is formed by a majority, whose members first
 * promise to acknowledge nothing in older views and then take over the newest entries among them. View v is led by node v mod n.
 *
 * @see Oki & Liskov, "Viewstamped Replication: A New Primary Copy Method to Support Highly-Available Distributed Systems", PODC 1988.
 * @see Budhiraja, Marzullo, Schneider & Toueg, "The Primary-Backup Approach", in Mullender (ed.), Distributed Systems, 1993.
 *
 * Claims linearizable reads, writes and compare-and-sets under partition, crash, pause, bad links and skewed clocks, available to a
 * majority once it has noticed what is gone: time is used to suspect, and never to decide.
 */
import type { Register, Value } from 'elle-ts';
import { type AtMostOnce, atMostOnce } from '../blocks/at-most-once.ts';
import { type DurableMap, durableMap, volatileMap } from '../blocks/durable-map.ts';
import { type FailureDetector, failureDetector } from '../blocks/failure-detector.ts';
import { type Exclusive, exclusive } from '../blocks/lock.ts';
import { majority } from '../blocks/majority.ts';
import { onlyForward } from '../blocks/only-forward.ts';
import { InDoubt, type Node, type NodeId, Refused } from '../node.ts';
import type { Claim, Invariant, System } from '../system.ts';

/** A viewstamp: writes are ordered by view, and within one by its primary. */
type Stamp = readonly [view: number, operation: number];
interface Entry {
  readonly stamp: Stamp;
  readonly value: Value;
}
type Entries = Readonly<Record<string, Entry>>;

/** What a primary knows of the view that it leads. */
interface Leadership {
  readonly view: number;
  readonly members: readonly NodeId[];
  /** What every member has: all that a read may see. */
  readonly applied: Record<string, Entry>;
  operations: number;
  readonly sinceMs: number;
  readonly detector: FailureDetector;
  readonly inTurn: Exclusive;
  confirming: Promise<unknown> | undefined;
}

interface State {
  readonly promised: number;
  readonly leads: { readonly view: number; readonly members: readonly NodeId[]; readonly applied: Entries } | null;
  readonly entries: Entries;
}

const BEAT_MS = 50;
/** A member that is silent for so long is left out of the next view; a backup waits longer, and each another time. */
const SILENCE_MS = 200;
const PRIMARY = 'the primary';
/** How long the others are waited for when a view is formed. */
const GATHER_MS = 150;

interface Options {
  readonly readAnywhere: boolean;
  readonly acknowledgeEarly: boolean;
  readonly ignoreViews: boolean;
  readonly volatile: boolean;
  readonly newestByOperation: boolean;
  readonly giveUp: boolean;
}

const SOUND: Options = {
  readAnywhere: false,
  acknowledgeEarly: false,
  ignoreViews: false,
  volatile: false,
  newestByOperation: false,
  giveUp: false,
};

async function start(node: Node, options: Options) {
  const replica = new PrimaryBackup(node, options, await atMostOnce(node), await mapFor(node, options));
  await replica.remember();
  replica.answerPeers();
  void replica.watch();
  return {
    get state(): State {
      return replica.state;
    },
    api: {
      read: (_: null, key = ''): Promise<Value> => replica.read(key),
      async write(value: Value, key = ''): Promise<null> {
        await replica.update({ key, value });
        return null;
      },
      async cas([old, value]: readonly [Value, Value], key = ''): Promise<null> {
        await replica.update({ key, value, old });
        return null;
      },
    },
  };
}

function mapFor(node: Node, { volatile }: Options): Promise<DurableMap<Entry>> {
  return volatile ? Promise.resolve(volatileMap()) : durableMap<Entry>(node, 'entries');
}

/** A write, or a compare-and-set where `old` is given. */
interface Update {
  readonly key: string;
  readonly value: Value;
  readonly old?: Value;
}

class PrimaryBackup {
  private readonly node: Node;
  private readonly options: Options;
  private readonly once: AtMostOnce;
  private readonly entries: DurableMap<Entry>;
  private readonly nodes: readonly NodeId[];
  /** Nothing is acknowledged in views older than this one. On disk before anybody hears of it. */
  private promised = 0;
  /** The newest view of which this node has all entries. On disk. */
  private installed = 0;
  /** The newest promise that this node has heard of. */
  private seen = 0;
  private leads: Leadership | undefined;
  private forming = false;
  private gaveUp = false;
  private follows: NodeId | undefined;
  /** Watches over the primary, whoever that is. */
  private readonly detector: FailureDetector;

  constructor(node: Node, options: Options, once: AtMostOnce, entries: DurableMap<Entry>) {
    this.node = node;
    this.options = options;
    this.once = once;
    this.entries = entries;
    this.nodes = [node.id, ...node.peers].sort();
    this.detector = failureDetector(node, SILENCE_MS, [PRIMARY]);
  }

  get state(): State {
    const { promised, leads, entries } = this;
    return {
      promised,
      leads: leads ? { view: leads.view, members: leads.members, applied: leads.applied } : null,
      entries: entries.entries,
    };
  }

  /** The first view has everybody and nothing in it, so its primary may begin at once - in its first life alone. */
  async remember(): Promise<void> {
    const { node, nodes } = this;
    const promised = await node.disk.read<number>('promised');
    this.promised = promised ?? 0;
    this.installed = (await node.disk.read<number>('installed')) ?? 0;
    this.detector.heard(PRIMARY);
    if (promised !== undefined) return;
    await node.disk.write('promised', 0);
    if (node.id === nodes[0]) this.lead(0, nodes, {});
  }

  async read(key: string): Promise<Value> {
    if (this.options.readAnywhere) return this.entries.get(key)?.value ?? null;
    if (this.leads) return this.readHere(key);
    return this.node.call<Value>(this.primary(), 'read', { key });
  }

  async update(update: Update): Promise<void> {
    if (this.leads) await this.updateHere(update);
    else await this.once.call(this.primary(), 'update', update);
  }

  answerPeers(): void {
    const { node, once } = this;
    once.on('update', (update: Update) => this.updateHere(update));
    node.on('read', ({ key }: { key: string }) => this.readHere(key));
    node.on('confirm', ({ view }: { view: number }) => this.confirm(view));
    node.on('store', (message: { view: number; key: string; entry: Entry }) => this.store(message));
    node.on('prepare', ({ view }: { view: number }) => this.prepare(view));
    node.on('install', ({ view, entries }: { view: number; entries: Entries }) => this.install(view, entries));
    node.on('beat', ({ view }: { view: number }, from) => {
      this.detector.heard(PRIMARY);
      if (view >= this.promised) this.follows = from;
      node.send(from, 'alive', { promised: this.promised });
    });
    node.on('alive', ({ promised }: { promised: number }, from) => {
      this.seen = Math.max(this.seen, promised);
      this.leads?.detector.heard(from);
    });
  }

  /** Beats while it leads, and suspects whoever is silent. */
  async watch(): Promise<void> {
    const { node } = this;
    let patienceMs = this.patience();
    for (;;) {
      await node.sleep(BEAT_MS);
      if (this.leads) {
        this.beat(this.leads);
        if (this.mustReform(this.leads)) void this.form();
      } else if (this.detector.silentMs(PRIMARY) > patienceMs && !this.gaveUp) {
        this.detector.heard(PRIMARY);
        patienceMs = this.patience();
        void this.form();
      }
    }
  }

  private beat({ view }: Leadership): void {
    for (const peer of this.node.peers) this.node.send(peer, 'beat', { view });
  }

  private patience(): number {
    return SILENCE_MS * (1.5 + 1.5 * this.node.random());
  }

  private primary(): NodeId {
    if (this.follows === undefined) throw new Refused('no primary is known');
    return this.follows;
  }

  private async readHere(key: string): Promise<Value> {
    const leads = this.leads;
    if (!leads) throw new Refused('not the primary');
    const value = leads.applied[key]?.value ?? null;
    if (!this.options.ignoreViews) await this.confirmed(leads);
    return value;
  }

  /** Resolves once a majority has said, after this was asked, that it has promised nothing newer. Those who wait share the next round. */
  private async confirmed(leads: Leadership): Promise<void> {
    const running = leads.confirming;
    if (running) await running.catch(() => undefined);
    if (leads.confirming === running) {
      const own = () => this.confirm(leads.view);
      leads.confirming = majority(this.node, 'confirm', { view: leads.view }, own);
    }
    await leads.confirming;
  }

  private confirm(view: number): true {
    if (this.promised > view && !this.options.ignoreViews) throw new Refused(`promised view ${this.promised}`);
    return true;
  }

  private async updateHere({ key, value, old }: Update): Promise<void> {
    const leads = this.leads;
    if (!leads) throw new Refused('not the primary');
    await leads.inTurn(key, async () => {
      if (this.leads !== leads) throw new Refused('not the primary any more');
      if (old !== undefined && (leads.applied[key]?.value ?? null) !== old) {
        // A primary that was replaced does not know what is there now.
        if (!this.options.ignoreViews) await this.confirmed(leads);
        throw new Refused('mismatch', { answer: true });
      }
      const entry: Entry = { stamp: [leads.view, ++leads.operations], value };
      const copies = leads.members.map((member) => this.copy(leads, member, key, entry));
      await (this.options.acknowledgeEarly ? this.early(copies) : Promise.all(copies));
      leads.applied[key] = entry;
    });
  }

  private early(copies: readonly Promise<void>[]): Promise<unknown> {
    return Promise.any(copies);
  }

  /** Resolves once this member has the entry on disk; asks until it does, or until this is not the primary any more. */
  private async copy(leads: Leadership, member: NodeId, key: string, entry: Entry): Promise<void> {
    if (member === this.node.id) return this.keep(key, entry);
    for (let timeoutMs = 120; this.leads === leads; timeoutMs *= 2) {
      const message = { view: leads.view, key, entry };
      const refused = await this.node.call(member, 'store', message, timeoutMs).then(
        () => 'stored',
        (error: unknown) => error instanceof Refused,
      );
      if (refused === 'stored') return;
      if (refused && this.leads === leads) this.stepDown();
    }
    throw new InDoubt('the view ended before every member had acknowledged');
  }

  private async store({ view, key, entry }: { view: number; key: string; entry: Entry }): Promise<true> {
    const current = view === this.installed && view >= this.promised;
    if (!current && !this.options.ignoreViews) throw new Refused(`promised view ${this.promised}`);
    await this.keep(key, entry);
    return true;
  }

  /** What is newer already is written again, not skipped: it may still be on its way to the disk, and the answer vouches for it. */
  private keep(key: string, entry: Entry): Promise<void> {
    const known = this.entries.get(key);
    return this.entries.set(key, known && newer(known.stamp, entry.stamp) ? known : entry);
  }

  private async prepare(view: number): Promise<Entries> {
    if (view < this.promised) throw new Refused(`promised view ${this.promised}`);
    await this.promise(view);
    return this.entries.entries;
  }

  private async promise(view: number): Promise<void> {
    this.promised = view;
    if (this.leads && this.leads.view < view) this.stepDown();
    await this.node.disk.write('promised', view);
  }

  private async install(view: number, entries: Entries): Promise<true> {
    if (view < this.promised) throw new Refused(`promised view ${this.promised}`);
    if (view > this.promised) await this.promise(view);
    await Promise.all(Object.entries(entries).map(([key, entry]) => this.keep(key, entry)));
    if (view > this.installed) {
      this.installed = view;
      await this.node.disk.write('installed', view);
    }
    return true;
  }

  private stepDown(): void {
    this.leads = undefined;
    this.detector.heard(PRIMARY);
    this.follows = undefined;
  }

  private lead(view: number, members: readonly NodeId[], entries: Entries): void {
    const now = this.node.elapsed();
    this.leads = {
      view,
      members,
      applied: { ...entries },
      operations: 0,
      sinceMs: now,
      detector: failureDetector(this.node, SILENCE_MS, members),
      inTurn: exclusive(),
      confirming: undefined,
    };
    this.follows = undefined;
    this.beat(this.leads);
    this.node.mark(`leads with ${members.length} of ${this.nodes.length}`);
  }

  /** A member has fallen silent, or a stranger is back. */
  private mustReform({ members, detector, sinceMs }: Leadership): boolean {
    const isLong = this.node.elapsed() - sinceMs > SILENCE_MS;
    return isLong && this.node.peers.some((peer) => members.includes(peer) === detector.suspects(peer));
  }

  private async form(): Promise<void> {
    if (this.forming) return;
    this.forming = true;
    const formed = await this.tryToForm().catch(() => false);
    this.forming = false;
    if (!formed && this.options.giveUp) this.gaveUp = true;
  }

  private async tryToForm(): Promise<boolean> {
    const { node, nodes } = this;
    const view =
      (Math.floor(Math.max(this.promised, this.seen) / nodes.length) + 1) * nodes.length + nodes.indexOf(node.id);
    if (this.leads) this.stepDown();
    await this.promise(view);
    const answers = await Promise.all(
      node.peers.map((peer) => node.call<Entries>(peer, 'prepare', { view }, GATHER_MS).then(answered(peer), silent)),
    );
    const present = answers.filter((answer) => answer !== undefined);
    const few = (present.length + 1) * 2 <= nodes.length && !this.options.ignoreViews;
    if (this.promised !== view || few) return false;
    const newest = [this.entries.entries, ...present.map(({ entries }) => entries)].reduce((a, b) => this.merge(a, b));
    const others = present.map(({ peer }) => node.call(peer, 'install', { view, entries: newest }, 2 * GATHER_MS));
    await Promise.all([this.install(view, newest), ...others]);
    if (this.promised !== view) return false;
    this.lead(view, [node.id, ...present.map(({ peer }) => peer)], newest);
    return true;
  }

  private merge(a: Entries, b: Entries): Entries {
    const newest: Record<string, Entry> = { ...a };
    for (const [key, entry] of Object.entries(b)) {
      const known = newest[key];
      if (!known || this.wins(entry.stamp, known.stamp)) newest[key] = entry;
    }
    return newest;
  }

  private wins(a: Stamp, b: Stamp): boolean {
    return this.options.newestByOperation ? a[1] > b[1] : newer(a, b);
  }
}

const answered = (peer: NodeId) => (entries: Entries) => ({ peer, entries });
const silent = () => undefined;

function newer(a: Stamp, b: Stamp): boolean {
  return a[0] === b[0] ? a[1] > b[1] : a[0] > b[0];
}

const claim: Claim = {
  model: 'linearizable',
  under: ['partition', 'link', 'crash', 'pause', 'clock'],
  available: 'majority',
  durable: 'always',
  converges: false,
  recoversMs: 3000,
};

function leaders(states: ReadonlyMap<NodeId, State>): [NodeId, NonNullable<State['leads']>][] {
  return [...states].flatMap(([id, { leads }]) => (leads ? [[id, leads] as [NodeId, typeof leads]] : []));
}

const onePrimaryAView: Invariant<State> = (states) => {
  for (const [id, { leads }] of states)
    for (const [other, { leads: others }] of states)
      if (leads && others && id !== other && leads.view === others.view)
        return `${id} and ${other} both lead view ${leads.view}.`;
  return undefined;
};

const acknowledgedAtEveryMember: Invariant<State> = (states) => {
  for (const [primary, { leads }] of states) {
    for (const member of leads?.members ?? []) {
      const entries = states.get(member)?.entries;
      if (!leads || !entries) continue;
      for (const key in leads.applied) {
        const copy = entries[key];
        if (!copy || newer(leads.applied[key]!.stamp, copy.stamp))
          return `${primary} applied ${key} in view ${leads.view}, but its member ${member} does not have it.`;
      }
    }
  }
  return undefined;
};

function primaryBackup(name: string, options: Partial<Options>, flaw?: System['flaw']): System<Register, State> {
  return {
    name: `sync-replication/${name}`,
    datatype: 'register',
    claims: [claim],
    ...(flaw ? { flaw } : {}),
    primary: (states) => leaders(states).sort(([, a], [, b]) => b.view - a.view)[0]?.[0],
    invariants: {
      'one-primary-a-view': onePrimaryAView,
      'acknowledged-at-every-member': acknowledgedAtEveryMember,
      'promises-only-rise': onlyForward(
        'the view',
        ({ promised }: State) => ({ promise: promised }),
        (older, newer) => newer < older,
      ),
    },
    start: (node) => start(node, { ...SOUND, ...options }),
  };
}

export const primaryBackups: readonly System<Register, State>[] = [
  primaryBackup('sound', {}),
  primaryBackup(
    'read-any-replica',
    { readAnywhere: true },
    { says: 'every replica answers reads from its own copy', anomaly: 'stale-read' },
  ),
  primaryBackup(
    'early-acknowledgement',
    { acknowledgeEarly: true },
    { says: 'the primary acknowledges a write once it has it itself, before the last replica', anomaly: 'stale-read' },
  ),
  primaryBackup(
    'two-primaries',
    { ignoreViews: true },
    {
      says: 'each side of a partition has its own primary: neither majorities nor views are asked for',
      anomaly: 'stale-read',
    },
  ),
  primaryBackup(
    'volatile',
    { volatile: true },
    { says: 'a replica acknowledges what is in its memory alone', anomaly: 'stale-read' },
  ),
  primaryBackup(
    'newest-by-length',
    { newestByOperation: true },
    { says: 'a new view takes over the longest log and not that of the newest view', anomaly: 'stale-read' },
  ),
  primaryBackup(
    'no-new-election',
    { giveUp: true },
    { says: 'who failed once to form a view never tries again', anomaly: 'no-recovery' },
  ),
];
