/**
 * Reads that are not written to the log: a leader makes sure with a
 * round of heartbeats that no other leads, and reads its own copy.
 *
 * @see Ongaro, "Consensus: Bridging Theory and Practice", PhD thesis, Stanford 2014, section 6.4: ReadIndex.
 */
import { Refused } from '../node.ts';
import { broadcast } from './replication.ts';
import { type Leadership, NOT_LEADING, type Server } from './server.ts';

export async function confirmLeadership(server: Server, leadership: Leadership): Promise<void> {
  if (!server.steps.knowsCommitted(server, leadership)) throw new Refused(NOT_LEADING);
  await exchangeHeartbeats(server, leadership);
}

/** Resolves once a majority has answered a round that begins now; rejects where this server steps down first. */
export function exchangeHeartbeats(server: Server, leadership: Leadership): Promise<void> {
  const round = broadcast(server, leadership);
  return new Promise((resolve, reject) => {
    leadership.reads.push({ round, resolve, reject });
    resolveReads(server, leadership);
  });
}

/** Resolves the reads whose round a majority has answered. */
export function resolveReads(server: Server, { reads, answered }: Leadership): void {
  const { node } = server;
  const confirmed = reads.filter(({ round }) =>
    server.isMajority((member) => member === node.id || (answered.get(member)?.round ?? 0) >= round),
  );
  for (const read of confirmed) {
    reads.splice(reads.indexOf(read), 1);
    read.resolve();
  }
}
