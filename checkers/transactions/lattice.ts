/**
 * The consistency models of transactions and what each anomaly rules out, as data.
 *
 * `a implies b` means that every history of model a is one of model b. An anomaly implies others in the same way, and a
 * model prohibits anomalies: its own, those of every model it implies, and everything that implies one of those.
 *
 * Sources: Adya, "Weak Consistency" (MIT thesis, 1999); Adya, Liskov, O'Neil, "Generalized Isolation Level Definitions"
 * (ICDE 2000); Cerone, Bernardi, Gotsman, "A Framework for Transactional Consistency Models with Atomic Visibility"
 * (CONCUR 2015); Kingsbury, Alvaro, "Elle" (VLDB 2021), whose tables the first part reproduces by behaviour.
 */

type Arrows = Readonly<Record<string, readonly string[]>>;

/** Other names of a model, to the one name this library prints. */
export const aliases: Readonly<Record<string, string>> = {
  'PL-1': 'read-uncommitted',
  'PL-2': 'read-committed',
  'PL-CS': 'cursor-stability',
  'PL-2L': 'monotonic-view',
  'PL-MSR': 'monotonic-snapshot-read',
  'PL-2+': 'consistent-view',
  'PL-FCV': 'forward-consistent-view',
  'PL-2.99': 'repeatable-read',
  'PL-SI': 'snapshot-isolation',
  'PL-3U': 'update-serializable',
  'PL-3': 'serializable',
  'conflict-serializable': 'serializable',
  'PL-SS': 'strict-serializable',
  'strong-serializable': 'strict-serializable',
  'strong-PL-1': 'strong-read-uncommitted',
  'strong-PL-2': 'strong-read-committed',
  'strong-session-PL-1': 'strong-session-read-uncommitted',
  'strong-session-PL-2': 'strong-session-read-committed',
  CCv: 'causal',
};

/** The arrows between models that Elle's table and this library agree on. */
const shared: Arrows = {
  'strict-serializable': [
    'serializable',
    'linearizable',
    'snapshot-isolation',
    'strong-snapshot-isolation',
    'strong-session-serializable',
    'session-serializable',
  ],
  'session-serializable': ['1SR'],
  serializable: ['repeatable-read', 'snapshot-isolation', 'view-serializable', 'update-serializable'],
  'strong-session-serializable': ['serializable', 'strong-session-snapshot-isolation'],
  'strong-snapshot-isolation': ['strong-session-snapshot-isolation', 'strong-read-committed'],
  'strong-session-snapshot-isolation': ['snapshot-isolation', 'strong-session-read-committed'],
  'strong-read-committed': ['strong-session-read-committed', 'strong-read-uncommitted'],
  'strong-read-uncommitted': ['strong-session-read-uncommitted'],
  'strong-session-read-committed': ['read-committed', 'strong-session-read-uncommitted'],
  'strong-session-read-uncommitted': ['read-uncommitted'],
  'update-serializable': ['forward-consistent-view'],
  'forward-consistent-view': ['consistent-view'],
  'snapshot-isolation': [
    'forward-consistent-view',
    'monotonic-atomic-view',
    'monotonic-snapshot-read',
    'parallel-snapshot-isolation',
    'prefix',
  ],
  'consistent-view': ['cursor-stability', 'monotonic-view'],
  'repeatable-read': ['cursor-stability', 'monotonic-atomic-view'],
  'cursor-stability': ['read-committed'],
  'monotonic-view': ['read-committed'],
  'monotonic-snapshot-read': ['read-committed'],
  'parallel-snapshot-isolation': ['causal-cerone', 'update-atomic'],
  prefix: ['causal-cerone'],
  'update-atomic': ['read-atomic'],
  'causal-cerone': ['read-atomic'],
  'read-atomic': ['monotonic-atomic-view'],
  'monotonic-atomic-view': ['read-committed'],
  'read-committed': ['read-uncommitted'],
  'read-uncommitted': [],
  '1SR': [],
  'view-serializable': [],
  'monotonic-reads': [],
  'monotonic-writes': [],
  'read-your-writes': [],
  'writes-follow-reads': [],
};

/** Elle's own arrows between the models of single objects, which do not hold by the definitions of this library. */
const elleOnly: Arrows = {
  linearizable: ['sequential'],
  sequential: ['causal'],
  causal: ['writes-follow-reads', 'PRAM'],
  PRAM: ['monotonic-reads', 'monotonic-writes', 'read-your-writes'],
};

