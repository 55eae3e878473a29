import { InDoubt, type Node, type NodeId, Refused } from '../node.ts';
import { exclusive } from './lock.ts';
import { majority } from './majority.ts';

/** Ballots are ordered by number, then by proposer: no two proposers share one, nor two lives of one. */
type Ballot = readonly [number: number, proposer: string];

/** What was voted for in one slot. No ballot has two values for it. */
interface Vote<V> {
  readonly ballot: Ballot;
  readonly value: V;
}

/** What is chosen for one slot, and whose proposal that was. */
export type Chosen<V> = Vote<V>;

export interface SynodOptions {
  /** What acceptors have on disk before they give it: promises and votes, votes alone, or nothing. */
  readonly durable: 'promises and votes' | 'votes' | 'nothing';
  /**
   * Which of the values that a majority has voted for already a proposer
   * takes over: that of the highest ballot, the first it hears of, or none.
   */
  readonly adopts: 'highest' | 'first' | 'none';
}

/** Agreement on a log, slot by slot. */
export interface Synod<V> {
  /**
   * Resolves once a value is chosen for the slot: this one, or another that was there before. Rejects with
   * `Refused` where nobody was asked to vote for this value, and with another error where it may yet be chosen.
   */
  propose(slot: number, value: V): Promise<void>;
  /** What is known to be chosen from this slot on, without gaps. */
  chosen(from: number): readonly Chosen<V>[];
  /** Takes note of what was chosen from this slot on. What would leave a gap waits until that is closed. */
  learn(from: number, chosen: readonly Chosen<V>[]): void;
}

/**
 * What an acceptor has promised not to vote against: what it knows
 * to be chosen from a slot on, and its votes in the slots after.
 */
interface Promised<V> {
  readonly chosen: readonly Chosen<V>[];
  readonly votes: readonly (Vote<V> | null)[];
}
type Reply<V> =
  | Promised<V>
  | { readonly voted: true }
  | { readonly outbid: Ballot }
  | { readonly chosen: readonly Chosen<V>[] };

const NONE: Ballot = [0, ''];
const PHASE_MS = 120;
const PATIENCE_MS = 450;

/** The node whose proposal was chosen. */
export function proposerOf({ ballot }: Chosen<unknown>): NodeId {
  return ballot[1].split('/')[0]!;
}

/**
 * Paxos on many slots: a proposer asks a majority to promise it a ballot, for a slot and all
 * after it; takes over in each the value of the highest ballot that any of them has voted for;
 * and has a majority vote for that. Until it is outbid or not heard, the promises serve for the next
 * slots too. `decide` is called once for each slot, in their order, in every life of the node.
 *
 * @see Lamport, "The Part-Time Parliament", ACM TOCS 1998; "Paxos Made
 * Simple", ACM SIGACT News 2001: section 3 has one first phase for all slots.
 */
export async function synod<V>(
  node: Node,
  options: SynodOptions,
  decide: (value: V, proposer: NodeId) => void,
): Promise<Synod<V>> {
  const own = await acceptor<V>(node, options, decide);
  const { chosen, learn } = own;
  const life = `${node.id}/${node.random()}`;
  let number = 0;
  /** The ballot that a majority has promised, and since which slot. */
  let leads: { readonly ballot: Ballot; readonly from: number; readonly promises: readonly Promised<V>[] } | undefined;

  async function phase<M extends Prepare>(
    kind: 'prepare' | 'accept',
    message: M,
    act: (message: M) => Promise<Reply<V>>,
  ) {
    const answers = await majority<Reply<V>>(node, kind, message, () => act(message), undefined, PHASE_MS);
    const replies = answers.map(({ reply }) => reply);
    for (const reply of replies) {
      if ('chosen' in reply) learn(message.slot, reply.chosen);
      // A refusal tells which ballot must be outbid.
      if ('outbid' in reply) number = Math.max(number, reply.outbid[0]);
    }
    return replies;
  }

  async function prepare(slot: number): Promise<typeof leads> {
    const ballot: Ballot = [++number, life];
    const replies = await phase('prepare', { slot, ballot }, own.prepare);
    const promises = replies.filter((reply) => 'votes' in reply);
    return promises.length === replies.length ? { ballot, from: slot, promises } : undefined;
  }

  async function round(slot: number, value: V, asked: () => void): Promise<void> {
    const known = leads;
    // A slot is voted on once under a ballot, and so under a new one where the vote failed.
    leads = undefined;
    const mine = known ?? (await prepare(slot));
    if (!mine) return;
    if (chosen(slot).length === 0) {
      const proposal = toPropose(votesIn(slot, mine), value, options.adopts);
      if (proposal === value) asked();
      const { ballot } = mine;
      const replies = await phase('accept', { slot, ballot, value: proposal }, own.accept);
      if (!replies.every((reply) => 'voted' in reply)) return;
      learn(slot, [{ ballot, value: proposal }]);
    }
    leads = mine;
  }

  return {
    chosen,
    learn,
    async propose(slot, value) {
      const deadlineMs = node.elapsed() + PATIENCE_MS;
      let asked = false;
      for (let backOffMs = 10; node.elapsed() < deadlineMs; backOffMs *= 2) {
        await round(slot, value, () => {
          asked = true;
        }).catch(() => undefined);
        if (chosen(slot).length > 0) return;
        await node.sleep(backOffMs * node.random());
      }
      if (!asked) throw new Refused('no majority promises anything');
      throw new InDoubt('no majority was heard to vote');
    },
  };
}

