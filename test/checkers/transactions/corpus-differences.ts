/**
 * Cases of the corpus on which our anomalies differ from those recorded there, and why
 * ours are right. `ours` is what the test says of the case: what differs and how.
 */
const GARBAGE =
  'The history reads an element that no transaction appends, or a value that none writes. No model allows that, so we name it (garbage-read), and what follows from it; the other tool does not look for it here, or looks for nothing else.';
const NOTHING =
  'The other tool returns unknown where no two transactions depend on one another. The anomalies asked for are not there, and with no dependencies there is nothing that could hide them: by definition the history has the model.';
const REFUSED =
  'A process invokes while its last call is open, which cannot be: the file is refused with the line. The copy of the case with a process for each transaction has the expected verdict.';
const TIMEOUT =
  'The other tool gave up after its second and fell back on any cycle that it knew. Ours is a cycle with exactly one anti-dependency, graver than what was recorded, each of whose steps can be read in the history.';
const GRAVER =
  'A cycle with one anti-dependency is also one without two adjacent ones, and also one with real-time edges (the lattice of anomalies). In a component that shows the graver we do not list the lesser too; the models ruled out are the same.';
const CYCLE =
  'The cycle with one anti-dependency is there: each of its steps can be read in the history. It is graver than the one recorded, or beside it; the models ruled out are the same.';
const DIRTY =
  'Beside the aborted read, element 2 of a committed transaction stands after element 1 of the aborted one, which is a dirty update, and element 3 of y was appended by nobody. The source case calls one finder only.';

export const differences: Readonly<Record<string, { readonly ours: string; readonly why: string }>> = {
  'elle-cli/rw-register/rw-register': { ours: 'valid false', why: GARBAGE },
  'elle/list-append/checker/dirty-update-none-1': { ours: 'valid true', why: NOTHING },
  'elle/list-append/checker/dirty-update-none-1/paired': { ours: 'valid true', why: NOTHING },
  'elle/list-append/checker/g1a-1': { ours: 'valid true', why: NOTHING },
  'elle/list-append/checker/g1a-1/paired': { ours: 'valid true', why: NOTHING },
  'elle/list-append/checker/g1a-3': { ours: 'valid true', why: NOTHING },
  'elle/list-append/checker/g1a-3/paired': { ours: 'valid true', why: NOTHING },
  'elle/list-append/g1a-cases/valid-and-invalid-reads-1': { ours: 'G1a dirty-update garbage-read', why: DIRTY },
  'elle/list-append/g1a-cases/valid-and-invalid-reads-1/paired': { ours: 'G1a dirty-update garbage-read', why: DIRTY },
  'elle/list-append/huge-scc-1': { ours: 'G-single-item-realtime', why: TIMEOUT },
  'elle/list-append/internal-cases/future-read-external-1': { ours: 'future-read garbage-read', why: GARBAGE },
  'elle/list-append/internal-cases/good-1': { ours: 'valid false; garbage-read', why: GARBAGE },
  'elle/list-append/internal-cases/good-1/paired': { ours: 'valid false; garbage-read', why: GARBAGE },
  'elle/list-append/internal-cases/read-nil-then-something-1': { ours: 'garbage-read internal', why: GARBAGE },
  'elle/list-append/sim-prefix-1': { ours: 'G-single-item G0 incompatible-order', why: CYCLE },
  'elle/list-append/simdb/brat-4/strict-serializable': {
    ours: 'G-single-item G0 G1c internal lost-update',
    why: GRAVER,
  },
  'elle/list-append/simdb/brat-5/serializable': { ours: 'G-single-item G0 G1b G1c internal', why: GRAVER },
  'elle/list-append/simdb/brat-5/snapshot-isolation': { ours: 'G-single-item G0 G1b G1c internal', why: GRAVER },
  'elle/list-append/simdb/brat-5/strict-serializable': { ours: 'G-single-item G0 G1b G1c internal', why: GRAVER },
  'elle/list-append/simdb/prefix-8/serializable': {
    ours: 'G-single-item G0 incompatible-order lost-update',
    why: CYCLE,
  },
  'elle/list-append/simdb/prefix-8/snapshot-isolation': {
    ours: 'G-single-item G0 incompatible-order lost-update',
    why: CYCLE,
  },
  'elle/list-append/simdb/prefix-8/strict-serializable': {
    ours: 'G-single-item G0 incompatible-order lost-update',
    why: CYCLE,
  },
  'elle/list-append/unfindable-g-single-1': {
    ours: 'G-single-item; not consistent-view repeatable-read',
    why: TIMEOUT,
  },
  'elle/list-append/unobserved-write-1': { ours: 'refused', why: REFUSED },
  'elle/rw-register/checker/initial-state-1': { ours: 'refused', why: REFUSED },
  'elle/rw-register/checker/internal-1': { ours: 'garbage-read internal', why: GARBAGE },
  'elle/rw-register/checker/internal-1/paired': { ours: 'garbage-read internal', why: GARBAGE },
  'elle/rw-register/checker/wfr-1': { ours: 'valid false; G-single-item garbage-read', why: GARBAGE },
  'elle/rw-register/checker/wfr-1/paired': { ours: 'valid false; G-single-item garbage-read', why: GARBAGE },
  'elle/rw-register/checker/wfr-2': { ours: 'G-single-item garbage-read', why: GARBAGE },
  'elle/rw-register/checker/wfr-2/paired': { ours: 'G-single-item garbage-read', why: GARBAGE },
  'elle/rw-register/lost-update-1': { ours: 'G2-item garbage-read lost-update', why: GARBAGE },
};
