/**
 * A checker gives the same verdict on the same events, whether
 * or not it has judged the history before with fewer of them.
 */
import { type History, HistoryBuilder, historyOf, judge, type Operation } from 'elle-ts';
import { expect, test } from 'vitest';
import { hostile } from '../fuzz/hostile.ts';
import { objects } from '../fuzz/objects.ts';
import { properties } from '../fuzz/properties.ts';
import { registers } from '../fuzz/registers.ts';
import type { Subject } from '../fuzz/subject.ts';
import { transactions } from '../fuzz/transactions.ts';
import { randomHistory } from './transactions/random-transactions.ts';

/** One builder, after each event of a history and before the next. */
function* growing(history: History): Generator<History> {
  const builder = new HistoryBuilder();
  builder.realTime = history.realTime;
  const rows = new Map<Operation, number>();
  const events = [...history].flatMap((operation) => {
    const { start, end, outcome } = operation;
    return outcome.type === 'info'
      ? [{ at: start, operation }]
      : [
          { at: start, operation },
          { at: end, operation },
        ];
  });
  for (const { at, operation } of events.sort((a, b) => a.at - b.at)) {
    const row = rows.get(operation);
    if (row === undefined) rows.set(operation, builder.invoke(at, operation.startNs, operation.process, operation));
    else builder.complete(row, at, operation.endNs, operation.outcome);
    yield builder;
  }
}

/** The same events in a history that no checker has judged yet. */
const anew = (history: History): History => historyOf([...history], history);

const types = (subject: Subject, history: History): Record<string, string> =>
  Object.fromEntries(Object.entries(subject.judge(history)).map(([model, { type }]) => [model, type]));

/**
 * The verdicts on each stage of one builder, and on the same events
 * in a history of their own: all of the first before any of the second.
 */
function saidOf<T>(history: History, say: (history: History) => T): { readonly grown: T[]; readonly fresh: T[] } {
  const copies: History[] = [];
  const grown: T[] = [];
  for (const stage of growing(history)) {
    grown.push(say(stage));
    copies.push(anew(stage));
  }
  return { grown, fresh: copies.map(say) };
}

test.each([...registers, ...objects, ...transactions, ...properties, ...hostile])(
  '$name: checkers keep nothing of a history that grows',
  (subject) => {
    let stages = 0;
    for (let seed = 0; seed < 6; seed++) {
      const { grown, fresh } = saidOf(subject.draw(seed), (history) => types(subject, history));
      expect(grown).toEqual(fresh);
      stages += grown.length;
    }
    expect(stages).toBeGreaterThan(20);
  },
);

test.each([true, false])(
  'one options object and one history that grows: judge says each time what is true then (lists: %s)',
  (lists) => {
    let fell = 0;
    const options = { type: lists ? 'list-append' : 'rw-register' };
    for (let seed = 0; seed < 150; seed++) {
      const history = randomHistory(seed, { lists, txns: 5, keys: 2, mops: 3, processes: 3 });
      const { grown, fresh } = saidOf(history, (stage) => judge(stage, options));
      expect(grown).toEqual(fresh);
      if (grown[0]?.valid === true && grown.at(-1)?.valid === false) fell++;
    }
    expect(fell).toBeGreaterThan(30);
  },
);
