/**
 * What some runs of a cell add up to: all that a verdict, a page and figures need. Sums of disjoint sets of runs
 * add up in any order to the same bytes, so that it does not matter where runs were made, nor which was first.
 * A sum takes the same memory however many runs are in it.
 */
import type { Claim, FaultKind } from '../../systems/system.ts';
import { addTallies, type Tally } from '../judging/tally.ts';
import { AddingFigures, addFigures, type FigureSum, figureSumOf, joined } from './figure-sum.ts';
import type { SummaryRun } from './summary.ts';

/** A run with what its cell needs of it; an error has nothing but its sentence. */
export interface CellRun {
  readonly run: SummaryRun;
  readonly tally?: Tally;
  readonly claims?: readonly { readonly claim: Claim; readonly type: 'valid' | 'invalid' | 'unknown' }[];
  readonly functions?: readonly string[];
  readonly kinds?: readonly FaultKind[];
}

/** A run and its place in the plan. */
export interface Placed {
  readonly place: number;
  readonly run: SummaryRun;
}

/** How many runs were alike, and those of them that come first in the plan. */
export interface Seen {
  readonly count: number;
  readonly first: readonly Placed[];
}

/** What a system is held to, as the first run says that has claims. */
interface Basis {
  readonly place: number;
  readonly claims: readonly Claim[];
  readonly functions: readonly string[];
}

export interface CellSum {
  /** Runs that were made, those that failed among them. */
  readonly runs: number;
  readonly verdicts: Readonly<Record<SummaryRun['verdict'], number>>;
  readonly operations: number;
  readonly ms: number;
  readonly tally?: Tally;
  readonly basis?: Basis;
  readonly kinds: readonly FaultKind[];
  /** By name, how many runs showed an anomaly. */
  readonly anomalies: Readonly<Record<string, number>>;
  /** Refuted runs by what they showed: expectations are of a run with all its anomalies, and may change. */
  readonly shown: Readonly<Record<string, Seen>>;
  readonly failed: Seen;
  readonly undecided: Seen;
  /** The first run of all. */
  readonly any: Seen;
  /** Runs among the first of the plan, each by itself: of a small campaign all. */
  readonly early: readonly Placed[];
  readonly figures?: FigureSum;
}

/** So many runs of each kind are named. */
const WITNESSES = 3;
/** So many runs of a plan, the first ones, are kept each by itself. */
export const EARLY = 1_000;

const NOTHING_SEEN: Seen = { count: 0, first: [] };

/** Of no run: adding it changes nothing. */
export const NO_RUNS: CellSum = {
  ...{ runs: 0, verdicts: { valid: 0, invalid: 0, unknown: 0, error: 0 }, operations: 0, ms: 0 },
  ...{ kinds: [], anomalies: {}, shown: {}, failed: NOTHING_SEEN, undecided: NOTHING_SEEN, any: NOTHING_SEEN },
  early: [],
};

/** What one run adds. */
export function sumOf(place: number, { run: made, tally, claims = [], functions = [], kinds = [] }: CellRun): CellSum {
  const { figures, expected: _, ...run } = made;
  const { verdict, anomalies, operations, ms } = run;
  const seen: Seen = { count: 1, first: [{ place, run }] };
  const isUndecided = claims.some(({ type }) => type === 'unknown');
  return {
    ...{ runs: 1, verdicts: { ...NO_RUNS.verdicts, [verdict]: 1 }, operations, ms: Math.round(ms) },
    ...(tally ? { tally } : {}),
    ...(claims.length > 0 ? { basis: { place, claims: claims.map(({ claim }) => claim), functions } } : {}),
    kinds: [...kinds].sort(),
    anomalies: Object.fromEntries([...new Set(anomalies)].sort().map((name) => [name, 1])),
    shown: verdict === 'invalid' ? { [JSON.stringify([...anomalies].sort())]: seen } : {},
    failed: verdict === 'error' ? seen : NOTHING_SEEN,
    undecided: isUndecided ? seen : NOTHING_SEEN,
    any: { count: 1, first: [{ place, run }] },
    early: place < EARLY ? [{ place, run }] : [],
    ...(figures ? { figures: figureSumOf(figures) } : {}),
  };
}

/** The sum of two disjoint sets of runs of one cell. */
export function addSums(a: CellSum, b: CellSum): CellSum {
  if (a.runs === 0) return b;
  if (b.runs === 0) return a;
  const tally = a.tally && b.tally ? addTallies(a.tally, b.tally) : (a.tally ?? b.tally);
  const basis = !a.basis || (b.basis && b.basis.place < a.basis.place) ? b.basis : a.basis;
  const figures = a.figures && b.figures ? addFigures(a.figures, b.figures) : (a.figures ?? b.figures);
  return {
    runs: a.runs + b.runs,
    verdicts: {
      valid: a.verdicts.valid + b.verdicts.valid,
      invalid: a.verdicts.invalid + b.verdicts.invalid,
      unknown: a.verdicts.unknown + b.verdicts.unknown,
      error: a.verdicts.error + b.verdicts.error,
    },
    operations: a.operations + b.operations,
    ms: a.ms + b.ms,
    ...(tally ? { tally } : {}),
    ...(basis ? { basis } : {}),
    kinds: [...new Set([...a.kinds, ...b.kinds])].sort(),
    anomalies: joined(a.anomalies, b.anomalies, (one, other) => one + other),
    shown: joined(a.shown, b.shown, (one, other) => addSeen(one, other, WITNESSES)),
    failed: addSeen(a.failed, b.failed, WITNESSES),
    undecided: addSeen(a.undecided, b.undecided, WITNESSES),
    any: addSeen(a.any, b.any, 1),
    early: [...a.early, ...b.early].sort(byPlace),
    ...(figures ? { figures } : {}),
  };
}

/**
 * Adds up many sums, and small ones with small ones: a large one is touched
 * once in as many additions as it has parts, as a counter's high digits are.
 */
export class Adding {
  private readonly digits: (CellSum | undefined)[] = [];
  private readonly figures = new AddingFigures();
  /** Runs that were added. */
  runs = 0;

  add(sum: CellSum): void {
    this.runs += sum.runs;
    const { figures, ...rest } = sum;
    if (figures) this.figures.add(figures);
    let carried: CellSum = rest;
    let at = 0;
    for (let digit = this.digits[0]; digit; digit = this.digits[++at]) {
      carried = addSums(digit, carried);
      this.digits[at] = undefined;
    }
    this.digits[at] = carried;
  }

  get total(): CellSum {
    const all = this.digits.reduce<CellSum>((sum, digit) => (digit ? addSums(digit, sum) : sum), NO_RUNS);
    const figures = this.figures.total;
    return figures ? { ...all, figures } : all;
  }
}

function addSeen(a: Seen, b: Seen, most: number): Seen {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  return { count: a.count + b.count, first: [...a.first, ...b.first].sort(byPlace).slice(0, most) };
}

function byPlace(a: Placed, b: Placed): number {
  return a.place - b.place;
}

/** The runs that a sum names, each once: the first of the plan, and those that show something. */
export function namedRuns({ shown, failed, undecided, any, early }: CellSum): readonly Placed[] {
  const all = [...Object.values(shown), failed, undecided, any].flatMap(({ first }) => first);
  return [...new Map([...early, ...all].map((one) => [one.place, one])).values()];
}
