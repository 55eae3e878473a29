import { type History, HistoryError, impossibleModels, type Judgement, type JudgeOptions, judge } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { type Case, casesOf, hasCorpus, historyOfCase } from '../corpus.ts';
import { differences, notJudged } from './corpus-differences.ts';

const FILES = [
  'elle-cli.jsonl',
  'elle-list-append.jsonl',
  'elle-rw-register.jsonl',
  'elle-closed-predicate.jsonl',
  'elle-core.jsonl',
  'elle-dep-graph.jsonl',
  'elle-graph.jsonl',
  'jepsen-checkers.jsonl',
  'jepsen-kafka.jsonl',
  'jepsen-txn.jsonl',
  'knossos.jsonl',
  'maelstrom.jsonl',
  'porcupine.jsonl',
  'histories/index.jsonl',
];

/** The datatype of a family, where it is another name. */
const TYPES: Readonly<Record<string, string>> = {
  queue: 'unordered-queue',
};

/** What we say of a case: a verdict, or that the file is refused. */
function ours(one: Case): boolean | 'unknown' | 'refused' {
  try {
    return verdictsOf(one).reduce(worse);
  } catch (error) {
    if (error instanceof HistoryError) return 'refused';
    throw error;
  }
}

type Said = Judgement['valid'];

function worse(a: Said, b: Said): Said {
  if (a === false || b === false) return false;
  return a === 'unknown' || b === 'unknown' ? 'unknown' : true;
}

function verdictsOf(one: Case): Said[] {
  const history = historyOfCase(one);
  const assumed = assumedIn(one, history);
  const models = one.options?.['consistency-models'] as string[] | undefined;
  if (models) return models.map((model) => judge(history, { ...assumed, model }).valid);
  return [judge(history, assumed).valid];
}

function assumedIn(one: Case, history: History): JudgeOptions {
  const options = one.options ?? {};
  const order = Object.entries((options['transaction-order'] ?? {}) as Record<string, number>);
  const type = TYPES[one.family] ?? one.family;
  const initial = options['initial-value'];
  return {
    type,
    ...(initial === undefined || initial === null || type === 'lin-set' ? {} : { initial }),
    ...(one['nil-reads'] === 'unknown' ? { nullReads: 'unknown' } : {}),
    ...(options['linearizable-keys?'] === true ? { linearizableKeys: true } : {}),
    ...(options['sequential-keys?'] === true ? { sequentialKeys: true } : {}),
    ...(options['wfr-keys?'] === true ? { wfrKeys: true } : {}),
    ...(order.length === 0
      ? {}
      : { transactionOrder: new Map(order.map(([index, at]) => [startOf(history, +index), at])) }),
  };
}

/** The start of the operation whose completion has this index in the file. */
function startOf(history: History, index: number): number {
  // Completions alone are named by twice their place.
  return history.realTime ? ([...history].find(({ end }) => end === index)?.start ?? index) : 2 * index;
}

/** Single finders of Elle (`anomalies` without a model) are tested where the anomalies are. */
function isWhole({ family, options, expect: { valid } }: Case): boolean {
  return (
    !Object.hasOwn(notJudged, family) &&
    valid !== null &&
    valid !== undefined &&
    options?.['consistency-models'] !== null
  );
}

const cases = hasCorpus ? FILES.flatMap(casesOf).filter(isWhole) : [];

/** Cases of transactions that say which models do not hold; those with predicates are judged against one model. */
const transactions = hasCorpus
  ? FILES.flatMap(casesOf).filter(
      ({ id, family, expect: { not } }) =>
        (not?.length ?? 0) > 0 &&
        ['list-append', 'rw-register'].includes(family) &&
        differences[id]?.ours !== 'refused',
    )
  : [];

describe.skipIf(!hasCorpus)('the corpus', () => {
  const families = [...new Set(cases.map(({ family }) => family))];
  for (const family of families)
    it(`has the expected verdict for every ${family} history, or one that the table explains`, () => {
      const different: string[] = [];
      for (const one of cases.filter((other) => other.family === family)) {
        const said = ours(one);
        const explained = differences[one.id];
        const wanted = explained ? explained.ours : one.expect.valid;
        if (said !== wanted) different.push(`${one.id}: expected ${wanted}, got ${said}`);
      }
      expect(different).toEqual([]);
    });

  it('has no model that a case rules out', () => {
    const wrong: string[] = [];
    for (const one of transactions) {
      const history = historyOfCase(one);
      const { models } = judge(history, assumedIn(one, history));
      for (const name of one.expect.not ?? []) {
        // Of a model that is not judged, all that imply it are ruled out with it.
        const those = impossibleModels([name]).filter((stronger) => Object.hasOwn(models, stronger));
        const said = those.map((stronger) => `${stronger} ${models[stronger]}`);
        if (those.length === 0 || said.some((one) => !one.endsWith(' false')))
          wrong.push(`${one.id}: ${name} is ruled out, got ${said}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('has no family that is neither judged nor explained', () => {
    const all = new Set(FILES.flatMap(casesOf).map(({ family }) => family));
    const judged = new Set(families);
    expect([...all].filter((family) => !judged.has(family) && !Object.hasOwn(notJudged, family))).toEqual([]);
    expect(Object.keys(notJudged).filter((family) => !all.has(family))).toEqual([]);
  });

  it('has no difference in the table that does not exist any more', () => {
    const known = new Map(cases.map((one) => [one.id, one]));
    for (const [id, { ours: said }] of Object.entries(differences)) {
      expect(known.has(id), `${id} is a case`).toBe(true);
      expect(known.get(id)?.expect.valid, `${id} is expected otherwise`).not.toBe(said);
    }
  });
});
