/**
 * From a campaign's summary to what its comparison shows: systems
 * by datatype, each with its figures under each group of faults.
 */
import { impliedModels, lattice, nameOf } from 'elle-ts';
import type { System } from '../../systems/system.ts';
import { addFigures, type FigureSum, figureSumOf, NO_FIGURES } from '../campaign/figure-sum.ts';
import type { ModelFigure } from '../campaign/figures.ts';
import { namedOf, shareOf, shortfallOf } from '../campaign/gate.ts';
import type { Cell, Summary, SummaryRun } from '../campaign/summary.ts';
import { type Consistency, consistencyOf, FIGURES, type Value } from './figures.ts';

/** All that the page, the JSON and the CSV of a comparison are made of. */
export interface Comparison {
  readonly command: string;
  readonly seed: number;
  readonly startedAt: string;
  /** Groups of faults, as `crash, link`, in the order in which they were asked for. */
  readonly groups: readonly string[];
  readonly seeds: number;
  readonly cluster: SummaryRun['cluster'];
  readonly figures: readonly {
    readonly key: string;
    readonly name: string;
    readonly unit: string;
    readonly better: string;
    readonly says: string;
  }[];
  readonly datatypes: readonly Datatype[];
  readonly runs: readonly ComparedRun[];
  readonly notes: readonly string[];
  /** In sentences, that there are fewer runs than were planned, and why; none where there are all. */
  readonly shortfall: readonly string[];
}

export interface Datatype {
  readonly datatype: string;
  readonly workload: string;
  /** From the weakest to the strongest, as far as they are ordered. */
  readonly models: readonly string[];
  readonly systems: readonly Row[];
}

export interface Row {
  readonly system: string;
  /** The models that it claims under some faults. */
  readonly claims: readonly string[];
  readonly cells: readonly ComparedCell[];
}

export interface ComparedCell {
  readonly group: string;
  readonly verdict: Cell['verdict'];
  readonly says: string;
  /** Places of its runs in the comparison's list. */
  readonly runs: readonly number[];
  /** How many of its planned runs were made and judged: figures are of these alone. */
  readonly share: { readonly judged: number; readonly planned: number };
  readonly models: Readonly<Record<string, Consistency & { readonly witness?: number }>>;
  readonly values: Readonly<Record<string, Value>>;
}

export interface ComparedRun {
  readonly id: string;
  readonly system: string;
  readonly workload: string;
  readonly group: string;
  readonly seed: number;
  readonly verdict: SummaryRun['verdict'];
  readonly says: string;
  readonly command: string;
  readonly models: Readonly<Record<string, ModelFigure>>;
  readonly values: Readonly<Record<string, number>>;
  /** Whether it was kept, with its history and its report. */
  readonly kept: boolean;
}

/** What the comparison says of a system itself. */
export type Described = Pick<System, 'datatype' | 'claims'>;

/**
 * Arranges a summary that names all runs, with their figures. `kept` names the runs whose reports lie beside the page.
 */
export function comparisonOf(
  summary: Summary,
  described: ReadonlyMap<string, Described>,
  kept: ReadonlySet<string>,
): Comparison {
  const tables = new Map<string, Cell[]>();
  for (const cell of summary.cells) {
    const name = `${nameOf(described.get(cell.system)?.datatype ?? 'unknown')} ${cell.workload}`;
    tables.set(name, [...(tables.get(name) ?? []), cell]);
  }
  return {
    ...{ command: summary.command, seed: summary.seed, startedAt: summary.startedAt, notes: summary.notes },
    groups: [...new Set(summary.cells.map(groupOf))],
    shortfall: shortfallOf(summary),
    seeds: Math.max(0, ...summary.cells.map((cell) => shareOf(cell).planned)),
    cluster: summary.runs[0]?.cluster ?? 'simulation',
    figures: FIGURES.map(({ of: _, ...figure }) => figure),
    // Where there is most to compare comes first.
    datatypes: [...tables.values()]
      .map((cells) => datatypeTable(cells, summary, described))
      .sort((a, b) => b.systems.length - a.systems.length),
    runs: summary.runs.map((run) => comparedRun(run, kept)),
  };
}

