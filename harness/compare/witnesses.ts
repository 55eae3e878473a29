/** The runs of a comparison that are worth keeping whole: few that together prove every violation that it shows. */
import type { Summary, SummaryRun } from '../campaign/summary.ts';
import { witnessAgainst } from './comparison.ts';

/** For every cell and model that some run violated, the run with the smallest proof. */
export function worthKeeping({ cells, runs }: Summary): readonly SummaryRun[] {
  const kept = new Set<SummaryRun>();
  const byId = new Map(runs.map((run) => [run.id, run]));
  for (const cell of cells) {
    const own = cell.runs.flatMap((id) => byId.get(id) ?? []);
    const models = new Set(own.flatMap(({ figures }) => Object.keys(figures?.models ?? {})));
    for (const model of models) {
      const witness = witnessAgainst(own, model);
      if (witness) kept.add(witness);
    }
  }
  return [...kept];
}
