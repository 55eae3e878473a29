/**
 * What changed from one result to the next, cell by cell, and whether that should stop a build. A verdict that moved to
 * the right in held, unknown, refuted is worse; rates of anomalies are where their 95% intervals do not meet; figures
 * never stop anything.
 */
import { wilson } from '../judging/metrics/consistency.ts';

/** What of a cell is compared. */
export interface Gated {
  readonly verdict: string;
  /** How many runs showed each anomaly, of how many that were judged. */
  readonly shown: Readonly<Record<string, number>>;
  readonly judged: number;
  /** A refutation that nobody expected, of a system that is not broken on purpose. */
  readonly isSurprise: boolean;
}

type State = 'new' | 'removed' | 'worse' | 'better' | 'same';

export interface CellState {
  readonly cell: string;
  readonly state: State;
  readonly before?: string;
  readonly after?: string;
  /** Rates that changed beyond chance, as `stale-read 1/50 -> 20/50`; a better one too. */
  readonly rates: readonly { readonly says: string; readonly way: 'worse' | 'better' }[];
}

export interface Gate {
  readonly cells: readonly CellState[];
  /** `worse` ends with 1, `unknown` with 2. */
  readonly outcome: 'worse' | 'unknown' | 'fine';
}

/** Of what was not run or failed nothing is known. */
export type Known = 'held' | 'unknown' | 'refuted';
const ORDER: readonly Known[] = ['held', 'unknown', 'refuted'];

export function knownOf(verdict: string): Known {
  return verdict === 'valid' ? 'held' : verdict === 'invalid' ? 'refuted' : 'unknown';
}

/** Sets two results side by side; with `byRates` a rate that became worse counts as a verdict does. */
export function gateOf(before: ReadonlyMap<string, Gated>, after: ReadonlyMap<string, Gated>, byRates = false): Gate {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const cells = names.map((cell) => stateOf(cell, before.get(cell), after.get(cell)));
  const both = names.filter((name) => before.has(name) && after.has(name));
  const worse = cells.some(
    ({ state, after: now, rates, cell }) =>
      (state === 'worse' && now === 'refuted') ||
      (state === 'new' && after.get(cell)!.isSurprise) ||
      (byRates && rates.some(({ way }) => way === 'worse')),
  );
  if (worse) return { cells, outcome: 'worse' };
  const newlyUnknown = cells.some(({ state, after: now }) => state === 'worse' && now === 'unknown');
  return { cells, outcome: newlyUnknown || both.length === 0 ? 'unknown' : 'fine' };
}

function stateOf(cell: string, a: Gated | undefined, b: Gated | undefined): CellState {
  if (!a || !b) {
    const verdict = { ...(a ? { before: knownOf(a.verdict) } : {}), ...(b ? { after: knownOf(b.verdict) } : {}) };
    return { cell, state: a ? 'removed' : 'new', ...verdict, rates: [] };
  }
  const [from, to] = [knownOf(a.verdict), knownOf(b.verdict)];
  const by = ORDER.indexOf(to) - ORDER.indexOf(from);
  return { cell, state: by > 0 ? 'worse' : by < 0 ? 'better' : 'same', before: from, after: to, rates: ratesOf(a, b) };
}

/** Shares whose intervals do not meet. */
export function ratesOf(a: Pick<Gated, 'shown' | 'judged'>, b: Pick<Gated, 'shown' | 'judged'>): CellState['rates'] {
  return Object.keys({ ...a.shown, ...b.shown })
    .sort()
    .flatMap((name) => {
      const [k, l] = [a.shown[name] ?? 0, b.shown[name] ?? 0];
      const [was, is] = [wilson(k, a.judged), wilson(l, b.judged)];
      if (a.judged === 0 || b.judged === 0 || (was.high >= is.low && is.high >= was.low)) return [];
      const way = is.value > was.value ? ('worse' as const) : ('better' as const);
      return [{ says: `${name} ${k}/${a.judged} -> ${l}/${b.judged}`, way }];
    });
}
