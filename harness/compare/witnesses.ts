/** The runs of a comparison that are worth keeping whole: few that together prove every violation that it shows. */
import { namedOf } from '../campaign/gate.ts';
import type { Summary, SummaryRun } from '../campaign/summary.ts';
import { witnessAgainst } from './comparison.ts';

/** For every cell and model that some run violated, the run with the smallest proof. */
export function worthKeeping(summary: Summary): readonly SummaryRun[] {
  const kept = new Set<SummaryRun>();
  for (const cell of summary.cells) {
    const own = namedOf(summary, cell);
    const models = new Set(own.flatMap(({ figures }) => Object.keys(figures?.models ?? {})));
    for (const model of models) {
      const witness = witnessAgainst(own, model);
      if (witness) kept.add(witness);
    }
  }
  return [...kept];
}
