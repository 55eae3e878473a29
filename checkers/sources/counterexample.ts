/**
 * The fewest operations that break a model whichever of the writes of a value each read is of, and why: each choice of
 * sources that had to be tried, and what it leads to.
 */
import type { Anomaly, Verdict } from '../checker.ts';
import type { History } from '../history.ts';
import { withSeparators } from '../session-numbers.ts';
import { decide, type Insight, NO_INSIGHT, type Patience, type SourceConflict } from './decide.ts';
import type { Riddle, Riddles } from './riddle.ts';

/** Steps for each smaller part that is tried, and steps and parts above which no smaller one is looked for. */
const PART = 100_000;
const STEPS = 800_000;
const PARTS = 400;
/** Operations of a part of which smaller ones are looked for. */
const MANY = 2000;
/** Lines that a person reads. */
const SCREEN = 24;

/** What is known of a riddle without the model's own checker. */
export type Insights = (riddle: Riddle, patience: Patience) => Insight;

const NOTHING: Insights = () => NO_INSIGHT;

/**
 * The anomaly that the rows of these cases show; null where they do not by themselves. Where sessions matter, it also
 * names what tells two sessions of one process apart.
 */
export function counterexample(
  history: History,
  riddles: Riddles,
  check: (history: History) => Verdict,
  cases: readonly SourceConflict[],
  insights = NOTHING,
  hasSessions = true,
): Anomaly | null {
  let parts = PARTS;
  let steps = STEPS;
  const wrong = (rows: readonly number[]): readonly SourceConflict[] | null => {
    if (parts-- <= 0 || steps <= 0) return null;
    const patience = { left: Math.min(PART, steps) };
    steps -= patience.left;
    const why = casesOf(riddles.part(history, new Set(rows)), riddles, check, patience, insights);
    steps += patience.left;
    return why;
  };
  const readers = new Set(cases.flatMap(({ rows }) => rows));
  const named = [...riddles.sources(history, readers)].sort((a, b) => a - b);
  const everything = Array.from({ length: Math.min(history.length, MANY) }, (_, row) => row);
  const all = [named, everything].find((some) => some.length <= MANY && wrong(some) !== null);
  if (!all) return null;
  const rows = fewest(all, (some) => wrong(some) !== null);
  const part = riddles.part(history, new Set(rows));
  // What is known beforehand is no reason that a person can follow.
  const why =
    casesOf(part, riddles, check, { left: PART }, NOTHING) ?? casesOf(part, riddles, check, { left: PART }, insights);
  const shown = hasSessions ? withSeparators(history.columns, rows) : rows;
  const operations = shown.map((row) => history.columns.start[row]);
  return why && { ...told(part, riddles, why), operations };
}

/** Why a part breaks the model; null where it does not, or nobody knows. */
function casesOf(
  part: History,
  riddles: Riddles,
  check: (history: History) => Verdict,
  patience: Patience,
  insights: Insights,
): readonly SourceConflict[] | null {
  const riddle = riddles.of(part);
  if (riddle) {
    const decision = decide(riddle, check, patience, insights(riddle, patience));
    return decision.type === 'invalid' ? decision.cases : null;
  }
  const verdict = check(part);
  return verdict.type === 'invalid' ? [{ pairs: [], rows: [], anomaly: verdict.anomalies[0] }] : null;
}

/** Leaves out halves, quarters and so on, and then one at a time until none can be left out. */
function fewest(rows: readonly number[], wrong: (rows: readonly number[]) => boolean): readonly number[] {
  let left = rows;
  for (let size = rows.length >> 1; size >= 1; size = size === 1 ? 0 : size >> 1) {
    for (let again = true; again; ) {
      again = false;
      for (let at = 0; at < left.length; ) {
        const fewer = [...left.slice(0, at), ...left.slice(at + size)];
        if (fewer.length > 0 && wrong(fewer)) {
          left = fewer;
          again = size === 1;
        } else at += size;
      }
    }
  }
  return left;
}

function told(part: History, riddles: Riddles, cases: readonly SourceConflict[]): Anomaly {
  const { start } = part.columns;
  const riddle = riddles.of(part);
  const tried = cases.filter(({ anomaly }) => anomaly !== null);
  const names = [...new Set(tried.map(({ anomaly }) => anomaly?.name))];
  const operations = Array.from({ length: part.length }, (_, row) => start[row]);
  const [only] = tried;
  if (tried.length === 1 && only?.anomaly && only.pairs.length === 0) return { ...only.anomaly, operations };
  const did = operations.map((operation, row) => `operation ${operation}: ${riddles.say(part, row)}`);
  const inCase = tried.map(({ pairs, anomaly }) => {
    const chosen = pairs.map(([at, place]) => {
      const reading = riddle?.readings[at];
      const source = reading?.sources[place];
      const origin = source && source.row < 0 ? ', as it was in the beginning' : '';
      return `operation ${start[reading?.row ?? 0]} read ${String(reading?.key)} = ${String(source?.name)}${origin}`;
    });
    return `if ${chosen.join(', and ')}: ${anomaly?.message}`;
  });
  return {
    name: names.length === 1 && names[0] !== undefined ? names[0] : 'no-source-fits',
    message: `whichever of the writes of the same value each read is of, these ${part.length} operations break the model`,
    steps: [...did, ...inCase].slice(0, SCREEN),
    operations,
  };
}
