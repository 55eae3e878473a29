/** Cases of the corpus on which our verdict differs from the one recorded there, and why. */
export const differences: Readonly<
  Record<string, { readonly ours: boolean | 'unknown' | 'refused'; readonly why: string }>
> = {
  'elle/list-append/checker/g1a-1': {
    ours: true,
    why: 'Elle returns unknown where it finds no dependency between transactions. Read uncommitted allows the one aborted read.',
  },
  'elle/list-append/checker/g1a-1/paired': {
    ours: true,
    why: 'As above: read uncommitted allows the one aborted read.',
  },
  'elle/list-append/unobserved-write-1': {
    ours: 'refused',
    why: 'Process 0 invokes while its last call is open, which cannot be. The copy with a process for each transaction has the expected verdict.',
  },
  'elle-cli/rw-register/rw-register': {
    ours: false,
    why: 'The history reads the value 3, which nobody wrote, and no model allows that. Elle does not look for it in registers (its issue 8).',
  },
  'elle/rw-register/checker/initial-state-1': {
    ours: 'refused',
    why: 'Process 0 invokes while its last call is open, which cannot be. The copy with a process for each transaction has the expected verdict.',
  },
  'elle/rw-register/checker/wfr-1': {
    ours: false,
    why: 'Both transactions read y = 1, which nobody wrote, and no model allows that.',
  },
  'elle/rw-register/checker/wfr-1/paired': {
    ours: false,
    why: 'As above: y = 1 was never written.',
  },
  'jepsen/kafka/empty-history-1': {
    ours: 'unknown',
    why: 'Jepsen calls a history without any message invalid. Nothing was promised that was not kept: too little was seen to say more.',
  },
};

/** Families of the corpus that are not judged, and why. */
export const notJudged: Readonly<Record<string, string>> = {
  cycle:
    'Any cycle of a graph that the case names (process, real time, monotonic keys), of no consistency model: a function of Elle. Our cycles are held to the definitions of the models.',
  'cycle-exists': 'A graph and a question about it, no history: a function of Elle.',
  'cycle-search': 'Graphs and the cycles that a search is to find, no histories: a function of Elle.',
  'dep-graph': 'The edges that Elle infers, without any verdict.',
  scc: 'Graphs and their components, no histories.',
  'version-graph': 'Graphs of versions that Elle infers, without any verdict.',
  'txn-ext': 'Helper functions of Jepsen on single transactions.',
  stats:
    'Whether every function succeeded at least once, which no consistency model asks. A run without it is unknown here for lack of evidence (harness/judging/evidence.ts).',
};
