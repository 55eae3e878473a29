/**
 * From runs to cells: evidence is summed over a cell's runs before
 * it is weighed, wherever they were made, and the worst run decides.
 */
import type { Claim, FaultKind } from '../../systems/system.ts';
import { weigh } from '../judging/evidence.ts';
import { addTallies, type Tally } from '../judging/tally.ts';
import { counted } from './gate.ts';
import type { Planned } from './matrix.ts';
import type { Cell, SummaryRun } from './summary.ts';

/** A run with what its cell needs of it; an error has nothing but its sentence. */
export interface CellRun {
  readonly run: SummaryRun;
  readonly tally?: Tally;
  readonly claims?: readonly { readonly claim: Claim; readonly type: 'valid' | 'invalid' | 'unknown' }[];
  readonly functions?: readonly string[];
  readonly kinds?: readonly FaultKind[];
}

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
  /**
   * By id, why runs are missing that may have been made elsewhere:
   * what they showed nobody knows, and their cells have failed.
   */
  readonly missing?: ReadonlyMap<string, string>;
}

/** Judges every cell that was planned, by the runs that there are of it. */
export function judgeCells(runs: readonly CellRun[], planned: readonly Planned[], judging: Judging): readonly Cell[] {
  const cellOf = new Map(planned.map(({ id, cell }) => [id, cell]));
  const groups = new Map<string, Group>();
  for (const { id, cell, system, wanted } of planned) {
    const group = groups.get(cell) ?? { system, wanted, planned: 0, runs: [], missing: [] };
    groups.set(cell, group);
    group.planned++;
    const why = judging.missing?.get(id);
    if (why !== undefined) group.missing.push(why);
  }
  for (const one of runs) groups.get(cellOf.get(one.run.id) ?? '')?.runs.push(one);
  return [...groups.values()].map((group) => judgeCell(group, judging));
}

/** The runs of a cell. */
interface Group {
  readonly system: string;
  readonly wanted: Planned['wanted'];
  planned: number;
  readonly runs: CellRun[];
  readonly missing: string[];
}

type Said = Pick<Cell, 'verdict' | 'says' | 'expected'>;

function judgeCell(group: Group, { flawed, isShard = false, requireAll = false }: Judging): Cell {
  const { system, wanted, planned, runs } = group;
  const { workload, faults } = wanted;
  const anomalies: Record<string, number> = {};
  for (const { run } of runs) for (const name of run.anomalies) anomalies[name] = (anomalies[name] ?? 0) + 1;
  const said = verdictOf(group);
  const judged = runs.filter(({ run }) => run.verdict !== 'error').length;
  const notRun = runs.length === 0 && said.verdict !== 'error';
  const lacking = requireAll && judged < planned;
  return {
    ...{ system, workload, faults, ...said },
    says: lacking ? `${said.says}; it has ${judged} of ${planned} planned runs, and all are required` : said.says,
    ...{ runs: runs.map(({ run }) => run.id), planned, judged, anomalies },
    gates: gates(group, said, flawed.has(system), isShard),
    ...(notRun ? { notRun } : {}),
    ...(lacking ? { lacking } : {}),
  };
}

/**
 * What is broken on purpose fails a build only with an anomaly that nobody
 * expected: not being refuted today is no error, not being run is.
 */
function gates({ runs }: Group, { verdict, expected }: Said, flawed: boolean, isShard: boolean): boolean {
  if (verdict === 'error') return true;
  if (verdict === 'unknown' && isShard) return false;
  if (runs.length === 0) return true;
  if (!runs.some(({ claims }) => claims && claims.length > 0)) return false;
  return !flawed || (verdict === 'invalid' && expected === undefined);
}

function verdictOf({ runs, missing }: Group): Said {
  const invalid = runs.map(({ run }) => run).filter(({ verdict }) => verdict === 'invalid');
  const surprise = invalid.find(({ expected }) => expected === undefined);
  if (surprise) return { verdict: 'invalid', says: surprise.says };
  const error = runs.find(({ run }) => run.verdict === 'error');
  if (error) return { verdict: 'error', says: error.run.says };
  const [lost] = missing;
  if (lost !== undefined) {
    const count = missing.length === 1 ? 'a run of it is missing' : `${missing.length} runs of it are missing`;
    return { verdict: 'error', says: `${count}: ${lost}` };
  }
  if (runs.length === 0) return { verdict: 'unknown', says: 'no run of it was made: the campaign ended before' };
  const [first] = invalid;
  if (first?.expected !== undefined) return { verdict: 'invalid', says: first.says, expected: first.expected };
  const undecided = runs.find(({ claims }) => claims?.some(({ type }) => type === 'unknown'));
  if (undecided) return { verdict: 'unknown', says: undecided.run.says };
  return weighed(runs);
}

function weighed(group: readonly CellRun[]): Pick<Cell, 'verdict' | 'says'> {
  const tallies = group.flatMap(({ tally }) => (tally ? [tally] : []));
  const claims = group.find((one) => one.claims?.length)?.claims?.map(({ claim }) => claim) ?? [];
  if (claims.length === 0 || tallies.length === 0) return { verdict: 'unknown', says: group[0]!.run.says };
  const kinds = [...new Set(group.flatMap(({ kinds = [] }) => kinds))];
  const missing = weigh(tallies.reduce(addTallies), group[0]!.functions ?? [], kinds, claims).find(
    ({ enough }) => !enough,
  );
  if (missing) return { verdict: 'unknown', says: `no anomaly, but too little evidence: ${missing.says}` };
  const operations = group.reduce((sum, { run }) => sum + run.operations, 0);
  const runs = group.length === 1 ? 'one run' : `${group.length} runs`;
  return {
    verdict: 'valid',
    says: `no anomaly found in ${counted(operations, 'operation')} of ${runs}: the claim held (${[...new Set(claims.map(({ model }) => model))].join(', ')})`,
  };
}
