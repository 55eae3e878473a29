/** How a Raft node comes to lead: it hears no leader for a while, asks for votes in a new term, and has those of a majority. */
import type { NodeId } from '../node.ts';
import type { Core } from './core.ts';
import type { Vote } from './options.ts';

export class Election {
  private readonly core: Core;
  private readonly lead: () => Promise<void>;
  /** The votes for this node in its term, while it is a candidate. */
  private votes: NodeId[] | undefined;
  private patienceMs: number;

  /** `lead` is called once this node is elected. `waits`: whether it gives a leader time to be heard first. */
  constructor(core: Core, lead: () => Promise<void>, waits: boolean) {
    this.core = core;
    this.lead = lead;
    this.patienceMs = waits ? this.patience() : 0;
    core.node.on('vote', (vote: Vote, from) => this.onVote(vote, from));
    core.node.on('voted', (answer: { term: number; granted: boolean }, from) => this.onVoted(answer, from));
  }

  /** Becomes a candidate whenever no leader is heard. */
  async watch(): Promise<void> {
    const { core } = this;
    for (;;) {
      const leftMs = core.heardMs + this.patienceMs - core.node.elapsed();
      if (core.leads || leftMs > 0) await core.node.sleep(core.leads ? core.options.electionMs : Math.ceil(leftMs));
      else await core.inTurn(() => this.campaign());
    }
  }

  private patience(): number {
    return this.core.options.electionMs * (1 + this.core.node.random());
  }

  private async campaign(): Promise<void> {
    const { core } = this;
    core.heardMs = core.node.elapsed();
    this.patienceMs = this.patience();
    if (!core.mayLead || core.leads) return;
    await core.vote(core.term + 1, core.node.id);
    core.node.mark('is a candidate');
    this.votes = [core.node.id];
    if (!(await this.count())) void this.ask(core.term);
  }

  /** Asks those who have not answered, until this is settled. */
  private async ask(term: number): Promise<void> {
    const { node, log } = this.core;
    while (this.core.term === term && this.votes && this.stands) {
      const vote: Vote = { term, last: log.last, lastTerm: log.lastTerm };
      for (const peer of log.members) if (!this.votes.includes(peer)) node.send(peer, 'vote', vote);
      await node.sleep(this.core.options.beatMs);
    }
  }

  private async onVote({ term, last, lastTerm }: Vote, from: NodeId): Promise<void> {
    const { core } = this;
    const { node, log, options } = core;
    const hearsLeader = core.leads !== undefined || node.elapsed() - core.leaderMs < options.electionMs;
    // A member that was removed, or was cut off, must not depose a leader that the others hear.
    if (hearsLeader && options.refusesVotes) return;
    await core.inTurn(async () => {
      await core.adopt(term);
      const behind = lastTerm < log.lastTerm || (lastTerm === log.lastTerm && last < log.last);
      const free = term === core.term && (core.votedFor === null || core.votedFor === from);
      const granted = free && !(behind && options.upToDate);
      if (granted) {
        await core.vote(term, from);
        core.heardMs = node.elapsed();
      }
      node.send(from, 'voted', { term: core.term, granted });
    });
  }

  private onVoted({ term, granted }: { term: number; granted: boolean }, from: NodeId): Promise<void> {
    const { core } = this;
    return core.inTurn(async () => {
      await core.adopt(term);
      if (!granted || term !== core.term || !this.votes || !this.stands) return;
      if (!this.votes.includes(from) || !core.options.countsNodes) this.votes.push(from);
      await this.count();
    });
  }

  /** Whether this node is still a candidate: once the leader of its term is heard it is none, for logs and members may change under its votes. */
  private get stands(): boolean {
    const { core } = this;
    return core.votedFor === core.node.id && core.ledTerm < core.term;
  }

  private async count(): Promise<boolean> {
    const { core, votes = [] } = this;
    const { members } = core.log;
    if (votes.filter((voter) => members.includes(voter)).length * 2 <= members.length) return false;
    this.votes = undefined;
    await this.lead();
    return true;
  }
}
