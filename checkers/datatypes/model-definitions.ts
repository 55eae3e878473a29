/** What each model says, in a sentence: dependencies are ww, wr and rw as Adya has them. */

const TRANSACTIONS: Readonly<Record<string, string>> = {
  'read-uncommitted': 'no cycle of ww: writes of two transactions are not interleaved (Adya, PL-1)',
  'strong-session-read-uncommitted': 'no cycle of ww and the order of each session',
  'strong-read-uncommitted': 'no cycle of ww and real time',
  'read-committed': 'no cycle of ww and wr, and no read of what was aborted or overwritten by its writer (Adya, PL-2)',
  'strong-session-read-committed': 'read-committed, and no such cycle with the order of each session',
  'strong-read-committed': 'read-committed, and no such cycle with real time',
  'monotonic-atomic-view':
    'once a transaction has read from another, its later reads miss no write of that one (Bailis et al., VLDB 2014)',
  'strong-session-monotonic-atomic-view': 'the same in an order that each session keeps',
  'read-atomic':
    'a transaction that reads from another misses none of its writes, and reads what it wrote itself (Bailis et al., SIGMOD 2014)',
  'strong-session-read-atomic': 'the same, and of earlier transactions of its session',
  'causal-cerone':
    'a transaction misses no write of those that it depends on through any number of wr (Cerone, Bernardi, Gotsman, CONCUR 2015)',
  causal: 'the same with the order of each session, and one order of all writes: causal convergence',
  'consistent-view': 'no cycle of ww, wr and rw with at most one rw (Adya, PL-2+)',
  'parallel-snapshot-isolation':
    'the same, and reads see what the transaction wrote itself (Sovran et al., SOSP 2011; Cerone, Gotsman, JACM 2018)',
  'strong-session-parallel-snapshot-isolation': 'the same with the order of each session',
  prefix:
    'every transaction reads a snapshot that is a prefix of one order of commits (Cerone, Bernardi, Gotsman, CONCUR 2015)',
  'strong-session-prefix': 'the same with the order of each session',
  'snapshot-isolation':
    'prefix, and of two concurrent transactions that write the same one aborts: every cycle has two adjacent rw (Adya, PL-SI)',
  'strong-session-snapshot-isolation': 'the same with the order of each session',
  'strong-snapshot-isolation': 'the same with real time: a snapshot has all that had ended before',
  'repeatable-read': 'no cycle of ww, wr and rw of items; rw through predicates are allowed (Adya, PL-2.99)',
  serializable:
    'a serial order of the transactions explains every read: no cycle of ww, wr and rw at all, with some order of the writes (Adya, PL-3)',
  'strong-session-serializable': 'a serial order that each session keeps explains every read',
  'strict-serializable': 'a serial order that real time keeps explains every read (Papadimitriou, JACM 1979)',
};

const OBJECTS: Readonly<Record<string, string>> = {
  linearizable: 'one order of all operations that real time keeps explains every result (Herlihy, Wing, TOPLAS 1990)',
  sequential: 'one order of all operations that each process keeps explains every result (Lamport, 1979)',
  CM: 'for each process an order of what it saw, by causality, explains its reads (Ahamad et al., 1995)',
  CC: 'each read is explained by an order of what lies before it by causality (Bouajjani et al., POPL 2017)',
  PRAM: "for each process an order of its operations and all writes, each writer's in order (Lipton, Sandberg, 1988)",
  'monotonic-reads': 'a process sees no older write after a newer one (Terry et al., PDIS 1994)',
  'monotonic-writes': "a process's writes are seen in their order; with monotonic reads (Terry et al., PDIS 1994)",
  'writes-follow-reads':
    'who sees a write sees what its writer had seen before; with monotonic reads (Terry et al., PDIS 1994)',
  'read-your-writes': 'a process sees what it wrote before, or something newer (Terry et al., PDIS 1994)',
  'lost-writes': 'no acknowledged write disappears forever from what is read later',
  'unordered-queue': 'one order of all operations in which what is taken out was inside, in any order',
  'total-queue': 'all that went in comes out, once',
  'fencing-tokens': 'later leases have larger tokens, and no smaller token is accepted after a larger one',
};

const REPLICAS: Readonly<Record<string, string>> = {
  convergence: 'the last reads of all replicas are equal (Shapiro et al., SSS 2011)',
  'strong-convergence': 'reads of the same version are equal, at any time (Shapiro et al., SSS 2011)',
  'basic-visibility': 'a read shows what its session updated before (Emmi, Enea, POPL 2019)',
  'monotonic-visibility': 'and what its session had known before (Emmi, Enea, POPL 2019)',
  'peer-visibility': 'and, with an update, those that its session had made before (Emmi, Enea, POPL 2019)',
  'causal-visibility': 'and, with an update, all that this had known (Emmi, Enea, POPL 2019)',
  'complete-visibility': 'and every update that had ended before (Emmi, Enea, POPL 2019)',
};

/** By model. One that is not here is its datatype's own, which says what it is. */
export const modelDefinitions: Readonly<Record<string, string>> = { ...TRANSACTIONS, ...OBJECTS, ...REPLICAS };
