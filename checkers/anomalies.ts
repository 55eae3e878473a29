/** Every anomaly that a checker reports, by its name: what it is, and where it is defined. */

export interface AnomalyKind {
  readonly name: string;
  /** What it is, in one sentence. */
  readonly says: string;
  /** The paper or tool that defines it; absent where the definition is this library's own. */
  readonly source?: string;
}

const ADYA = 'Adya, Liskov & O\'Neil, "Generalized Isolation Level Definitions", ICDE 2000';
const ELLE = 'Kingsbury & Alvaro, "Elle", VLDB 2020';
const CERONE =
  'Cerone, Bernardi & Gotsman, "A Framework for Transactional Consistency Models with Atomic Visibility", CONCUR 2015';
const BOUAJJANI = 'Bouajjani, Enea, Guerraoui & Hamza, "On Verifying Causal Consistency", POPL 2017';
const HERLIHY = 'Herlihy & Wing, "Linearizability", TOPLAS 1990';
const LAMPORT = 'Lamport, "How to Make a Multiprocessor Computer That Correctly Executes Multiprocess Programs", 1979';
const TERRY = 'Terry et al., "Session Guarantees for Weakly Consistent Replicated Data", PDIS 1994';
const SHAPIRO = 'Shapiro, Preguiça, Baquero & Zawirski, "Conflict-free Replicated Data Types", SSS 2011';
const JEPSEN = "Jepsen's checkers";
const GILBERT = 'Gilbert & Lynch, "Brewer\'s Conjecture", SIGACT News 2002';
const EMMI = 'Emmi & Enea, "Weak-Consistency Specification via Visibility Relaxation", POPL 2019';
const KAFKA = "Jepsen's tests of Kafka and Redpanda, 2022";

const kinds = (source: string | undefined, table: Readonly<Record<string, string>>): readonly AnomalyKind[] =>
  Object.entries(table).map(([name, says]) => ({ name, says, ...(source === undefined ? {} : { source }) }));

/** A cycle that needs a step of the order of each process, or of real time. */
function variants(table: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(table).flatMap(([name, says]) => [
      [name, `${says}.`],
      [`${name}-process`, `${says}, closed by the order of a process.`],
      [`${name}-realtime`, `${says}, closed by real time: one had ended before another began.`],
    ]),
  );
}

