import {
  analyse,
  boundary,
  type History,
  HistoryError,
  impliedAnomalies,
  modelName,
  prohibitedAnomalies,
} from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { type Case, casesOf, hasCorpus, historyOfCase } from '../../corpus.ts';
import { differences } from './corpus-differences.ts';

const FILES = ['elle-list-append.jsonl', 'elle-rw-register.jsonl', 'elle-cli.jsonl', 'histories/index.jsonl'];
const FAMILIES = ['list-append', 'rw-register'];

/** Elle's anomaly for a history without any transaction graph; we have no such anomaly. */
const NOTHING = 'empty-transaction-graph';

interface Said {
  readonly valid: boolean;
  readonly types: readonly string[];
  readonly not: readonly string[];
}

/** The anomalies that a case asks for: those of its models, and those that imply the ones it names. */
function asked({ options }: Case): Set<string> {
  const models = options?.['consistency-models'];
  const names = models === undefined ? ['strict-serializable'] : ((models ?? []) as string[]);
  const own = (options?.anomalies ?? []) as string[];
  const implied = prohibitedAnomalies('strict-serializable').filter((name) =>
    impliedAnomalies([name]).some((weaker) => own.includes(weaker)),
  );
  return new Set([...names.flatMap((name) => prohibitedAnomalies(name)), ...implied, 'garbage-read']);
}

function startOf(history: History, index: number): number {
  // Completions alone are named by twice their place.
  return history.realTime ? ([...history].find(({ end }) => end === index)?.start ?? index) : 2 * index;
}

function say(one: Case): Said {
  const history = historyOfCase(one);
  const wanted = asked(one);
  const options = one.options ?? {};
  const order = Object.entries((options['transaction-order'] ?? {}) as Record<string, number>);
  const analysis = analyse(history, {
    linearizableKeys: options['linearizable-keys?'] === true,
    sequentialKeys: options['sequential-keys?'] === true,
    wfrKeys: options['wfr-keys?'] === true,
    ...(order.length === 0 ? {} : { transactionOrder: new Map(order.map(([at, n]) => [startOf(history, +at), n])) }),
  });
  const with_ = (suffix: string): boolean => [...wanted].some((name) => name.endsWith(suffix));
  const found = analysis.anomalies(with_('-realtime') ? 2 : with_('-process') ? 1 : 0).map(({ name }) => name);
  const types = [...new Set(found)].filter((name) => wanted.has(name)).sort();
  return { valid: types.length === 0, types, not: boundary(found).not };
}

/** What differs from what the case expects, in words; empty where nothing does. */
function difference(one: Case): string {
  try {
    const { valid, types, not } = say(one);
    const { expect: want } = one;
    const wantedTypes = want['anomaly-types']?.filter((name) => name !== NOTHING);
    const wantedNot = want.not?.map((name) => modelName(name)).sort();
    const parts = [
      typeof want.valid === 'boolean' && want.valid !== valid ? `valid ${valid}` : '',
      want.valid === 'unknown' ? `valid ${valid}` : '',
      wantedTypes && wantedTypes.join() !== types.join() ? types.join(' ') : '',
      want.valid === false && wantedNot && wantedNot.join() !== not.join() ? `not ${not.join(' ')}` : '',
    ];
    return parts.filter(Boolean).join('; ');
  } catch (error) {
    if (error instanceof HistoryError) return 'refused';
    throw error;
  }
}

const cases = hasCorpus ? FILES.flatMap(casesOf).filter(({ family }) => FAMILIES.includes(family)) : [];

describe.skipIf(!hasCorpus)('the transactions of the corpus', () => {
  it('show the expected anomalies, or others that the table explains', () => {
    expect(cases.length).toBeGreaterThan(150);
    const found: Record<string, string> = {};
    for (const one of cases) {
      const said = difference(one);
      if (said) found[one.id] = said;
    }
    const explained = Object.fromEntries(Object.entries(differences).map(([id, { ours }]) => [id, ours]));
    expect(found).toEqual(explained);
  });
});
