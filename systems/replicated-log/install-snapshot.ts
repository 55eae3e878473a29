/**
 * A follower that is behind what its leader has compacted away is sent the leader's snapshot.
 *
 * @see Ongaro & Ousterhout, "In Search of an Understandable Consensus
 *   Algorithm (Extended Version)", 2014: section 7 and figure 13.
 */
import type { NodeId } from '../node.ts';
import type { Entries, Snapshot } from './entries.ts';
import type { InstallSnapshot } from './messages.ts';
import { reply } from './replication.ts';
import type { Server } from './server.ts';

/** Handles InstallSnapshot. */
export function receiveSnapshots(server: Server): void {
  server.node.on('install', (request: InstallSnapshot, leader) => onInstallSnapshot(server, request, leader));
}

function onInstallSnapshot(server: Server, request: InstallSnapshot, leader: NodeId): Promise<void> {
  const { term, snapshot, round, atMs } = request;
  const { log, sessions, steps, node } = server;
  return server.inTurn(async () => {
    await server.observeTerm(term);
    if (term < server.currentTerm) return reply(server, leader, { round, atMs });
    server.follow(leader);
    if (steps.isNewSnapshot(server, snapshot)) {
      await log.replaceBy(snapshot, steps.retainsLog(log, snapshot));
      sessions.restore(snapshot.state);
      server.resumeFrom(snapshot.index);
      node.mark('installs a snapshot');
    }
    reply(server, leader, { round, atMs, match: snapshot.index });
  });
}

export function isNewSnapshot({ commitIndex }: Server, { index }: Snapshot): boolean {
  return index > commitIndex;
}

/** They stay where the log has the snapshot's last entry. */
export function retainsLog(log: Entries, { index, term }: Snapshot): boolean {
  return log.termAt(index) === term;
}
