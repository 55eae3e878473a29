/** A result's folder as one of two sides: a comparison's or a campaign's, by its summary, or a run's. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { figureSumOf, NO_FIGURES } from '../harness/campaign/figure-sum.ts';
import { figuresOf } from '../harness/campaign/figures.ts';
import { cellName, isShort, outcomeOf, shareOf } from '../harness/campaign/gate.ts';
import type { Summary } from '../harness/campaign/summary.ts';
import type { Side } from '../harness/compare/side-by-side.ts';
import { BadInput } from '../harness/failure.ts';
import { metricsOf } from '../harness/judging/metrics/metrics.ts';
import { readRun } from '../harness/store/store.ts';

export async function sideIn(folder: string): Promise<Side> {
  if (existsSync(join(folder, 'summary.json'))) return summarySide(folder, summaryIn(join(folder, 'summary.json')));
  if (!existsSync(join(folder, 'verdict.json')))
    throw new BadInput(`${folder} is not a result folder: it has no summary.json and no verdict.json`);
  const { setting, result, history } = await readRun(folder);
  const broken = result.claims.flatMap(({ verdict }) => (verdict.type === 'invalid' ? verdict.anomalies : []));
  const anomalies = [...new Set(broken.map(({ name }) => name))];
  const metrics = result.metrics ?? metricsOf(result, { history, answers: new Set() }, setting.nodes);
  const figures = figureSumOf(figuresOf(result, metrics));
  const gated = {
    ...{ verdict: result.verdict, judged: 1, isSurprise: result.verdict === 'invalid' },
    shown: Object.fromEntries(anomalies.map((name) => [name, 1])),
  };
  return {
    name: folder,
    seed: setting.seed,
    cells: new Map([[cellName(setting), { verdict: result.verdict, anomalies, figures, gated }]]),
  };
}

function summaryIn(file: string): Summary {
  let summary: Partial<Summary> | null;
  try {
    summary = JSON.parse(readFileSync(file, 'utf8')) as Partial<Summary> | null;
  } catch (error) {
    throw new BadInput(`${file} is broken: ${(error as Error).message}`);
  }
  if (!Array.isArray(summary?.figures) || !Array.isArray(summary.cells))
    throw new BadInput(`${file} is no summary of a campaign, or one of another version`);
  return summary as Summary;
}

function summarySide(name: string, { cells, figures, seed }: Summary): Side {
  return {
    ...{ name, seed },
    cells: new Map(
      cells.map((cell, i) => [
        cellName(cell),
        {
          verdict: cell.notRun ? 'not run' : cell.verdict,
          ...(isShort(cell) ? { share: shareOf(cell) } : {}),
          anomalies: Object.keys(cell.anomalies).sort(),
          figures: figures[i] ?? NO_FIGURES,
          gated: {
            ...{ verdict: cell.verdict, shown: cell.anomalies, judged: cell.judged },
            isSurprise: outcomeOf(cell) === 'refuted',
          },
        },
      ]),
    ),
  };
}
