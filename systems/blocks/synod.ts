import { type Node, type NodeId, Refused } from '../node.ts';
import { exclusive } from './lock.ts';
import { majority } from './majority.ts';

/** Ballots are ordered by number, then by proposer: no two proposers share one. */
type Ballot = readonly [number: number, proposer: NodeId];

/** What an acceptor holds for one slot. */
interface Vote<V> {
  readonly promised: Ballot;
  readonly accepted?: { readonly ballot: Ballot; readonly value: V };
}

export interface SynodOptions {
  /** Acceptors have their promises on disk before they give them, and their votes before they cast them. */
  readonly durable: boolean;
  /** Which of the values that a majority has voted for already a proposer takes over: that of the highest ballot, the first it hears of, or none. */
  readonly adopts: 'highest' | 'first' | 'none';
}

/** Agreement on a log, slot by slot. */
export interface Synod<V> {
  /**
   * Resolves once a value is chosen for the slot: this one, or another that was there before. Rejects with `Refused` where nobody was asked
   * to vote for this value, and with another error where it may yet be chosen.
   */
  propose(slot: number, value: V): Promise<V>;
  /** What is known to be chosen from this slot on, without gaps. */
  chosen(from: number): readonly V[];
  /** Takes note of what was chosen from this slot on. What would leave a gap is learnt another time. */
  learn(from: number, values: readonly V[]): void;
}

type Reply<V> = { readonly vote: Vote<V> } | { readonly promised: Ballot } | { readonly chosen: readonly V[] };

const NONE: Ballot = [0, ''];
const PHASE_MS = 120;
const PATIENCE_MS = 450;

/**
 * Paxos: a proposer asks a majority to promise it a ballot, takes over the value of the highest ballot that any of them has voted for, and has
 * a majority vote for that. `decide` is called once for each slot, in their order, in every life of the node.
 *
 * @see Lamport, "The Part-Time Parliament", ACM TOCS 1998; "Paxos Made Simple", ACM SIGACT News 2001.
 */
export async function synod<V>(node: Node, options: SynodOptions, decide: (value: V) => void): Promise<Synod<V>> {
  const votes = await acceptor<V>(node, options, decide);
  const { chosen, learn } = votes;
  let number = 0;

  async function phase(kind: 'prepare' | 'accept', message: Prepare & { value?: V }): Promise<readonly Reply<V>[]> {
    const own = () => votes[kind](message as Prepare & { value: V });
    const answers = await majority<Reply<V>>(node, kind, message, own, undefined, PHASE_MS);
    return answers.map(({ reply }) => reply);
  }

  /** What is chosen already; else whether all have agreed. A refusal tells which ballot must be outbid. */
  function heard(slot: number, replies: readonly Reply<V>[]): boolean {
    for (const reply of replies) {
      if ('chosen' in reply) learn(slot, reply.chosen);
      if ('promised' in reply) number = Math.max(number, reply.promised[0]);
    }
    return replies.every((reply) => 'vote' in reply);
  }

  async function round(slot: number, value: V, asked: () => void): Promise<void> {
    const ballot: Ballot = [++number, node.id];
    const promises = await phase('prepare', { slot, ballot });
    if (!heard(slot, promises)) return;
    const adopted = toPropose(promises, value, options.adopts);
    if (adopted === value) asked();
    const votes = await phase('accept', { slot, ballot, value: adopted });
    if (heard(slot, votes)) learn(slot, [adopted]);
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
        const [known] = chosen(slot);
        if (known !== undefined) return known;
        await node.sleep(backOffMs * node.random());
      }
      if (!asked) throw new Refused('no majority promises anything');
      throw new Error('no majority was heard to vote');
    },
  };
}

/** What a proposer may ask votes for. */
function toPropose<V>(promises: readonly Reply<V>[], own: V, adopts: SynodOptions['adopts']): V {
  const accepted = promises.flatMap((reply) => ('vote' in reply && reply.vote.accepted ? [reply.vote.accepted] : []));
  if (adopts === 'none' || accepted.length === 0) return own;
  if (adopts === 'first') return accepted[0]!.value;
  return accepted.reduce((a, b) => (above(b.ballot, a.ballot) ? b : a)).value;
}

interface Prepare {
  readonly slot: number;
  readonly ballot: Ballot;
}

/** How many slots are set aside on disk at a time, and how many are learnt before it is noted: a life that forgot can ask again. */
const AT_A_TIME = 16;

/** One node's votes, and what it has learnt. Those of its earlier lives are on its disk. */
async function acceptor<V>(node: Node, { durable }: SynodOptions, decide: (value: V) => void) {
  const votes: Vote<V>[] = [];
  const decided: V[] = [];
  const inTurn = exclusive();
  let slots = durable ? ((await node.disk.read<number>('slots')) ?? 0) : 0;
  for (let slot = 0; slot < slots; slot++) votes[slot] = (await node.disk.read<Vote<V>>(`vote/${slot}`)) ?? UNBOUND;
  const learnt = durable ? ((await node.disk.read<number>('learnt')) ?? 0) : 0;
  for (const { accepted } of votes.slice(0, learnt)) know(accepted!.value);

  function know(value: V): void {
    decided.push(value);
    decide(value);
  }

  async function keep(slot: number, vote: Vote<V>): Promise<void> {
    votes[slot] = vote;
    if (!durable) return;
    if (slot >= slots) {
      // How many there may be goes first: a vote beyond it would be lost to the next life.
      slots = slot + AT_A_TIME;
      await node.disk.write('slots', slots);
    }
    await node.disk.write(`vote/${slot}`, vote);
  }

  const chosen = (from: number) => decided.slice(from);

  function learn(from: number, values: readonly V[]): void {
    if (from > decided.length) return;
    for (const value of values.slice(decided.length - from)) {
      const slot = decided.length;
      const { promised } = votes[slot] ?? UNBOUND;
      // What is chosen is what any later ballot would bring: it may as well be this node's vote.
      const vote = { promised, accepted: { ballot: promised, value } };
      void inTurn(`${slot}`, () => keep(slot, vote)).catch(() => undefined);
      know(value);
    }
    void note().catch(() => undefined);
  }

  let noted = learnt;
  async function note(): Promise<void> {
    const now = decided.length;
    if (!durable || now - noted < AT_A_TIME) return;
    const before = noted;
    noted = now;
    // Only once the votes are on disk which it speaks of.
    for (let slot = before; slot < now; slot++) await inTurn(`${slot}`, async () => undefined);
    await node.disk.write('learnt', now);
  }

  const vote = (slot: number, ballot: Ballot, accept: (known: Vote<V>) => Vote<V>): Promise<Reply<V>> =>
    inTurn(`${slot}`, async () => {
      const known = chosen(slot);
      if (known.length > 0) return { chosen: known };
      const before = votes[slot] ?? UNBOUND;
      if (above(before.promised, ballot)) return { promised: before.promised };
      await keep(slot, accept(before));
      return { vote: before };
    });

  const prepare = ({ slot, ballot }: Prepare) => vote(slot, ballot, (known) => ({ ...known, promised: ballot }));
  const accept = ({ slot, ballot, value }: Prepare & { value: V }) =>
    vote(slot, ballot, () => ({ promised: ballot, accepted: { ballot, value } }));
  node.on('prepare', prepare);
  node.on('accept', accept);
  return { prepare, accept, chosen, learn };
}

const UNBOUND: Vote<never> = { promised: NONE };

function above(a: Ballot, b: Ballot): boolean {
  return a[0] === b[0] ? a[1] > b[1] : a[0] > b[0];
}
