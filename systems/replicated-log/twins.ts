/** Raft with mistakes: each twin replaces one step of the protocol, or a few that belong together. */
import { type Twin, twin } from '../twin.ts';
import { changeMembers } from './members.ts';
import { type Raft, raft } from './raft.ts';
import { exchangeHeartbeats } from './reads.ts';
import { broadcast, nextToTry } from './replication.ts';
import type { Leadership, Server, Steps } from './server.ts';
import { answerOf } from './sessions.ts';
import { steps } from './steps.ts';

const broken = (name: string, replaced: Partial<Steps>, flaw: Twin['flaw']): Raft =>
  twin(raft, { name: `replicated-log/${name}`, flaw }, replaced);

const always = () => true;
const never = () => false;
const nothing = async () => undefined;

/** How much later than acknowledged a log is written. */
const LATER_MS = 100;

const elections: readonly Raft[] = [
  broken(
    'stale-candidate',
    { isUpToDate: always },
    {
      says: 'nodes vote for candidates whose logs are behind their own',
      anomaly: 'stale-read',
      at: 'isUpToDate: always',
    },
  ),
  broken(
    'vote-forgotten',
    { persistBallot: (disk, { term }) => steps.persistBallot(disk, { term, votedFor: null }) },
    {
      says: 'whom a node has voted for is not on disk: restarted it votes again',
      anomaly: 'stale-read',
      at: 'steps.persistBallot(disk, { term, votedFor: null })',
    },
  ),
  broken(
    'votes-counted-twice',
    {
      isElected({ log: { members } }, votes) {
        return votes.filter((voter) => members.includes(voter)).length * 2 > members.length;
      },
    },
    {
      says: 'a candidate counts votes and not voters, so a duplicated one counts twice',
      anomaly: 'stale-read',
      at: 'votes.filter((voter) => members.includes(voter)).length',
    },
  ),
];

const replication: readonly Raft[] = [
  // Figure 8 of the paper.
  broken(
    'commits-earlier-term',
    {
      async beginTerm(server, leadership) {
        broadcast(server, leadership);
      },
      mayCommit: always,
      knowsCommitted: ({ commitIndex }, { begin }) => commitIndex >= begin - 1,
    },
    {
      says: 'copies on a majority commit entries of earlier terms',
      anomaly: 'leader-completeness',
      at: 'mayCommit: always',
    },
  ),
  broken(
    'early-acknowledgement',
    {
      async persistLog(write, node) {
        void node.sleep(LATER_MS).then(write);
      },
    },
    {
      says: 'a node acknowledges entries that its disk is told of later',
      anomaly: 'stale-read',
      at: 'void node.sleep(LATER_MS).then(write);',
    },
  ),
  broken(
    'cuts-always',
    {
      async reconcile(server, request) {
        const { log } = server;
        const { before, entries } = request;
        const next = nextToTry(log, request);
        if (next !== undefined) return next;
        const at = Math.max(before, log.snapshot.index);
        if (at < log.last) await log.truncate(at);
        await log.append(entries.slice(at - before));
        server.changes++;
        return undefined;
      },
    },
    {
      says: 'a follower cuts its log after whatever it is sent, late messages included',
      anomaly: 'acknowledged-entries-kept',
      at: 'if (at < log.last) await log.truncate(at);',
      in: 'replicated-log/twins.ts',
    },
  ),
];

const reads: readonly Raft[] = [
  broken(
    'leased-reads',
    { confirmLeadership: confirmByLease },
    {
      says: 'a leader reads without asking while its own clock says that it must still lead',
      anomaly: 'stale-read',
      at: 'confirmLeadership: confirmByLease }',
    },
  ),
  broken(
    'leased-reads-without-refusal',
    { confirmLeadership: confirmByLease, hearsLeader: never },
    {
      says: 'a leader reads without asking for a while, in which others may vote for another',
      anomaly: 'stale-read',
      at: 'hearsLeader: never',
    },
  ),
  broken(
    'unconfirmed-reads',
    { confirmLeadership: nothing },
    {
      says: 'who believes that it leads answers reads from its own copy',
      anomaly: 'stale-read',
      at: 'confirmLeadership: nothing',
    },
  ),
];

/**
 * For an election timeout after it sent what a majority has answered, a leader takes it that
 * nobody votes for another: right as long as all clocks run at one rate (thesis, section 6.4.1).
 */
async function confirmByLease(server: Server, leadership: Leadership): Promise<void> {
  const { node, configuration } = server;
  const since = node.elapsed() - configuration.electionTimeoutMs;
  const answeredSince = (member: string) =>
    (leadership.answered.get(member)?.atMs ?? Number.NEGATIVE_INFINITY) >= since;
  const leased = server.isMajority((member) => member === node.id || answeredSince(member));
  if (!leased) await exchangeHeartbeats(server, leadership);
}

const members: readonly Raft[] = [
  broken(
    'changes-at-once',
    {
      async beginTerm(server, leadership) {
        await changeMembers(server);
        await steps.beginTerm(server, leadership);
      },
      mayChangeMembers: ({ log, commitIndex }) => log.membersIndex <= commitIndex,
    },
    {
      says: 'a new leader changes the members before an entry of its own term is committed, so that two leaders may change them apart',
      anomaly: 'leader-completeness',
      at: 'await changeMembers(server);',
      in: 'replicated-log/twins.ts',
    },
  ),
];

const snapshots: readonly Raft[] = [
  broken(
    'older-snapshot',
    { isNewSnapshot: always },
    {
      says: 'a late snapshot replaces what was applied since',
      anomaly: 'state-machine-safety',
      at: 'isNewSnapshot: always',
    },
  ),
  broken(
    'snapshot-drops-tail',
    { retainsLog: never },
    {
      says: 'a snapshot replaces the entries after it, too, which may have been acknowledged',
      anomaly: 'acknowledged-entries-kept',
      at: 'retainsLog: never',
    },
  ),
  broken(
    'compacts-unapplied',
    { lastIncludedIndex: ({ log }) => log.last },
    {
      says: 'compaction drops entries that have not been applied',
      anomaly: 'state-machine-safety',
      at: 'lastIncludedIndex: ({ log }) => log.last',
    },
  ),
];

const clients: readonly Raft[] = [
  broken(
    'retries-twice',
    { applyCommand: ({ machine }, { command }) => answerOf(() => machine.apply(command)) },
    {
      says: 'a command that is asked for again is applied again',
      anomaly: 'stale-read',
      at: 'answerOf(() => machine.apply(command))',
      in: 'replicated-log/twins.ts',
    },
  ),
];

export const raftTwins = [...elections, ...replication, ...reads, ...members, ...snapshots, ...clients];
