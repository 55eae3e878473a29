/** What other tools' own tests say of histories of these datatypes, case by case, with the details that they assert. */
import {
  bank,
  type Checker,
  causalReverse,
  counterBounds,
  counterMonitor,
  finalCounter,
  finalCounterReports,
  finalSet,
  givenOut,
  growOnlySet,
  type History,
  type LogError,
  logMonitor,
  logReport,
  longFork,
  mutualExclusion,
  setFull,
  setFullReports,
  totalQueue,
  totalQueueReport,
  uniqueIds,
  unorderedQueue,
  worstPollLag,
} from 'elle-ts';
import { expect, test } from 'vitest';
import { type Case, casesOf, hasCorpus, historyOfCase } from '../../corpus.ts';

const files = [
  'jepsen-checkers.jsonl',
  'jepsen-kafka.jsonl',
  'maelstrom.jsonl',
  'elle-cli.jsonl',
  'porcupine.jsonl',
  'histories/index.jsonl',
];

/** Where our verdict differs, and why. */
const differences: Readonly<Record<string, { readonly ours: boolean | 'unknown'; readonly why: string }>> = {
  'jepsen/kafka/empty-history-1': {
    ours: 'unknown',
    why: 'nothing was sent or polled: no promise was broken, and none was seen kept. Jepsen calls that false.',
  },
  'porcupine/lin-set/set-model-3': {
    ours: false,
    why: 'a read of null shows nothing that a set can show, unless nullReads says that it is unknown, as the whole corpus is judged.',
  },
};

type Options = Readonly<Record<string, unknown>>;

const checkers: Readonly<Record<string, (options: Options) => unknown>> = {
  bank: () => bank(),
  'causal-reverse': () => causalReverse(),
  comments: () => causalReverse(),
  counter: () => counterMonitor({ certificate: true }),
  kafka: (options) => logMonitor({ writeOrder: options['ww-deps'] === true }),
  'lin-set': () => growOnlySet({ certificate: true }),
  'long-fork': () => longFork(),
  mutex: () => mutualExclusion(),
  'pn-counter': () => finalCounter(),
  queue: () => unorderedQueue(),
  set: () => finalSet(),
  'set-full': () => setFull(),
  'total-queue': () => totalQueue(),
  'unique-ids': () => uniqueIds(),
};

const all = hasCorpus ? files.flatMap(casesOf).filter(({ family }) => Object.hasOwn(checkers, family)) : [];

// Without the corpus this one test is skipped in place of all others: a file without tests would fail.
test.skipIf(!hasCorpus)('the corpus has cases of these datatypes', () => {
  expect(all.length).toBeGreaterThan(0);
});

test.skipIf(all.length === 0).each(all.map((one) => [one.id, one] as const))(
  '%s is judged as its source says',
  (_, one) => {
    const history = historyOfCase(one);
    const checker = (checkers[one.family] as (options: Options) => Checker)(one.options ?? {});
    const verdict = checker.check(history);
    const valid = verdict.type === 'unknown' ? 'unknown' : verdict.type === 'valid';
    const difference = differences[one.id];
    if (difference) expect(valid).toBe(difference.ours);
    else if (typeof one.expect.valid === 'boolean' || one.expect.valid === 'unknown') {
      expect({ valid, verdict }).toMatchObject({ valid: one.expect.valid });
    }
    const asserted = (one.expect as { details?: Details }).details;
    if (asserted && !difference) details[one.family]?.(history, asserted, one);
  },
);

type Details = Readonly<Record<string, unknown>>;

