/**
 * From sums to cells: evidence is summed over a cell's runs before
 * it is weighed, wherever they were made, and the worst run decides.
 */
import { weigh } from '../judging/evidence.ts';
import { counted } from './gate.ts';
import type { PlannedCell } from './matrix.ts';
import type { CellSum, Placed, Seen } from './sum.ts';
import type { Cell, SummaryRun } from './summary.ts';

/** What cells are judged by, beside their runs. */
export interface Judging {
  /** Systems that are broken on purpose. */
  readonly flawed: ReadonlySet<string>;
  /**
   * The runs are a part of a campaign: what they lack, other
   * parts may have, so that too little is for the merge to say.
   */
  readonly isShard?: boolean;
  /** Fewer runs than were planned are too few. */
  readonly requireAll?: boolean;
}

/** What is known of a cell. */
export interface Known {
  readonly cell: PlannedCell;
  readonly planned: number;
  readonly sum: CellSum;
  /** Runs that may have been made elsewhere: their results are unknown, and the cell has failed. */
  readonly missing?: { readonly count: number; readonly why: string };
  /** The reason why a refuted run is no surprise. */
  readonly expectedOf: (run: SummaryRun) => string | undefined;
}

type Said = Pick<Cell, 'verdict' | 'says' | 'expected'>;

export function judgeCell(known: Known, { flawed, isShard = false, requireAll = false }: Judging): Cell {
  const { sum, planned, cell } = known;
  const { workload, faults } = cell.wanted;
  const said = verdictOf(known);
  const judged = sum.runs - sum.verdicts.error;
  const notRun = sum.runs === 0 && said.verdict !== 'error';
  const lacking = requireAll && judged < planned;
  const expected = refuted(sum, known.expectedOf).reduce((all, { count, why }) => all + (why ? count : 0), 0);
  return {
    ...{ system: cell.system, workload, faults, ...said },
    says: lacking ? `${said.says}; it has ${judged} of ${planned} planned runs, and all are required` : said.says,
    ...{ planned, judged, operations: sum.operations, anomalies: sum.anomalies },
    verdicts: { ...sum.verdicts, invalid: sum.verdicts.invalid - expected, expected },
    gates: gates(sum, said, flawed.has(cell.system), isShard),
    ...(notRun ? { notRun } : {}),
    ...(lacking ? { lacking } : {}),
  };
}

/**
 * What is broken on purpose fails a build only with an anomaly that nobody
 * expected: not being refuted today is no error, not being run is.
 */
function gates({ runs, basis }: CellSum, { verdict, expected }: Said, flawed: boolean, isShard: boolean): boolean {
  if (verdict === 'error') return true;
  if (verdict === 'unknown' && isShard) return false;
  if (runs === 0) return true;
  if (!basis) return false;
  return !flawed || (verdict === 'invalid' && expected === undefined);
}

/** Refuted runs, by what they showed, those first that come first in the plan. */
function refuted({ shown }: CellSum, expectedOf: Known['expectedOf']) {
  return Object.values(shown)
    .map(({ count, first }) => ({ count, first: first[0]!, why: expectedOf(first[0]!.run) }))
    .sort((a, b) => a.first.place - b.first.place);
}

const firstOf = ({ first }: Seen): Placed | undefined => first[0];

function verdictOf({ sum, missing, expectedOf }: Known): Said {
  const all = refuted(sum, expectedOf);
  const surprise = all.find(({ why }) => why === undefined);
  if (surprise) return { verdict: 'invalid', says: surprise.first.run.says };
  const failed = firstOf(sum.failed);
  if (failed) return { verdict: 'error', says: failed.run.says };
  if (missing && missing.count > 0) {
    const count = missing.count === 1 ? 'a run of it is missing' : `${missing.count} runs of it are missing`;
    return { verdict: 'error', says: `${count}: ${missing.why}` };
  }
  if (sum.runs === 0) return { verdict: 'unknown', says: 'no run of it was made: the campaign ended before' };
  const [known] = all;
  if (known?.why !== undefined) return { verdict: 'invalid', says: known.first.run.says, expected: known.why };
  const undecided = firstOf(sum.undecided);
  if (undecided) return { verdict: 'unknown', says: undecided.run.says };
  return weighed(sum);
}

function weighed({ tally, basis, kinds, any, operations, runs }: CellSum): Pick<Cell, 'verdict' | 'says'> {
  if (!basis || !tally) return { verdict: 'unknown', says: firstOf(any)!.run.says };
  const { claims, functions } = basis;
  const missing = weigh(tally, functions, kinds, claims).find(({ enough }) => !enough);
  if (missing) return { verdict: 'unknown', says: `no anomaly, but too little evidence: ${missing.says}` };
  const made = runs === 1 ? 'one run' : `${runs} runs`;
  return {
    verdict: 'valid',
    says: `no anomaly found in ${counted(operations, 'operation')} of ${made}: the claim held (${[...new Set(claims.map(({ model }) => model))].join(', ')})`,
  };
}
