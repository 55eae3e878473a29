/** The steps of Raft, as the paper and the thesis have them. The twins replace some (twins.ts). */
import { lastIncludedIndex } from './applying.ts';
import { hearsLeader, isElected, isUpToDate } from './election.ts';
import { persistLog } from './entries.ts';
import { isNewSnapshot, retainsLog } from './install-snapshot.ts';
import { beginTerm, knowsCommitted } from './leadership.ts';
import { mayChangeMembers } from './members.ts';
import { confirmLeadership } from './reads.ts';
import { mayCommit, reconcile } from './replication.ts';
import { persistBallot, type Steps } from './server.ts';
import { applyCommand } from './sessions.ts';

export const steps: Steps = {
  hearsLeader,
  isUpToDate,
  persistBallot,
  isElected,
  beginTerm,
  persistLog,
  reconcile,
  mayCommit,
  knowsCommitted,
  applyCommand,
  lastIncludedIndex,
  isNewSnapshot,
  retainsLog,
  confirmLeadership,
  mayChangeMembers,
};