/** What a source asserts beyond the verdict, by family. */
const details: Readonly<Record<string, (history: History, expected: Details, one: Case) => void>> = {
  kafka(history, expected, one) {
    const report = logReport(history as never, { writeOrder: one.options?.['ww-deps'] === true });
    const errors = expected.errors as Readonly<Record<string, readonly Details[] | null>> | undefined;
    if (errors && Object.keys(errors).length === 0) expect([...report.errors, ...report.cycles]).toEqual([]);
    for (const [name, wanted] of Object.entries(errors ?? {})) {
      const found = report.errors.filter((error) => error.class === name);
      if (name === 'G1c') expect(report.cycles.map((cycle) => cycle.class)).toEqual(wanted ? ['G1c'] : []);
      else expect(found.length, name).toBe((wanted ?? []).length);
      for (const each of wanted ?? [])
        if (name !== 'G1c')
          expect(
            found.some((error) => matches(history, error, each)),
            name,
          ).toBe(true);
    }
    const lag = expected['worst-realtime-lag'] as Details | undefined;
    if (lag)
      expect(worstPollLag(history as never)).toMatchObject({
        atNs: lag.time,
        process: lag.process,
        key: lag.key,
        lagNs: lag.lag,
      });
    const unseen = (
      expected.unseen as readonly { messages?: Readonly<Record<string, readonly unknown[]>> }[] | undefined
    )?.at(-1);
    if (unseen?.messages) {
      const left = report.errors.filter((error) => error.class === 'unseen').flatMap((error) => error.values);
      expect(left).toEqual(Object.values(unseen.messages).flat());
    }
  },
  'set-full'(history, expected) {
    const [report] = setFullReports(history as never);
    const stories = report?.stories ?? [];
    const of = (outcome: string) => stories.filter((story) => story.outcome === outcome);
    const elements = (outcome: string) => of(outcome).map(({ element }) => element);
    const quantiles = (outcome: string): Readonly<Record<string, number>> | undefined => {
      const sorted = of(outcome)
        .map(({ latencyMs }) => latencyMs as number)
        .sort((a, b) => a - b);
      if (sorted.length === 0) return undefined;
      return Object.fromEntries(
        ['0', '0.5', '0.95', '0.99', '1'].map((q) => [
          q,
          sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * Number(q)))] as number,
        ]),
      );
    };
    expect({
      'attempt-count': stories.length,
      'stable-count': of('stable').length,
      lost: elements('lost'),
      'never-read': elements('never-read'),
      stale: of('stable')
        .filter(({ latencyMs }) => (latencyMs as number) > 0)
        .map(({ element }) => element),
      'stable-latencies': quantiles('stable'),
      'lost-latencies': quantiles('lost'),
    }).toEqual({
      'attempt-count': expected['attempt-count'],
      'stable-count': expected['stable-count'],
      lost: expected.lost,
      'never-read': expected['never-read'],
      stale: expected.stale,
      'stable-latencies': expected['stable-latencies'],
      'lost-latencies': expected['lost-latencies'],
    });
  },
  'total-queue'(history, expected) {
    const report = totalQueueReport(history as never);
    expect(report).toMatchObject({
      attempted: expected['attempt-count'],
      acknowledged: expected['acknowledged-count'],
      missing: expected.lost,
      duplicated: expected.duplicated,
      unexpected: expected.unexpected,
      recovered: expected.recovered,
    });
  },
  'unique-ids'(history, expected) {
    const ids = [...givenOut(history as never)];
    expect(ids.flatMap(([, rows]) => rows).length).toBe(expected['acknowledged-count']);
    const twice = ids.filter(([, rows]) => rows.length > 1).map(([id, rows]) => [String(id), rows.length]);
    expect(Object.fromEntries(twice)).toEqual(expected.duplicated);
  },
  counter(history, expected) {
    const bounds = counterBounds(history as never).map(({ lower, value, upper }) => [lower, value, upper]);
    if (expected.reads) expect([...bounds].sort()).toEqual([...(expected.reads as number[][])].sort());
  },
  'pn-counter'(history, expected) {
    const [report] = finalCounterReports(history as never);
    expect(report?.reads ?? []).toEqual(expected['final-reads']);
    expect(report?.acceptable ?? [[0, 0]]).toEqual(expected.acceptable);
  },
};

/** Whether an error is the one that a source describes, as far as it describes it. */
function matches(history: History, error: LogError, wanted: Details): boolean {
  const starts = error.rows.map((row) => history.columns.start[row] as number);
  const ends = error.rows.map(
    (row) => (history.columns.type[row] === 2 ? history.columns.start[row] : history.columns.end[row]) as number,
  );
  const named = (wanted.ops ??
    [wanted.writer, wanted.reader ?? wanted['max-read'], wanted.op].filter(Boolean)) as readonly { $op: number }[];
  const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
  return (
    error.key === wanted.key &&
    (wanted.value === undefined || same(error.values[0], wanted.value)) &&
    (wanted.values === undefined || same([...error.values].sort(), [...(wanted.values as unknown[])].sort())) &&
    (wanted.delta === undefined || error.delta === wanted.delta) &&
    (wanted.skipped === undefined || same(error.skipped, wanted.skipped)) &&
    (wanted.offsets === undefined || same(error.offsets, wanted.offsets)) &&
    named.every(({ $op }) => ends.includes($op) || starts.some((start) => start === $op - 1))
  );
}