/**
 * This library's arrows: the models of single objects by its definitions (the session guarantees have one order
 * of all writes, so nothing leads to them from PRAM), and the transactional models with sessions, which Elle's table
 * lacks. The weakest two are what Biswas, Enea (OOPSLA 2019) and AWDIT call "read committed" and "read atomic".
 */
const ours: Arrows = {
  linearizable: ['sequential'],
  sequential: ['causal', 'CM'],
  causal: [
    'CC',
    'causal-cerone',
    'strong-session-read-atomic',
    'monotonic-reads',
    'monotonic-writes',
    'read-your-writes',
    'writes-follow-reads',
  ],
  CM: ['CC', 'PRAM'],
  // Neither can be seen by single reads of single registers alone: both are checked together with monotonic reads.
  'monotonic-writes': ['monotonic-reads'],
  'writes-follow-reads': ['monotonic-reads'],
  CC: [],
  PRAM: [],
  'strong-session-snapshot-isolation': ['strong-session-prefix', 'strong-session-parallel-snapshot-isolation'],
  'strong-session-prefix': ['prefix', 'causal'],
  'strong-session-parallel-snapshot-isolation': ['parallel-snapshot-isolation', 'causal'],
  'strong-session-read-atomic': ['read-atomic', 'strong-session-monotonic-atomic-view'],
  'strong-session-monotonic-atomic-view': ['monotonic-atomic-view', 'strong-session-read-committed'],
  'parallel-snapshot-isolation': ['consistent-view'],
  'repeatable-read': ['consistent-view'],
  // Who misses a write of a transaction that it has read from closes a cycle with one anti-dependency.
  'consistent-view': ['monotonic-atomic-view'],
};

const withTimes = (name: string): string[] => [name, `${name}-process`, `${name}-realtime`];

/** The implications of a family of cycles and of the same cycles over session and real-time edges. */
function timed(arrows: Arrows): Record<string, string[]> {
  const out: Record<string, string[]> = {};
  const add = (from: string, to: string) => {
    const list = out[from] ?? [];
    if (!list.includes(to)) list.push(to);
    out[from] = list;
  };
  for (const [from, tos] of Object.entries(arrows)) {
    const names = withTimes(from);
    add(names[0] as string, names[1] as string);
    add(names[1] as string, names[2] as string);
    for (const to of tos) for (const [at, name] of withTimes(to).entries()) add(names[at] as string, name);
  }
  return out;
}

/** What an anomaly implies: a history that shows it also shows these. */
export const anomalyImplies: Arrows = {
  ...timed({
    G0: ['G1c'],
    G1c: ['G1'],
    G1: [],
    'G-single-item': ['G-single', 'G-nonadjacent-item'],
    'G-single': ['G-nonadjacent'],
    'G-nonadjacent-item': ['G-nonadjacent', 'G2-item'],
    'G-nonadjacent': ['G2'],
    'G2-item': ['G2'],
    G2: [],
  }),
  G1a: ['G1'],
  G1b: ['G1'],
  'G-single': ['G-nonadjacent', 'G-single-process', 'GSIb'],
  'lost-update': ['write-skew', 'G2-item'],
  'write-skew': ['G2'],
  'incompatible-order': ['G1a'],
  'dirty-update': ['G1a'],
  'future-read': ['G1c'],
  GSIa: ['GSI'],
  GSIb: ['GSI'],
};

/** Which cycles are searched for first, beyond the implications: a graver one found makes these uninteresting. */
export const graverThan: Arrows = {
  G1c: ['G-single', 'G2-item'],
  G2: ['G0-process'],
  'G2-process': ['G0-realtime'],
  'G2-item': ['G-single-item-process'],
  'G2-item-process': ['G-single-item-realtime'],
};

