/** How a Raft leader makes the others' logs like its own, and what it learns from their answers: what is committed, and whether it still leads. */
import { type NodeId, Refused } from '../node.ts';
import type { Core, Leadership } from './core.ts';
import type { Payload } from './entries.ts';
import { nextChange } from './members.ts';
import type { Append, Appended, Install } from './options.ts';
import type { Answer } from './sessions.ts';

/** Entries in one message. */
const BATCH = 32;

export class Replication {
  private readonly core: Core;

  constructor(core: Core) {
    this.core = core;
    core.node.on('append', (message: Append, from) => this.onAppend(message, from));
    core.node.on('install', (message: Install, from) => this.onInstall(message, from));
    core.node.on('appended', (message: Appended, from) => this.onAppended(message, from));
  }

  /** Begins to lead this term. */
  async lead(): Promise<void> {
    const { core } = this;
    const { node, term, log, options } = core;
    const leads: Leadership = {
      ...{ term, begin: log.last + (options.ownTermAlone ? 1 : 0), rounds: 0, sinceMs: node.elapsed() },
      ...{ next: new Map(), match: new Map(), round: new Map(), confirming: [] },
    };
    core.leads = leads;
    core.leader = node.id;
    core.changes++;
    node.mark('leads');
    if (!options.beginsBeforeChange) await this.changeMembers();
    if (options.ownTermAlone) await this.write({ type: 'begin' });
    else this.broadcast(leads);
    void this.beat(leads);
  }

  /** Puts a command into the log and resolves with what came of it. Call it where this node leads. */
  async execute(payload: Payload): Promise<Answer> {
    const { core } = this;
    // Waited for outside the turn, in which it will be applied.
    const { answer } = await core.inTurn(async () => {
      if (!core.leads) throw new Refused(NOT_LEADING);
      return { answer: await this.write(payload) };
    });
    return answer();
  }

  /** Resolves once it is sure that what is committed now was all that anybody had been told of when this was called. */
  async confirm(): Promise<void> {
    const { leads, committed, options } = this.core;
    if (!leads || (committed < leads.begin && options.reads === 'confirmed')) throw new Refused(NOT_LEADING);
    if (options.reads === 'unconfirmed' || (options.reads === 'leased' && this.hasLease(leads))) return;
    const round = this.broadcast(leads);
    await new Promise<void>((resolve, reject) => {
      leads.confirming.push({ round, resolve, reject });
      this.settleReads(leads);
    });
  }

  private async write(payload: Payload): Promise<() => Promise<Answer>> {
    const { core } = this;
    const { leads, log, term } = core;
    await log.append([{ term, payload }]);
    core.changes++;
    const answer = core.answerOf(log.last);
    answer.catch(() => undefined);
    if (leads) {
      this.broadcast(leads);
      await this.advance(leads);
    }
    return () => answer;
  }

  private async beat(leads: Leadership): Promise<void> {
    const { core } = this;
    while (core.leads === leads) {
      await core.node.sleep(core.options.beatMs);
      if (core.leads !== leads) return;
      if (!this.hears(leads)) core.stepDown();
      else {
        // What was sent since and not acknowledged is sent again.
        for (const [peer, match] of leads.match) leads.next.set(peer, match + 1);
        this.broadcast(leads);
        await core.inTurn(() => this.changeMembers());
      }
    }
  }

  private async changeMembers(): Promise<void> {
    const { core } = this;
    // Who is no member any more has led to here, and others may lead on.
    if (core.leads && !core.isMember && core.log.membersIndex <= core.committed) core.stepDown();
    const change = core.wanted && nextChange(core, core.wanted);
    if (change) await this.write(change);
  }

  /** Whether a majority has answered of late. A leader that nobody answers should not keep others from leading. */
  private hears(leads: Leadership): boolean {
    const { node, options } = this.core;
    const since = node.elapsed() - 2 * options.electionMs;
    return this.core.isMajority(
      (member) => member === node.id || (leads.round.get(member)?.atMs ?? leads.sinceMs) >= since,
    );
  }

  /** A leader believes that it leads for as long after it sent what a majority answered as nobody votes for another. */
  private hasLease(leads: Leadership): boolean {
    const { node, options } = this.core;
    const since = node.elapsed() - options.electionMs;
    return this.core.isMajority(
      (member) => member === node.id || (leads.round.get(member)?.atMs ?? Number.NEGATIVE_INFINITY) >= since,
    );
  }

  private broadcast(leads: Leadership): number {
    leads.rounds++;
    for (const peer of this.core.log.members) if (peer !== this.core.node.id) this.send(leads, peer);
    return leads.rounds;
  }

