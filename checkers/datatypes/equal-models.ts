/** What small histories cannot show, and why: models that no history tells apart, though no arrow says so. */

/** Pairs of models of some datatypes: whatever the first allows the second does not forbid. */
export interface ProvenPair {
  readonly datatypes: readonly string[];
  /** Absent: any. */
  readonly allows?: readonly string[];
  readonly forbids: readonly string[];
  readonly because: string;
}

const REPLICATED = [
  'g-counter',
  'replicated-counter',
  'pn-counter',
  'g-set',
  '2p-set',
  'or-set',
  'lww-register',
  'lww-map',
  'mv-register',
  'list',
];

/**
 * The pairs without an arrow that no history tells apart. There is no arrow because
 * the second may be `unknown` where the first holds: it asks for more evidence.
 */
export const provenPairs: readonly ProvenPair[] = [
  {
    datatypes: ['rw-register', 'predicate-registers'],
    forbids: ['read-uncommitted', 'strong-session-read-uncommitted', 'strong-read-uncommitted'],
    because:
      'no read shows in which order two values of a register were written, and these models order nothing else: some order of the writes that keeps time explains every history but one in which a value is read that no operation wrote, which all models forbid; of lists, whose reads show the order, they differ',
  },
  {
    datatypes: ['queue', 'unordered-queue'],
    allows: ['linearizable', 'unordered-queue'],
    forbids: ['total-queue'],
    because:
      'in an order of all operations a removal takes an element that went in before and that no other took, and one that finds nothing comes when all were taken: nothing is lost, comes out twice or from nowhere; total-queue is unknown while elements may still be inside',
  },
  {
    datatypes: ['set'],
    allows: ['linearizable'],
    forbids: ['set'],
    because:
      'a last read that comes after all additions in an order of all operations shows each of them; set is unknown where nothing was read',
  },
  {
    datatypes: ['set-full'],
    allows: ['linearizable'],
    forbids: ['set-full'],
    because:
      'a read that comes after an addition in an order of all operations shows it, so that no element is lost or stale; set-full is unknown where no element was read',
  },
  {
    datatypes: REPLICATED,
    allows: REPLICATED,
    forbids: ['convergence', 'strong-convergence'],
    because: 'both are parts of what is judged for the datatype, and are unknown where nothing can be compared',
  },
];

/** Names of models in the literature that are one of these models, with the reason. */
export const sameModels: readonly { readonly name: string; readonly model: string; readonly because: string }[] = [
  {
    name: 'view-serializable',
    model: 'serializable',
    because:
      'a client sees nothing but what its reads returned, and a history is view serializable where a serial order has the same reads (Papadimitriou, JACM 1979); that is the test of serializable here, which demands no order of writes that no read shows',
  },
  {
    name: '1SR',
    model: 'serializable',
    because:
      'one-copy serializability asks for a serial order on one copy of each key that has the same reads (Bernstein, Goodman, TODS 1983): copies are not part of a history, so that it is serializable',
  },
];
