/** From runs to cells: evidence is summed over a cell's runs before it is weighed, and the worst run decides. */
import type { Claim, FaultKind } from '../../systems/system.ts';
import { weigh } from '../evidence.ts';
import { addTallies, type Tally } from '../tally.ts';
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

/** Judges every cell that was planned; one of which no run was made is unknown. */
export function judgeCells(
  runs: readonly CellRun[],
  flawed: ReadonlySet<string>,
  planned: readonly Planned[],
): readonly Cell[] {
  const cellOf = new Map(planned.map(({ id, cell }) => [id, cell]));
  const groups = new Map<string, CellRun[]>(planned.map(({ cell }) => [cell, []]));
  for (const one of runs) groups.get(cellOf.get(one.run.id)!)!.push(one);
  const wanted = new Map(planned.map((one) => [one.cell, one.wanted]));
  return [...groups].map(([cell, group]) =>
    group.length > 0 ? judgeCell(group, flawed) : unmadeCell(wanted.get(cell)!, flawed),
  );
}

function unmadeCell({ system, workload, faults }: Planned['wanted'], flawed: ReadonlySet<string>): Cell {
  const says = 'no run of it was made: the campaign ended before';
  return { system, workload, faults, verdict: 'unknown', says, runs: [], anomalies: {}, gates: !flawed.has(system) };
}

function judgeCell(group: readonly CellRun[], flawed: ReadonlySet<string>): Cell {
  const { system, workload, faults } = group[0]!.run;
  const anomalies: Record<string, number> = {};
  for (const { run } of group) for (const name of run.anomalies) anomalies[name] = (anomalies[name] ?? 0) + 1;
  const claimed = group.some(({ run, claims }) => run.verdict === 'error' || (claims && claims.length > 0));
  const verdict = verdictOf(group);
  // What is broken on purpose fails a build only with an anomaly that nobody expected: not being refuted today is no error.
  const gates =
    verdict.verdict === 'error' ||
    (claimed && (!flawed.has(system) || (verdict.verdict === 'invalid' && !verdict.expected)));
  return { system, workload, faults, ...verdict, runs: group.map(({ run }) => run.id), anomalies, gates };
}

function verdictOf(group: readonly CellRun[]): Pick<Cell, 'verdict' | 'says' | 'expected'> {
  const invalid = group.map(({ run }) => run).filter(({ verdict }) => verdict === 'invalid');
  const surprise = invalid.find(({ expected }) => expected === undefined);
  if (surprise) return { verdict: 'invalid', says: surprise.says };
  const error = group.find(({ run }) => run.verdict === 'error');
  if (error) return { verdict: 'error', says: error.run.says };
  const [first] = invalid;
  if (first?.expected !== undefined) return { verdict: 'invalid', says: first.says, expected: first.expected };
  const undecided = group.find(({ claims }) => claims?.some(({ type }) => type === 'unknown'));
  if (undecided) return { verdict: 'unknown', says: undecided.run.says };
  return weighed(group);
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
    says: `no anomaly found in ${operations} operations of ${runs}: it kept its claim (${[...new Set(claims.map(({ model }) => model))].join(', ')})`,
  };
}
