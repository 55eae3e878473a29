/**
 * What a leader does: it begins its term, sends heartbeats, learns from
 * the replies what is committed, and steps down where no majority replies.
 *
 * @see Ongaro & Ousterhout, "In Search of an Understandable Consensus
 *   Algorithm (Extended Version)", 2014: figure 2, rules for leaders.
 * @see Ongaro, "Consensus: Bridging Theory and Practice", PhD thesis,
 *   Stanford 2014, section 6.2: a leader that reaches no majority steps down.
 */
import type { NodeId } from '../node.ts';
import { changeMembers } from './members.ts';
import type { AppendReply } from './messages.ts';
import { resolveReads } from './reads.ts';
import { advanceCommitIndex, append, broadcast, sendEntries } from './replication.ts';
import type { Leadership, Server } from './server.ts';

/** Begins to lead the current term. */
export async function lead(server: Server): Promise<void> {
  const { node, currentTerm, log } = server;
  const leadership: Leadership = {
    term: currentTerm,
    begin: log.last + 1,
    nextIndex: new Map(),
    matchIndex: new Map(),
    rounds: 0,
    answered: new Map(),
    sinceMs: node.elapsed(),
    reads: [],
  };
  server.leadership = leadership;
  server.leader = node.id;
  server.changes++;
  node.mark('leads');
  await server.steps.beginTerm(server, leadership);
  void sendHeartbeats(server, leadership);
}

/** A leader appends an entry without a command: once that is committed, so is all that earlier leaders committed. */
export function beginTerm(server: Server, leadership: Leadership): Promise<unknown> {
  return append(server, leadership, { type: 'begin' });
}

/** An entry of its own term is committed. */
export function knowsCommitted({ commitIndex }: Server, { begin }: Leadership): boolean {
  return commitIndex >= begin;
}

async function sendHeartbeats(server: Server, leadership: Leadership): Promise<void> {
  while (server.leadership === leadership) {
    await server.node.sleep(server.configuration.heartbeatMs);
    if (server.leadership !== leadership) return;
    if (!hearsMajority(server, leadership)) server.stepDown();
    else {
      // What was sent since the last heartbeat and not acknowledged is sent again.
      for (const [follower, match] of leadership.matchIndex) leadership.nextIndex.set(follower, match + 1);
      broadcast(server, leadership);
      await server.inTurn(() => changeMembers(server));
    }
  }
}

/** Whether a majority has replied of late: else another may lead, and clients should look for it. */
function hearsMajority(server: Server, { answered, sinceMs }: Leadership): boolean {
  const { node, configuration } = server;
  const since = node.elapsed() - 2 * configuration.electionTimeoutMs;
  return server.isMajority((member) => member === node.id || (answered.get(member)?.atMs ?? sinceMs) >= since);
}

/** Handles the replies to AppendEntries and InstallSnapshot. */
export function receiveReplies(server: Server): void {
  server.node.on('appended', (reply: AppendReply, follower) => onAppendReply(server, reply, follower));
}

function onAppendReply(server: Server, reply: AppendReply, follower: NodeId): Promise<void> {
  const { term, round, atMs, match, next } = reply;
  return server.inTurn(async () => {
    await server.observeTerm(term);
    const { leadership } = server;
    if (!leadership || term !== leadership.term) return;
    const { answered, matchIndex, nextIndex } = leadership;
    if (round >= (answered.get(follower)?.round ?? 0)) answered.set(follower, { round, atMs });
    resolveReads(server, leadership);
    if (match !== undefined) {
      matchIndex.set(follower, Math.max(match, matchIndex.get(follower) ?? 0));
      nextIndex.set(follower, Math.max(match + 1, nextIndex.get(follower) ?? 0));
      await advanceCommitIndex(server, leadership);
    } else if (next !== undefined) {
      nextIndex.set(follower, next);
      sendEntries(server, leadership, follower);
    }
  });
}
