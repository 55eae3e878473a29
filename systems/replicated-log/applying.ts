/**
 * Committed entries are applied in the order of the log, and the log is compacted where it has grown long.
 *
 * @see Ongaro & Ousterhout, "In Search of an Understandable Consensus
 *   Algorithm (Extended Version)", 2014: sections 5.3 and 7.
 */
import { InDoubt } from '../node.ts';
import type { Server } from './server.ts';
import type { Answer } from './sessions.ts';

/** Takes note that the entries up to this index are committed, and applies them. */
export async function commit(server: Server, index: number): Promise<void> {
  const { log, configuration } = server;
  server.commitIndex = Math.max(server.commitIndex, Math.min(index, log.last));
  server.changes++;
  while (server.lastApplied < server.commitIndex) applyNext(server);
  if (server.lastApplied - log.snapshot.index >= configuration.snapshotThreshold) await compact(server);
}

function applyNext(server: Server): void {
  const index = ++server.lastApplied;
  const entry = server.log.at(index);
  if (!entry) throw new Error(`entry ${index} is committed, and is not in the log`);
  const { payload } = entry;
  const { steps, sessions, waiting } = server;
  const answer: Answer = payload.type === 'command' ? steps.applyCommand(sessions, payload.request) : { reply: null };
  const client = waiting.get(index);
  if (!client) return;
  waiting.delete(index);
  if (client.term === entry.term) client.resolve(answer);
  else client.reject(new InDoubt('another leader put another entry here'));
}

/** Puts a snapshot in the place of the entries that it stands for. */
async function compact(server: Server): Promise<void> {
  const { log, sessions, node, steps } = server;
  const index = steps.lastIncludedIndex(server);
  const term = log.termAt(index) as number;
  await log.replaceBy({ index, term, members: log.membersAt(index), state: sessions.save() }, true);
  server.resumeFrom(index);
  node.mark('compacts its log');
}

export function lastIncludedIndex({ lastApplied }: Server): number {
  return lastApplied;
}
