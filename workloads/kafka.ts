/** Partitioned logs whose clients also commit how far they have come, as consumers of Kafka do. */
import { type Anomaly, type Checker, type Columns, type Datatype, datatypes, historyOf, INFO, OK } from 'elle-ts';
import { keyedCalls } from './keyed-calls.ts';
import { logWorkload } from './log.ts';
import type { Workload } from './workload.ts';

const { functions } = datatypes.find(({ name }) => name === 'log') as Datatype;
const ANYTHING = { says: 'anything', fits: () => true };
const OFFSET = { says: 'an offset or null', fits: (value: unknown) => value === null || Number.isInteger(value) };

/** Judges sends and polls as those of any log. */
function ofLog(checker: Checker): Checker {
  return {
    name: checker.name,
    check: (history) =>
      checker.check(
        historyOf(
          [...history].filter(({ f }) => f === 'send' || f === 'poll'),
          history,
        ),
      ),
  };
}

interface Commit {
  readonly row: number;
  readonly offset: number;
  /** When a commit of a lower offset began that may have come after this one; never, mostly. */
  lowerFrom: number;
}

/**
 * Whether committed offsets stay where they were put: who asks for a key's learns of one that somebody had begun to
 * commit, and of none lower than one whose commit had ended - unless a commit of a lower one may have come after it,
 * which some stores take for an order to go back. O(n log n), and quadratic in the commits of a key.
 */
const committedOffsets: Checker = {
  name: 'committed-offsets',
  check({ columns }) {
    const commits = commitsIn(columns);
    const anomalies: Anomaly[] = [];
    for (let row = 0; row < columns.length; row++) {
      if (columns.type[row] !== OK || columns.fNames[columns.f[row]!] !== 'list_committed_offsets') continue;
      const problem = problemOf(columns, row, commits.get(columns.key[row]!) ?? []);
      if (problem) anomalies.push(problem);
    }
    const [first, ...rest] = anomalies;
    return first ? { type: 'invalid', anomalies: [first, ...rest] } : { type: 'valid' };
  },
};

function commitsIn(columns: Columns): ReadonlyMap<number, readonly Commit[]> {
  const byKey = new Map<number, Commit[]>();
  for (let row = 0; row < columns.length; row++) {
    if (columns.fNames[columns.f[row]!] !== 'commit_offsets') continue;
    if (columns.type[row] !== OK && columns.type[row] !== INFO) continue;
    const offset = (columns.input[row] as readonly (readonly [number, unknown])[] | null)?.at(-1)?.[0];
    if (offset === undefined) continue;
    const known = byKey.get(columns.key[row]!) ?? [];
    byKey.set(columns.key[row]!, known);
    known.push({ row, offset, lowerFrom: Number.POSITIVE_INFINITY });
  }
  for (const commits of byKey.values())
    for (const commit of commits)
      for (const { row, offset } of commits)
        if (offset < commit.offset && columns.end[row]! > columns.start[commit.row]!)
          commit.lowerFrom = Math.min(commit.lowerFrom, columns.start[row]!);
  return byKey;
}

function problemOf(columns: Columns, row: number, commits: readonly Commit[]): Anomaly | undefined {
  const offset = columns.output[row] as number | null;
  const [start, end] = [columns.start[row]!, columns.end[row]!];
  const key = columns.keyNames[columns.key[row]!];
  const begun = commits.filter((commit) => columns.start[commit.row]! < end);
  if (offset !== null && !begun.some((commit) => commit.offset === offset)) {
    const message = `The committed offset of ${key} was ${offset}, which no client had begun to commit.`;
    return { name: 'thin-air-offset', message, steps: [], operations: [start] };
  }
  const higher = begun.find(
    (commit) =>
      columns.type[commit.row] === OK &&
      columns.end[commit.row]! < start &&
      commit.lowerFrom > end &&
      (offset === null || commit.offset > offset),
  );
  if (!higher) return undefined;
  const message = `The committed offset of ${key} was ${offset ?? 'not there'}, though ${higher.offset} had been committed before that began.`;
  const operations = [columns.start[higher.row]!, start].sort((a, b) => a - b);
  return { name: 'committed-offset-went-back', message, steps: [], operations };
}

const [ofMessages, lost] = logWorkload.checkers.map((checker) => ofLog(checker as unknown as Checker));

/** Both at once, under the name of the model that programs are held to. */
const log: Checker = {
  name: 'log',
  check(history) {
    const verdict = ofMessages!.check(history);
    return verdict.type === 'invalid' ? verdict : worstOf(verdict, committedOffsets.check(history));
  },
};

function worstOf(a: ReturnType<Checker['check']>, b: ReturnType<Checker['check']>): ReturnType<Checker['check']> {
  return b.type === 'invalid' ? b : a;
}

/** What logs offer whose consumers commit offsets. */
export const kafka: Datatype = {
  name: 'kafka',
  says: 'partitioned logs: send, poll, and how far consumers say that they have come: commit_offsets, list_committed_offsets',
  functions: {
    send: functions.send!,
    poll: functions.poll!,
    commit_offsets: { takes: ANYTHING },
    list_committed_offsets: { returns: OFFSET },
  },
  model: 'log',
  realTime: [],
  models: { log: () => log },
};

export const kafkaWorkload = {
  name: 'kafka',
  datatype: kafka,
  mix: { send: 4, poll: 4, commit_offsets: 1, list_committed_offsets: 1 },
  heeds: ['keys', 'skew', 'mix'],
  // Who has polled nothing has nothing to commit, and until somebody did there is nothing to list.
  rare: ['commit_offsets', 'list_committed_offsets'],
  calls: (draw, options) =>
    keyedCalls(draw, options, ({ f, id, key }) => {
      if (f === 'send') return id;
      if (f === 'poll') return { after: { $seen: key } };
      return f === 'commit_offsets' ? { $seen: key } : null;
    }),
  final: logWorkload.final as unknown as Workload['final'],
  finalOnce: true,
  checkers: [log, lost!],
} satisfies Workload;
