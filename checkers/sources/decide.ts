/**
 * Decides a model of a history in which values repeat: is there a source for each read with which the history, then one
 * of unique values, satisfies the model?
 *
 * Method: sources are chosen, the likeliest first, the model's own checker judges the history of unique values, and the
 * reads of the operations that it names as wrong are not given these sources together again. What is learnt from each
 * attempt excludes many others (conflict-driven learning with a theory, as in VeriStrong's hyper-polygraphs, arXiv
 * 2511.14067, where the theory is one of serializability; here it is any model that has a checker). NP-complete, so
 * bounded: in operations judged.
 */
import type { Anomaly, Verdict } from '../checker.ts';
import type { History } from '../history.ts';
import { Chooser } from './chooser.ts';
import { type Riddle, SILENT } from './riddle.ts';
import { rowsOf } from './rows-of.ts';

/** A choice that was tried, and why it breaks the model. */
export interface SourceConflict {
  /** The readings on which it rests, and the place of the source of each. */
  readonly pairs: readonly (readonly [reading: number, source: number])[];
  readonly rows: readonly number[];
  readonly anomaly: Anomaly | null;
}

export type Decision =
  | { readonly type: 'valid'; readonly verdict: Verdict; readonly history: History; readonly chosen: Int32Array }
  | { readonly type: 'invalid'; readonly cases: readonly SourceConflict[] }
  | { readonly type: 'unknown'; readonly reason: string };

/** What a search may use, shared by all that one question asks: operations judged, and steps of choosing. */
export interface Patience {
  left: number;
}

/** What is known of a riddle without the model's own checker. */
export interface Insight {
  /** Choices that are impossible. */
  readonly impossible: readonly SourceConflict[];
  /** Why a choice for all readings is wrong, where that is soon seen. */
  refute(chosen: Int32Array): SourceConflict | null;
}

export const NO_INSIGHT: Insight = { impossible: [], refute: () => null };

/** Anomalies of one attempt that something is learnt from. */
const LEARNT = 32;
/** Operations of an anomaly above which it is not looked at which of its reads matter. */
const FEW = 24;
/** What each attempt costs, and each of its operations. */
const ATTEMPT = 64;
const OPERATION = 8;

/** Decides it. */
export function decide(
  riddle: Riddle,
  check: (history: History) => Verdict,
  patience: Patience,
  insight = NO_INSIGHT,
): Decision {
  return new Search(riddle, check, patience).run(insight);
}

class Search {
  private readonly riddle: Riddle;
  private readonly check: (history: History) => Verdict;
  private readonly patience: Patience;
  private readonly chooser: Chooser;
  private readonly cases: SourceConflict[] = [];

  constructor(riddle: Riddle, check: (history: History) => Verdict, patience: Patience) {
    this.riddle = riddle;
    this.check = check;
    this.patience = patience;
    this.chooser = new Chooser(riddle.readings.map(({ sources }) => sources.length));
    for (const [a, b] of riddle.apart ?? []) this.keepApart(a, b);
  }

  run({ impossible, refute }: Insight): Decision {
    for (const one of impossible) this.forbid(one);
    for (;;) {
      const before = this.chooser.steps;
      const chosen = this.chooser.next();
      if (!(chosen instanceof Int32Array)) return this.none(chosen.none);
      this.patience.left -= (this.chooser.steps - before) / 16;
      const conflict = this.patience.left > 0 ? refute(chosen) : null;
      if (conflict) {
        this.forbid(conflict);
        continue;
      }
      const history = this.riddle.told(chosen);
      const verdict = this.judged(history);
      if (verdict === null) return this.tooLong();
      if (verdict.type === 'valid') return { type: 'valid', verdict, history, chosen };
      if (verdict.type === 'unknown') return verdict;
      for (const anomaly of verdict.anomalies.slice(0, LEARNT)) this.forbid(this.caseOf(anomaly, chosen));
    }
  }

  private none(numbers: readonly number[]): Decision {
    const { partial } = this.riddle;
    if (partial !== null) return { type: 'unknown', reason: partial };
    return { type: 'invalid', cases: numbers.map((number) => this.cases[number]) };
  }

  private tooLong(): Decision {
    const reads = this.riddle.readings.length;
    const tried = this.cases.length;
    return {
      type: 'unknown',
      reason: `values repeat, and the search for whose writes ${reads} reads are of ran out of steps after ${tried} contradictions`,
    };
  }

  /** The verdict, or null where no steps are left. */
  private judged(history: History): Verdict | null {
    if (this.patience.left <= 0) return null;
    this.patience.left -= ATTEMPT + OPERATION * history.length;
    return this.check(history);
  }

  private forbid(one: SourceConflict): void {
    this.chooser.forbid(one.pairs, this.cases.push(one) - 1);
  }

  private keepApart(a: number, b: number): void {
    const { readings } = this.riddle;
    const places = new Map(readings[b].sources.map(({ name }, at) => [name, at]));
    readings[a].sources.forEach(({ row, name }, at) => {
      const other = places.get(name);
      if (row < 0 || other === undefined) return;
      const pairs = [[a, at] as const, [b, other] as const];
      this.forbid({ pairs, rows: [readings[a].row, readings[b].row, row], anomaly: null });
    });
  }

  /** What an anomaly rests on: the sources of the reads of its operations, as far as it needs them. */
  private caseOf(anomaly: Anomaly, chosen: Int32Array): SourceConflict {
    const { readings } = this.riddle;
    const rows = new Set(rowsOf(this.riddle.history.columns, anomaly.operations));
    const named = this.caseWithin(rows, anomaly, chosen);
    if (named) return named;
    for (const at of this.riddle.within(rows)) {
      const { row } = readings[at].sources[chosen[at]];
      if (row >= 0) rows.add(row);
    }
    const all = (): SourceConflict => ({ pairs: [...chosen.entries()], rows: [...rows], anomaly });
    // What is not wrong by itself says nothing of other choices.
    return this.caseWithin(rows, anomaly, chosen) ?? all();
  }

  /** The same for operations that are said to be wrong by themselves; null where they are not. */
  private caseWithin(rows: ReadonlySet<number>, anomaly: Anomaly, chosen: Int32Array): SourceConflict | null {
    const told = this.riddle.within(rows).filter((at) => {
      const { row } = this.riddle.readings[at].sources[chosen[at]];
      return row < 0 || rows.has(row);
    });
    const needed = rows.size <= FEW ? this.needed(told, chosen, rows) : told;
    return needed && { pairs: needed.map((at) => [at, chosen[at]] as const), rows: [...rows], anomaly };
  }

  /** The readings without which the operations do not break the model by themselves; null where they do not at all. */
  private needed(told: readonly number[], chosen: Int32Array, rows: ReadonlySet<number>): readonly number[] | null {
    const some = new Int32Array(chosen.length).fill(SILENT);
    for (const at of told) some[at] = chosen[at];
    const breaks = (): boolean => {
      this.patience.left -= ATTEMPT + OPERATION * rows.size;
      return this.check(this.riddle.told(some, rows)).type === 'invalid';
    };
    if (!breaks()) return null;
    const needed: number[] = [];
    for (const at of told) {
      some[at] = SILENT;
      if (breaks()) continue;
      some[at] = chosen[at];
      needed.push(at);
    }
    return needed;
  }
}
