/**
 * Leader election: a server that hears no leader for a while asks
 * for votes in a new term, and leads it with those of a majority.
 *
 * @see Ongaro & Ousterhout, "In Search of an Understandable Consensus
 *   Algorithm (Extended Version)", 2014: sections 5.2 and 5.4.1.
 */
import type { NodeId } from '../node.ts';
import type { Entries } from './entries.ts';
import { lead } from './leadership.ts';
import type { RequestVote, VoteReply } from './messages.ts';
import type { Server } from './server.ts';

/** Becomes a candidate whenever no leader is heard. `waits`: whether a leader is given time to be heard first. */
export function runElections(server: Server, waits: boolean): void {
  server.timeoutMs = waits ? randomTimeout(server) : 0;
  server.node.on('vote', (request: RequestVote, candidate) => onRequestVote(server, request, candidate));
  server.node.on('voted', (reply: VoteReply, voter) => onVote(server, reply, voter));
  void awaitTimeouts(server);
}

async function awaitTimeouts(server: Server): Promise<void> {
  const { node, configuration } = server;
  for (;;) {
    const leftMs = server.heardMs + server.timeoutMs - node.elapsed();
    if (server.leadership) await node.sleep(configuration.electionTimeoutMs);
    else if (leftMs > 0) await node.sleep(Math.ceil(leftMs));
    else await server.inTurn(() => startElection(server));
  }
}

function randomTimeout({ node, configuration }: Server): number {
  return configuration.electionTimeoutMs * (1 + node.random());
}

async function startElection(server: Server): Promise<void> {
  const { node } = server;
  server.heardMs = node.elapsed();
  server.timeoutMs = randomTimeout(server);
  if (!mayLead(server) || server.leadership) return;
  await server.setBallot({ term: server.currentTerm + 1, votedFor: node.id });
  node.mark('is a candidate');
  server.votes = [node.id];
  if (!(await leadIfElected(server))) void requestVotes(server, server.currentTerm);
}

/**
 * A server that was removed leads as long as its removal is not
 * committed: no other may know of it yet (thesis, section 4.2.2).
 */
function mayLead({ isMember, log, commitIndex }: Server): boolean {
  return isMember || log.membersIndex > commitIndex;
}

/** Asks those who have not voted for it, as long as the election is open. */
async function requestVotes(server: Server, term: number): Promise<void> {
  const { node, log, configuration } = server;
  while (server.currentTerm === term && server.votes && isCandidate(server)) {
    const request: RequestVote = { term, last: log.last, lastTerm: log.lastTerm };
    for (const peer of log.members) if (!server.votes.includes(peer)) node.send(peer, 'vote', request);
    await node.sleep(configuration.heartbeatMs);
  }
}

/** A candidate that hears the leader of its term is one no longer: that leader may change its log and its members. */
function isCandidate({ votedFor, node, ledTerm, currentTerm }: Server): boolean {
  return votedFor === node.id && ledTerm < currentTerm;
}

async function onRequestVote(server: Server, request: RequestVote, candidate: NodeId): Promise<void> {
  const { node, log, steps } = server;
  if (steps.hearsLeader(server)) return;
  await server.inTurn(async () => {
    await server.observeTerm(request.term);
    const { currentTerm, votedFor } = server;
    const free = request.term === currentTerm && (votedFor === null || votedFor === candidate);
    const granted = free && steps.isUpToDate(log, request);
    if (granted) {
      await server.setBallot({ term: currentTerm, votedFor: candidate });
      server.heardMs = node.elapsed();
    }
    const reply: VoteReply = { term: server.currentTerm, granted };
    node.send(candidate, 'voted', reply);
  });
}

function onVote(server: Server, { term, granted }: VoteReply, voter: NodeId): Promise<void> {
  return server.inTurn(async () => {
    await server.observeTerm(term);
    if (!granted || term !== server.currentTerm || !server.votes || !isCandidate(server)) return;
    server.votes.push(voter);
    await leadIfElected(server);
  });
}

async function leadIfElected(server: Server): Promise<boolean> {
  if (!server.votes || !server.steps.isElected(server, server.votes)) return false;
  server.votes = undefined;
  await lead(server);
  return true;
}

/** A member that was removed, or was cut off, must not depose a leader that the others hear. */
export function hearsLeader({ leadership, node, leaderMs, configuration }: Server): boolean {
  return leadership !== undefined || node.elapsed() - leaderMs < configuration.electionTimeoutMs;
}

export function isUpToDate(log: Entries, { last, lastTerm }: RequestVote): boolean {
  return lastTerm > log.lastTerm || (lastTerm === log.lastTerm && last >= log.last);
}

export function isElected(server: Server, votes: readonly NodeId[]): boolean {
  return server.isMajority((member) => votes.includes(member));
}