function votesIn<V>(
  slot: number,
  { from, promises }: { from: number; promises: readonly Promised<V>[] },
): readonly Vote<V>[] {
  return promises.flatMap(({ chosen, votes }) => votes[slot - from - chosen.length] ?? []);
}

/** What a proposer may ask votes for. */
function toPropose<V>(votes: readonly Vote<V>[], own: V, adopts: SynodOptions['adopts']): V {
  if (adopts === 'none' || votes.length === 0) return own;
  if (adopts === 'first') return votes[0]!.value;
  return votes.reduce((a, b) => (above(b.ballot, a.ballot) ? b : a)).value;
}

interface Prepare {
  readonly slot: number;
  readonly ballot: Ballot;
}

/**
 * How many slots are set aside on disk at a time, and how many are
 * learnt before it is noted: a life that forgot can ask again.
 */
const AT_A_TIME = 16;

/** One node's votes, and what it has learnt. Those of its earlier lives are on its disk. */
async function acceptor<V>(node: Node, options: SynodOptions, decide: (value: V, proposer: NodeId) => void) {
  const durable = options.durable !== 'nothing';
  const keepsPromises = options.durable === 'promises and votes';
  /** As they are on disk. */
  const votes: (Vote<V> | undefined)[] = [];
  const decided: Chosen<V>[] = [];
  const exclusively = exclusive();
  const inTurn = <T>(task: () => Promise<T>) => exclusively('votes', task);
  let slots = durable ? ((await node.disk.read<number>('slots')) ?? 0) : 0;
  for (let slot = 0; slot < slots; slot++) votes[slot] = await node.disk.read<Vote<V>>(`vote/${slot}`);
  let promised = (keepsPromises && (await node.disk.read<Ballot>('promised'))) || NONE;
  // Who votes has promised.
  for (const vote of votes) if (vote && above(vote.ballot, promised)) promised = vote.ballot;
  const learnt = durable ? ((await node.disk.read<number>('learnt')) ?? 0) : 0;
  for (const vote of votes.slice(0, learnt)) know(vote!);

  function know(entry: Chosen<V>): void {
    decided.push(entry);
    decide(entry.value, proposerOf(entry));
  }

  async function keep(slot: number, vote: Vote<V>): Promise<void> {
    if (durable && slot >= slots) {
      // How many there may be goes first: a vote beyond it would be lost to the next life.
      slots = slot + AT_A_TIME;
      await node.disk.write('slots', slots);
    }
    if (durable) await node.disk.write(`vote/${slot}`, vote);
    votes[slot] = vote;
  }

  const chosen = (from: number) => decided.slice(from);
  const hasVoted = (slot: number, { ballot }: Vote<V>) => {
    const vote = votes[slot];
    return vote !== undefined && same(vote.ballot, ballot);
  };

  /** What was learnt before what comes before it. */
  const ahead = new Map<number, Chosen<V>>();
  function learn(from: number, entries: readonly Chosen<V>[]): void {
    for (const [i, entry] of entries.entries()) if (from + i >= decided.length) ahead.set(from + i, entry);
    for (let slot = decided.length; ahead.has(slot); slot = decided.length) {
      const entry = ahead.get(slot)!;
      ahead.delete(slot);
      // What is chosen is what any later ballot would bring: it may as well be this node's vote, where it is not yet.
      if (!hasVoted(slot, entry)) void inTurn(() => keep(slot, entry)).catch(() => undefined);
      know(entry);
    }
    void note().catch(() => undefined);
  }

  let noted = learnt;
  async function note(): Promise<void> {
    const now = decided.length;
    if (!durable || now - noted < AT_A_TIME) return;
    noted = now;
    // Only once the votes are on disk which it speaks of.
    await inTurn(() => node.disk.write('learnt', now));
  }

  const prepare = ({ slot, ballot }: Prepare): Promise<Reply<V>> =>
    inTurn(async () => {
      if (above(promised, ballot)) return { outbid: promised };
      if (keepsPromises) await node.disk.write('promised', ballot);
      promised = ballot;
      const next = Math.max(slot, decided.length);
      return { chosen: chosen(slot), votes: Array.from(votes.slice(next), (vote) => vote ?? null) };
    });
  const accept = ({ slot, ballot, value }: Prepare & { value: V }): Promise<Reply<V>> =>
    inTurn(async () => {
      if (decided.length > slot) return { chosen: chosen(slot) };
      if (above(promised, ballot)) return { outbid: promised };
      promised = ballot;
      await keep(slot, { ballot, value });
      return { voted: true };
    });
  node.on('prepare', prepare);
  node.on('accept', accept);
  return { prepare, accept, chosen, learn };
}

function above(a: Ballot, b: Ballot): boolean {
  return a[0] === b[0] ? a[1] > b[1] : a[0] > b[0];
}

function same(a: Ballot, b: Ballot): boolean {
  return a[0] === b[0] && a[1] === b[1];
}