/** Every anomaly, by family and name. */
export const anomalyKinds: readonly AnomalyKind[] = [
  ...kinds(ADYA, {
    ...variants({
      G0: 'A cycle of writes that overwrite each other (dirty write)',
      G1c: 'A cycle of writes and reads of what others wrote (circular information flow)',
      'G-single': 'A cycle with exactly one read of what was overwritten (read skew)',
      'G-single-item': 'G-single without predicates',
      'G-nonadjacent': 'A cycle in which no two reads of what was overwritten follow each other',
      'G-nonadjacent-item': 'G-nonadjacent without predicates',
      G2: 'A cycle with reads of what was overwritten (write skew and beyond)',
      'G2-item': 'G2 without predicates',
    }),
    G1a: 'A committed transaction read what an aborted one wrote (aborted read).',
    G1b: 'A transaction read what another one wrote and then overwrote itself (intermediate read).',
  }),
  ...kinds(ELLE, {
    internal: 'A transaction did not see its own earlier read or write.',
    'dirty-update': 'A committed transaction built on what an aborted one wrote.',
    'duplicate-elements': 'A list shows an element twice that was appended once.',
    'incompatible-order': 'Two reads show the elements of a list in orders that do not fit together.',
    'garbage-read': 'A read shows a value that no operation wrote.',
    'cyclic-versions': 'The order of the versions of a key, as the assumptions have it, is a cycle.',
    'lost-update': 'Two transactions read one version and both overwrote it.',
  }),
  ...kinds(CERONE, {
    'fractured-read': 'A transaction saw some of what another wrote, and of another key what that had overwritten.',
    'fractured-read-process': 'A fractured read, with the order of a process.',
    'non-monotonic-view': 'A transaction saw another, and later an older state than that had left.',
    'non-monotonic-view-process': 'A non-monotonic view, with the order of a process.',
    'causality-violation': 'A transaction missed an effect on which a transaction that it saw had depended.',
    'causality-violation-process': 'A causality violation, with the order of a process.',
    'G-prefix': 'No single order of commits has each transaction see a prefix of it.',
    'G-prefix-process': 'The same, with the order of each process.',
    'not-serializable': 'No order of the transactions explains what they read.',
    'write-skew': 'Two transactions each read what the other overwrote.',
  }),
  ...kinds(HERLIHY, {
    'non-linearizable': 'No order that keeps real time explains what was returned.',
    'stale-read': 'A read shows what had certainly been replaced before it began.',
    'thin-air-read': 'A read shows what no operation had tried to write.',
    'future-read': 'A read had ended before any write of what it shows began.',
    'aborted-read': 'A read shows what only a failed operation had tried to write.',
    'false-mismatch': 'A compare-and-set was refused though the value that it expected was certainly there.',
    'false-empty': 'A removal found nothing although something was certainly inside.',
    unexpected: 'Something was shown or came out that no operation had put in by then.',
    duplicate: 'Something came out or was shown more often than it went in.',
    lost: 'Something that was acknowledged is gone.',
    disorder: 'Things came out in an order that the datatype does not have.',
  }),
  ...kinds(LAMPORT, {
    'not-sequential': 'No order that keeps each process explains what was returned.',
    'overlapping-operations': 'A process began an operation before its last one had ended, so that it has no order.',
  }),
  ...kinds(BOUAJJANI, {
    'causality-cycle': 'The order of processes and who read from whom form a cycle.',
    'causally-stale-read': 'A read shows what was causally overwritten.',
    'causally-stale-initial-read': 'A read shows the initial value though a write causally precedes it.',
    'conflict-order-cycle': 'The orders that reads impose on writes form a cycle.',
    'view-order-cycle': 'What one process saw cannot be put into one order of its own.',
    'view-stale-initial-read': 'A process saw the initial value after a write in its own view.',
  }),
  ...kinds(TERRY, {
    'own-write-not-read': 'A process did not see what it had written itself.',
    'non-monotonic-read': 'A process saw a newer state and then an older one.',
    'non-monotonic-write': 'The writes of one process were seen out of their order.',
    'write-not-following-read': 'A write was seen without the one that its writer had read.',
  }),
  ...kinds(SHAPIRO, {
    diverged: 'Replicas that have seen the same updates show different contents.',
    divergence: 'In the end nodes show different contents.',
    'no-agreement': 'In the end reads of one key differ.',
    resurrected: 'What was removed is there again.',
    'nonmonotonic-read': 'A replica showed more, and then less.',
    'order-cycle': 'Reads show the elements of a list in orders that form a cycle.',
    'mixed-runs': 'Letters of two runs that were typed at one place stand mixed.',
    'lost-sibling': 'A write that no other replaced is gone.',
    'replaced-sibling': 'A write is shown beside the one that replaced it.',
  }),
  ...kinds(JEPSEN, {
    'long-fork': 'Two reads saw two writes in opposite orders.',
    'causal-reverse': 'A read shows a write without one that had ended before it began.',
    'wrong-total': 'A read shows balances whose sum is not what it should be.',
    'negative-balance': 'A read shows a balance below zero.',
    'nil-balance': 'A read shows no balance of an account.',
    'unexpected-key': 'A read shows an account that does not exist.',
    'predicate-read-miss': 'Of two inserts of which each should have seen the other, both succeeded.',
  }),
  ...kinds(KAFKA, {
    'inconsistent-offsets': 'One offset of a log holds two messages.',
    'int-nonmonotonic-poll': 'Within one transaction a poll goes back.',
    'int-nonmonotonic-send': 'Within one transaction a send goes back.',
    'int-poll-skip': 'Within one transaction a poll leaves out messages.',
    'int-send-skip': 'Within one transaction a send leaves out offsets.',
    'lost-write': 'An acknowledged message or write is never seen though later ones are.',
    'never-sent': 'A message was polled that no client had asked to send.',
    'nonmonotonic-poll': 'A consumer was shown an earlier message after a later one.',
    'nonmonotonic-send': 'A producer was given an earlier offset after a later one.',
    'poll-skip': 'A consumer was not shown messages between two that it was shown.',
    'precommitted-read': 'A transaction was shown what another had not committed.',
    unseen: 'An acknowledged message was never polled.',
  }),
  ...kinds(EMMI, {
    'not-basic': 'A read does not show an update that its own session had made before.',
    'not-monotonic': 'A read does not show an update that its own session had known of before.',
    'not-peer': 'A read shows an update of a session and not an earlier one of the same session.',
    'not-causal': 'A read shows an update and not one that its maker had known of.',
    'not-complete': 'A read does not show an update that had ended before it began.',
  }),
  ...kinds(GILBERT, {
    unavailable: 'A node that was up did not respond though the claim promises that it does.',
    'no-recovery': 'After all faults had ended some node did not answer in the time that was claimed.',
  }),
  ...kinds(undefined, {
    'mutual-exclusion': 'Two held a lock at once.',
    'not-held': 'A lock was released that no client held.',
    'duplicate-token': 'Two leases have one fencing token.',
    'nonmonotonic-token': 'A later lease has a smaller fencing token.',
    'stale-fencing-token': 'The guarded resource accepted an older token after a newer one.',
    'expired-read': 'A cache found an entry after its time to live.',
    'duplicate-id': 'One identifier was given out more than once.',
    'no-source-fits':
      'A value was written several times, and whichever of the writes each read is of, the model is broken.',
    deadlock: 'Clients wait for each other in a cycle of locks.',
  }),
];