/** The anomalies that each model rules out itself, over those of the models it implies. */
const prohibits: Arrows = {
  'read-uncommitted': ['G0', 'duplicate-elements', 'cyclic-versions', 'PL-1-cycle-exists'],
  'read-committed': ['G1', 'PL-2-cycle-exists'],
  'cursor-stability': ['G1', 'G-cursor', 'lost-update'],
  'monotonic-view': ['G1', 'G-monotonic'],
  'monotonic-snapshot-read': ['G1', 'G-MSR'],
  'consistent-view': ['G1', 'G-single'],
  'forward-consistent-view': ['G1', 'G-SIb'],
  'repeatable-read': ['G1', 'G2-item', 'lost-update', 'PL-2.99-cycle-exists'],
  'snapshot-isolation': ['internal', 'G1', 'G-SI', 'G-nonadjacent', 'PL-SI-cycle-exists'],
  'update-serializable': ['G1', 'G-update'],
  serializable: ['internal', 'G1', 'G2', 'predicate-read-miss', 'PL-3-cycle-exists'],
  'strict-serializable': ['G1', 'G1c-realtime', 'G2-realtime', 'PL-SS-cycle-exists'],
  'read-atomic': ['internal', 'G1a', 'future-read'],
  'update-atomic': ['lost-update'],
  'parallel-snapshot-isolation': ['internal', 'G1a'],
  prefix: ['internal', 'G1a'],
  'causal-cerone': ['internal', 'G1a'],
  'strong-session-read-uncommitted': ['G0-process', 'strong-session-PL-1-cycle-exists'],
  'strong-session-read-committed': ['G1c-process', 'strong-session-PL-2-cycle-exists'],
  'strong-session-snapshot-isolation': [
    'internal',
    'G1-process',
    'G-nonadjacent-process',
    'strong-session-snapshot-isolation-cycle-exists',
  ],
  'strong-session-serializable': ['G1-process', 'G2-process', 'strong-session-serializable-cycle-exists'],
  'strong-read-uncommitted': ['G0-realtime', 'strong-PL-1-cycle-exists'],
  'strong-read-committed': ['G1c-realtime', 'strong-PL-2-cycle-exists'],
  'strong-snapshot-isolation': [
    'internal',
    'G1-realtime',
    'G-nonadjacent-realtime',
    'strong-snapshot-isolation-cycle-exists',
  ],
};

/** What this library names beyond the table. No model explains a value that nobody wrote. */
const prohibitsToo: Arrows = {
  'read-uncommitted': ['garbage-read'],
  'read-atomic': ['fractured-read'],
  'strong-session-read-atomic': ['fractured-read-process'],
  'monotonic-atomic-view': ['non-monotonic-view'],
  'strong-session-monotonic-atomic-view': ['non-monotonic-view-process'],
  'causal-cerone': ['causality-violation'],
  causal: ['causality-violation-process'],
  prefix: ['G-prefix'],
  'strong-session-prefix': ['G-prefix-process'],
  'consistent-view': ['G-single'],
  'parallel-snapshot-isolation': ['G-single'],
  'strong-session-parallel-snapshot-isolation': ['G-single-process'],
};

/** A graph of models, with what each of them prohibits itself. */
export interface Lattice {
  readonly implies: Arrows;
  readonly prohibits: Arrows;
}

const joined = (...all: readonly Arrows[]): Record<string, readonly string[]> => {
  const out: Record<string, string[]> = {};
  for (const arrows of all)
    for (const [from, tos] of Object.entries(arrows)) out[from] = [...new Set([...(out[from] ?? []), ...tos])];
  return out;
};

/** Elle's lattice, for reports that compare. */
export const elleLattice: Lattice = { implies: joined(shared, elleOnly), prohibits };

/**
 * Models of Elle's table that no test of this library tells apart from others: the first six ask for version orders or
 * predicates in ways that histories do not show (Adya's G-cursor, G-monotonic, G-MSR, G-SIb and G-update were never
 * implemented by Elle either), and the last three are serializability, where clients see nothing but what they read.
 */
const UNTESTED: readonly string[] = [
  'cursor-stability',
  'monotonic-view',
  'monotonic-snapshot-read',
  'forward-consistent-view',
  'update-serializable',
  'update-atomic',
  'session-serializable',
  'view-serializable',
  '1SR',
];

/** The graph without some models: what implied one of them implies and prohibits what that did. */
function without(names: readonly string[], graph: Lattice): Lattice {
  let implies = { ...graph.implies };
  let prohibits = { ...graph.prohibits };
  for (const name of names) {
    const weaker = implies[name] ?? [];
    const stronger = Object.keys(implies).filter((other) => implies[other]?.includes(name));
    const bypass = Object.fromEntries(stronger.map((other) => [other, weaker]));
    implies = joined(implies, bypass);
    prohibits = joined(prohibits, Object.fromEntries(stronger.map((other) => [other, prohibits[name] ?? []])));
    delete implies[name];
    delete prohibits[name];
    for (const other of stronger) implies[other] = (implies[other] ?? []).filter((one) => one !== name);
  }
  return { implies, prohibits };
}

/** This library's lattice: every verdict of a model follows these arrows. */
export const lattice: Lattice = without(UNTESTED, {
  implies: joined(shared, ours),
  prohibits: joined(prohibits, prohibitsToo),
});
