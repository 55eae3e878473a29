import type { Api, History } from './history.ts';

/** Pure, total and deterministic. Its budget is counted in steps and bytes, never in seconds, so a verdict replays. */
export interface Checker<A extends Api = Api> {
  readonly name: string;
  check(history: History<A>): Verdict;
  /**
   * Where its verdict is one of several that follow from one analysis: analyses the history for all of them, and
   * returns the verdict by name. Checkers with the same function can be handed one analysis, as `checking` does.
   */
  readonly analyse?: Analyse<A>;
}

/** Analyses a history once, as it is now, and returns what that says of each model. */
export type Analyse<A extends Api = Api> = (history: History<A>) => (model: string) => Verdict;

/**
 * Checks one history with any number of checkers. Returns what tells the verdict of a checker; an analysis that
 * several share is made once. For one judgement: a history that has grown since wants another.
 */
export function checking<A extends Api>(history: History<A>): (checker: Checker<A>) => Verdict {
  const analyses = new Map<Analyse<A>, (model: string) => Verdict>();
  return (checker) => {
    const { name, analyse } = checker;
    if (!analyse) return checker.check(history);
    const analysis = analyses.get(analyse) ?? analyse(history);
    analyses.set(analyse, analysis);
    return analysis(name);
  };
}

/** An invalid verdict shows at least one anomaly and an unknown one gives its reason; the types require both. */
export type Verdict =
  | { readonly type: 'valid'; readonly certificate?: unknown }
  | { readonly type: 'unknown'; readonly reason: string }
  | { readonly type: 'invalid'; readonly anomalies: readonly [Anomaly, ...Anomaly[]] };

/**
 * A broken promise, and what proves it broken: operations (by `start`), or a moment on some nodes.
 *
 * `name` is the field's ("stale-read", "G-single"), `message` one
 * sentence for a person, `steps` the argument, a sentence each.
 */
export interface Anomaly {
  readonly name: string;
  readonly message: string;
  readonly steps: readonly string[];
  readonly operations: readonly number[];
  /**
   * Where the operations form a cycle: its edges in order, each
   * from where the last one ended, and the last back to the first.
   */
  readonly cycle?: readonly CycleEdge[];
  readonly at?: { readonly ms: number; readonly nodes: readonly string[] };
}

/** One edge of a cycle: operation `from` comes before operation `to` in every order that could explain the history. */
export interface CycleEdge {
  /** Operations, by `start`. */
  readonly from: number;
  readonly to: number;
  /** `wrp` and `rwp` are dependencies through a predicate; `init` and `version` order versions of a key. */
  readonly kind: 'ww' | 'wr' | 'rw' | 'wrp' | 'rwp' | 'realtime' | 'process' | 'seen' | 'init' | 'version';
  readonly key?: string;
  /** The reason as a sentence, as in the anomaly's `steps`. */
  readonly why: string;
  /**
   * Other operations that only witness the edge: the read that shows the
   * order of two versions, or the one by which a session learnt of a write.
   */
  readonly via?: readonly number[];
}

/** The worst of several verdicts: invalid over unknown over valid; anomalies are gathered. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  const anomalies = verdicts.flatMap((verdict) => (verdict.type === 'invalid' ? verdict.anomalies : []));
  const [first, ...rest] = anomalies;
  if (first) return { type: 'invalid', anomalies: [first, ...rest] };
  return verdicts.find((verdict) => verdict.type === 'unknown') ?? verdicts[0] ?? { type: 'valid' };
}
