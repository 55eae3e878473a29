/**
 * Log replication: a leader appends entries and sends them, followers make
 * their logs like the leader's, and what a majority has is committed.
 *
 * @see Ongaro & Ousterhout, "In Search of an Understandable Consensus Algorithm
 *   (Extended Version)", 2014: section 5.3, and AppendEntries in figure 2.
 */
import type { NodeId } from '../node.ts';
import { commit } from './applying.ts';
import type { Entries, Payload } from './entries.ts';
import type { AppendEntries, AppendReply, InstallSnapshot } from './messages.ts';
import type { Leadership, Server } from './server.ts';
import type { Answer } from './sessions.ts';

/** The most entries in one message. */
const BATCH = 32;

/** Appends an entry to the leader's log and sends it out. `answer` resolves with what comes of it. */
export async function append(
  server: Server,
  leadership: Leadership,
  payload: Payload,
): Promise<{ readonly answer: Promise<Answer> }> {
  const { log, currentTerm } = server;
  await log.append([{ term: currentTerm, payload }]);
  server.changes++;
  const answer = server.answerAt(log.last);
  // Nobody need wait for it: no client asked for the first entry of a term, or for a change of the members.
  answer.catch(() => undefined);
  broadcast(server, leadership);
  await advanceCommitIndex(server, leadership);
  return { answer };
}

/** Sends every follower what it lacks, or a heartbeat, and returns the number of this round. */
export function broadcast(server: Server, leadership: Leadership): number {
  leadership.rounds++;
  for (const peer of server.log.members) if (peer !== server.node.id) sendEntries(server, leadership, peer);
  return leadership.rounds;
}

/** Sends the entries from nextIndex on, or the snapshot where those are no longer in the log. */
export function sendEntries(server: Server, leadership: Leadership, follower: NodeId): void {
  const { node, log, currentTerm: term, commitIndex: committed } = server;
  const round = leadership.rounds;
  const atMs = node.elapsed();
  const next = leadership.nextIndex.get(follower) ?? log.last + 1;
  const beforeTerm = log.termAt(next - 1);
  if (beforeTerm === undefined) {
    const install: InstallSnapshot = { round, atMs, term, snapshot: log.snapshot };
    node.send(follower, 'install', install);
    return;
  }
  const entries = log.from(next, BATCH);
  leadership.nextIndex.set(follower, next + entries.length);
  const request: AppendEntries = { round, atMs, term, before: next - 1, beforeTerm, entries, committed };
  node.send(follower, 'append', request);
}

/** Commits what a majority has: figure 2, the last rule for leaders. */
export async function advanceCommitIndex(server: Server, { matchIndex }: Leadership): Promise<void> {
  const { log, node, commitIndex } = server;
  const hasUpTo = (index: number) => (member: NodeId) => member === node.id || (matchIndex.get(member) ?? 0) >= index;
  let index = log.last;
  while (index > commitIndex && !server.isMajority(hasUpTo(index))) index--;
  if (index > commitIndex && server.steps.mayCommit(server, index)) await commit(server, index);
}

/** Only entries of the leader's own term are committed by counting; those before them are committed with them. */
export function mayCommit({ log, currentTerm }: Server, index: number): boolean {
  return log.termAt(index) === currentTerm;
}

/** Handles AppendEntries. */
export function receiveEntries(server: Server): void {
  server.node.on('append', (request: AppendEntries, leader) => onAppendEntries(server, request, leader));
}

function onAppendEntries(server: Server, request: AppendEntries, leader: NodeId): Promise<void> {
  const { term, before, entries, committed, round, atMs } = request;
  return server.inTurn(async () => {
    await server.observeTerm(term);
    if (term < server.currentTerm) return reply(server, leader, { round, atMs });
    server.follow(leader);
    const next = await server.steps.reconcile(server, request);
    if (next !== undefined) return reply(server, leader, { round, atMs, next });
    const match = before + entries.length;
    reply(server, leader, { round, atMs, match });
    await commit(server, Math.min(committed, match));
  });
}

export function reply(server: Server, leader: NodeId, says: Omit<AppendReply, 'term'>): void {
  const message: AppendReply = { term: server.currentTerm, ...says };
  server.node.send(leader, 'appended', message);
}

/** Skips the entries that the log has, deletes those from the first conflict on, and appends what is new. */
export async function reconcile(server: Server, request: AppendEntries): Promise<number | undefined> {
  const { log } = server;
  const { before, entries } = request;
  const next = nextToTry(log, request);
  if (next !== undefined) return next;
  // What the snapshot stands for is committed, and so the leader's too.
  let at = Math.max(before, log.snapshot.index);
  while (at < before + entries.length && log.termAt(at + 1) === entries[at - before]?.term) at++;
  if (at >= before + entries.length) return undefined;
  if (at < log.last) await log.truncate(at);
  await log.append(entries.slice(at - before));
  server.changes++;
  return undefined;
}

/**
 * Where the leader should continue if the log has no entry at `before` with the term `beforeTerm` (AppendEntries, rule
 * 2): at the end of a log that is too short, else at the first entry of the term that conflicts (end of section 5.3).
 */
export function nextToTry(log: Entries, { before, beforeTerm }: AppendEntries): number | undefined {
  if (before > log.last) return log.last + 1;
  if (before < log.snapshot.index || log.termAt(before) === beforeTerm) return undefined;
  let first = before;
  while (first > log.snapshot.index + 1 && log.termAt(first - 1) === log.termAt(before)) first--;
  return first;
}
