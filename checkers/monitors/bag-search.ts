/**
 * Bags by the general search, where values repeat and somebody found nothing: which of several copies was inside then
 * is what the search must decide. A removal is told what it took, so that each step has one outcome; what a removal
 * without a completion took is guessed, one value after another.
 */
import type { Checker, Verdict } from '../checker.ts';
import type { History, Operation } from '../history.ts';
import { historyOf } from '../history-builder.ts';
import { linearizable } from '../linearizable/linearizable.ts';
import type { Model } from '../model.ts';
import type { Queue } from '../models/queue.ts';
import { canonical } from './identity.ts';

type Bag = {
  enqueue(value: unknown): null;
  take(value: unknown): null;
  nothing(input: null): null;
};

/** How many of each value are inside, without those of which there is none. */
type Counts = Readonly<Record<string, number>>;

const bag: Model<Bag, Counts | undefined> = {
  name: 'unordered-queue',
  init: {},
  step: {
    enqueue: (counts, value) => [changed(counts as Counts, value, 1), null],
    take: (counts, value) => [changed(counts as Counts, value, -1), null],
    nothing: (counts) => [Object.keys(counts as Counts).length === 0 ? counts : undefined, null],
  },
  observes: [],
  readOnly: (f) => f === 'nothing',
};

function changed(counts: Counts, value: unknown, by: number): Counts | undefined {
  const name = canonical(value);
  const { [name]: before = 0, ...others } = counts;
  if (before + by < 0) return undefined;
  return before + by === 0 ? others : { ...others, [name]: before + by };
}

/** Guesses that are tried, at most: of two lost removals among ten values there are 121. */
const GUESSES = 256;

/** Whether one object is a bag. A search for each guess, each bounded; unknown where there are too many of them. */
export function bagSearch(): Checker<Queue> {
  return { name: 'unordered-queue', check };
}

function check(history: History<Queue>): Verdict {
  const all = [...history].filter(({ outcome }) => outcome.type !== 'fail');
  const lost = all.filter(({ f, outcome }) => f === 'dequeue' && outcome.type === 'info');
  const values = new Map<string, unknown>();
  for (const { f, input } of all) if (f === 'enqueue') values.set(canonical(input), input);
  const choices = values.size + 1;
  if (choices ** lost.length > GUESSES)
    return {
      type: 'unknown',
      reason: `what ${lost.length} removals without a completion took would have to be guessed among ${values.size} values`,
    };
  const told = all.filter((operation) => !lost.includes(operation)).map(toldOf);
  let worst: Verdict | undefined;
  for (let guess = 0; guess < choices ** lost.length; guess++) {
    const took = lost.flatMap((operation, at) => {
      const which = Math.floor(guess / choices ** at) % choices;
      return which === 0 ? [] : [as(operation, 'take', [...values.values()][which - 1])];
    });
    const operations = [...told, ...took].sort((a, b) => a.start - b.start);
    const verdict = linearizable(bag).check(historyOf(operations));
    if (verdict.type === 'valid') return { type: 'valid' };
    if (worst === undefined || verdict.type === 'unknown') worst = verdict;
  }
  return worst ?? { type: 'valid' };
}

/** The operation with what it took as its input. */
function toldOf(operation: Operation<Queue>): Operation<Bag> {
  const { f, outcome, input } = operation;
  if (f !== 'dequeue' || outcome.type !== 'ok') return as(operation, f === 'enqueue' ? 'enqueue' : 'take', input);
  return outcome.output === null ? as(operation, 'nothing', null) : as(operation, 'take', outcome.output);
}

function as(operation: Operation<Queue>, f: keyof Bag, input: unknown): Operation<Bag> {
  const { outcome } = operation;
  return {
    ...operation,
    f,
    input,
    outcome: outcome.type === 'ok' ? { type: 'ok', output: null } : outcome,
  } as unknown as Operation<Bag>;
}
