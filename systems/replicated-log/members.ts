/**
 * How a replicated log changes its own members: one by one, each change an entry that
 * counts as soon as a server has it. Any majority before a change and any after it share
 * a server; that holds for one change, so each waits until the one before is committed.
 *
 * @see Ongaro, "Consensus: Bridging Theory and Practice", PhD thesis, Stanford 2014, sections 4.1 and 4.2.2.
 * @see Ongaro, "Bug in Single-Server Membership Changes", raft-dev mailing list, 2015:
 *   changes of two leaders overlap, unless a leader first commits an entry of its own term.
 */
import type { NodeId } from '../node.ts';
import { append } from './replication.ts';
import type { Leadership, Server } from './server.ts';

/** Appends the next change toward the members that the operator asks for, where there is one and its time has come. */
export async function changeMembers(server: Server): Promise<void> {
  // A leader that is no member leads until that is committed, and others may lead then.
  if (!server.isMember && server.log.membersIndex <= server.commitIndex) server.stepDown();
  const { leadership, wanted, log, steps } = server;
  if (!leadership || !wanted || !steps.mayChangeMembers(server, leadership)) return;
  const members = nextMembers(log.members, wanted);
  if (members) await append(server, leadership, { type: 'members', members });
}

/** Both the change before this one and an entry of the leader's own term are committed. */
export function mayChangeMembers(server: Server, leadership: Leadership): boolean {
  return server.log.membersIndex <= server.commitIndex && server.steps.knowsCommitted(server, leadership);
}

/** One member more or less; members are added before others are removed. */
function nextMembers(members: readonly NodeId[], wanted: readonly NodeId[]): readonly NodeId[] | undefined {
  const missing = wanted.find((node) => !members.includes(node));
  if (missing !== undefined) return [...members, missing];
  const left = members.find((node) => !wanted.includes(node));
  return left === undefined ? undefined : members.filter((node) => node !== left);
}