/** `crash, link`, or `none`. */
function groupOf({ faults }: Pick<Cell, 'faults'>): string {
  return faults.join(', ') || 'none';
}

function datatypeTable(cells: readonly Cell[], summary: Summary, described: ReadonlyMap<string, Described>): Datatype {
  const places = new Map(summary.runs.map(({ id }, place) => [id, place]));
  const runsOf = (cell: Cell) => namedOf(summary, cell);
  const models = cells.flatMap(runsOf).flatMap(({ figures }) => Object.keys(figures?.models ?? {}));
  return {
    ...{ datatype: nameOf(described.get(cells[0]!.system)?.datatype ?? 'unknown'), workload: cells[0]!.workload },
    models: ladder([...new Set(models)]),
    systems: [...new Set(cells.map(({ system }) => system))].map((system) => ({
      system,
      claims: [...new Set(described.get(system)?.claims.map(({ model }) => model))],
      cells: cells.filter((cell) => cell.system === system).map((cell) => comparedCell(cell, runsOf(cell), places)),
    })),
  };
}

/** Weaker models before those that imply them; what is no model, such as convergence, before all. */
function ladder(models: readonly string[]): readonly string[] {
  const strength = (model: string) =>
    Object.hasOwn(lattice.implies, model)
      ? 1 + impliedModels([model], lattice).filter((weaker) => models.includes(weaker)).length
      : 0;
  return [...models].sort((a, b) => strength(a) - strength(b) || models.indexOf(a) - models.indexOf(b));
}

function comparedCell(cell: Cell, runs: readonly SummaryRun[], places: ReadonlyMap<string, number>): ComparedCell {
  const figures = runs.flatMap((run) => (run.figures ? [figureSumOf(run.figures)] : [])).reduce(addFigures, NO_FIGURES);
  const models = [...new Set(runs.flatMap((run) => Object.keys(run.figures?.models ?? {})))];
  return {
    ...{ group: groupOf(cell), verdict: cell.verdict, says: cell.says },
    runs: runs.map(({ id }) => places.get(id)!),
    share: shareOf(cell),
    models: Object.fromEntries(
      models.map((model) => {
        const witness = witnessAgainst(runs, model);
        return [model, { ...consistencyOf(figures, model)!, ...(witness ? { witness: places.get(witness.id)! } : {}) }];
      }),
    ),
    values: valuesOf(figures),
  };
}

function valuesOf(sum: FigureSum): Record<string, Value> {
  return Object.fromEntries(
    FIGURES.flatMap((figure) => {
      const value = figure.of(sum);
      return value ? [[figure.key, value]] : [];
    }),
  );
}

/** The run whose proof against the model is the smallest. */
export function witnessAgainst(runs: readonly SummaryRun[], model: string): SummaryRun | undefined {
  const size = (run: SummaryRun) => run.figures?.models[model]?.anomaly?.size ?? Number.POSITIVE_INFINITY;
  return runs
    .filter((run) => run.figures?.models[model]?.anomaly)
    .reduce<SummaryRun | undefined>((best, run) => (best && size(best) <= size(run) ? best : run), undefined);
}

function comparedRun(run: SummaryRun, kept: ReadonlySet<string>): ComparedRun {
  const { id, system, workload, seed, verdict, says, command = '', figures } = run;
  const values = figures ? valuesOf(figureSumOf(figures)) : {};
  return {
    ...{ id, system, workload, group: groupOf(run), seed, verdict, says, command, kept: kept.has(id) },
    models: figures?.models ?? {},
    values: Object.fromEntries(Object.entries(values).map(([key, { value }]) => [key, value])),
  };
}