  private send(leads: Leadership, peer: NodeId): void {
    const { node, log, term, committed } = this.core;
    const round = leads.rounds;
    const atMs = node.elapsed();
    const next = leads.next.get(peer) ?? log.last + 1;
    const beforeTerm = log.termAt(next - 1);
    if (beforeTerm === undefined) {
      const install: Install = { round, atMs, term, snapshot: log.snapshot };
      node.send(peer, 'install', install);
      return;
    }
    const entries = log.from(next, BATCH);
    leads.next.set(peer, next + entries.length);
    const append: Append = { round, atMs, term, before: next - 1, beforeTerm, entries, committed };
    node.send(peer, 'append', append);
  }

  private onAppend(message: Append, from: NodeId): Promise<void> {
    const { core } = this;
    const { term, before, entries, committed, round, atMs } = message;
    return core.inTurn(async () => {
      await core.adopt(term);
      if (term < core.term) return this.answer(from, { round, atMs });
      core.follow(from);
      const next = await this.agree(message);
      if (next !== undefined) return this.answer(from, { round, atMs, next });
      const match = before + entries.length;
      this.answer(from, { round, atMs, match });
      await core.commit(Math.min(committed, match));
    });
  }

  private answer(leader: NodeId, says: Omit<Appended, 'term'>): void {
    const appended: Appended = { term: this.core.term, ...says };
    this.core.node.send(leader, 'appended', appended);
  }

  /** Makes the log like the leader's as far as the message goes; or says where the leader should go on. */
  private async agree({ before, beforeTerm, entries }: Append): Promise<number | undefined> {
    const { core } = this;
    const { log, options } = core;
    const { index } = log.snapshot;
    if (before > log.last) return log.last + 1;
    if (before >= index && log.termAt(before) !== beforeTerm) return this.beginOfTerm(before);
    // What a snapshot stands for is committed, and the leader's too.
    let at = Math.max(before, index);
    if (options.cutsAtConflict)
      while (at < before + entries.length && this.has(at + 1, entries[at - before]?.term)) at++;
    if (at >= before + entries.length && options.cutsAtConflict) return undefined;
    if (at < log.last) await log.truncate(at);
    await log.append(entries.slice(at - before));
    core.changes++;
    return undefined;
  }

  private has(index: number, term: number | undefined): boolean {
    return this.core.log.at(index)?.term === term && term !== undefined;
  }

  private beginOfTerm(index: number): number {
    const { log } = this.core;
    let begin = index;
    while (begin > log.snapshot.index + 1 && log.termAt(begin - 1) === log.termAt(index)) begin--;
    return begin;
  }

  private onInstall({ term, snapshot, round, atMs }: Install, from: NodeId): Promise<void> {
    const { core } = this;
    const { log, options } = core;
    return core.inTurn(async () => {
      await core.adopt(term);
      if (term < core.term) return this.answer(from, { round, atMs });
      core.follow(from);
      if (snapshot.index > core.committed || !options.passesOldSnapshots) {
        const keepsTail = options.keepsTail && log.termAt(snapshot.index) === snapshot.term;
        await log.replaceBy(snapshot, keepsTail);
        core.sessions.restore(snapshot.state);
        core.restart(snapshot.index);
        core.node.mark('installs a snapshot');
      }
      this.answer(from, { round, atMs, match: snapshot.index });
    });
  }

  private onAppended({ term, round, atMs, match, next }: Appended, from: NodeId): Promise<void> {
    const { core } = this;
    return core.inTurn(async () => {
      await core.adopt(term);
      const { leads } = core;
      if (!leads || term !== leads.term) return;
      if (round >= (leads.round.get(from)?.round ?? 0)) leads.round.set(from, { round, atMs });
      this.settleReads(leads);
      if (match !== undefined) {
        leads.match.set(from, Math.max(match, leads.match.get(from) ?? 0));
        leads.next.set(from, Math.max(match + 1, leads.next.get(from) ?? 0));
        await this.advance(leads);
      } else if (next !== undefined) {
        leads.next.set(from, next);
        this.send(leads, from);
      }
    });
  }

  /** Commits what a majority has. */
  private async advance(leads: Leadership): Promise<void> {
    const { core } = this;
    const { log, node, options } = core;
    const holds = (index: number) => (member: NodeId) => member === node.id || (leads.match.get(member) ?? 0) >= index;
    let index = log.last;
    while (index > core.committed && !core.isMajority(holds(index))) index--;
    if (index <= core.committed || (options.ownTermAlone && log.termAt(index) !== core.term)) return;
    await core.commit(index);
  }

  private settleReads(leads: Leadership): void {
    const { node } = this.core;
    const settled = leads.confirming.filter(({ round }) =>
      this.core.isMajority((member) => member === node.id || (leads.round.get(member)?.round ?? 0) >= round),
    );
    for (const read of settled) {
      leads.confirming.splice(leads.confirming.indexOf(read), 1);
      read.resolve();
    }
  }
}

const NOT_LEADING = 'not the leader';
