/** `splitbrain report`: draws the report of a stored run or of a history, or one of its anomalies. */
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { checkSource } from '../harness/checking/check-source.ts';
import { EXPANSION } from '../harness/checking/limits.ts';
import { BadInput } from '../harness/failure.ts';
import { readRun, type StoredRun } from '../harness/store/store.ts';
import { dotOf } from '../report/dot.ts';
import { drawingOf } from '../report/drawing.ts';
import { historyInput } from '../report/history-input.ts';
import { mermaidOf } from '../report/mermaid.ts';
import type { Told } from '../report/page/data.ts';
import { report } from '../report/report.ts';
import { sequenceOf } from '../report/sequence.ts';
import { shivizOf } from '../report/shiviz.ts';
import { svgOf } from '../report/svg.ts';
import { toldAnomalies } from '../report/told.ts';
import { typed } from './called.ts';
import { EXIT, UsageError } from './exit.ts';
import { historiesIn } from './input/histories.ts';
import { nodeSurroundings } from './node-surroundings.ts';

/** The formats in which an anomaly is drawn. */
const FORMATS: Readonly<Record<string, (run: StoredRun, told: Told) => string>> = {
  dot: ({ history }, told) => dotOf(drawingOf(history, told)),
  svg: ({ history }, told) => svgOf(drawingOf(history, told)),
  mermaid: (run, told) => mermaidOf(sequenceOf(run, told)),
  shiviz: (run, told) => shivizOf(sequenceOf(run, told)),
};

const EXAMPLE = `
Examples:
  $ splitbrain report results/latest
  $ splitbrain report history.edn                        writes history.edn.html beside it
  $ splitbrain report results/latest --as svg > anomaly.svg
  $ splitbrain report results/latest --as dot --anomaly 2 | dot -Tpng > anomaly.png
  $ splitbrain report results/latest --as mermaid        a sequence diagram for a pull request

Writes report.html into the folder, over the one that is there; with --as, an anomaly to standard output: the first that is a cycle, or the
one of that number on the page.`;

interface ReportOptions {
  readonly as?: string;
  readonly anomaly?: string;
}

export function reportCommand(): Command {
  return new Command('report')
    .description('draw the report of a stored run or of a history, or one of its anomalies')
    .argument('<run>', "a run's folder, or a history's file")
    .option('--as <format>', `draw an anomaly as ${Object.keys(FORMATS).join(' or ')}`)
    .option('--anomaly <n>', 'which one, as the page numbers them (default: the first that is a cycle)')
    .addHelpText('after', EXAMPLE)
    .action(async (path: string, options: ReportOptions) => {
      const draw = formatOf(options);
      if (!draw && statSync(path, { throwIfNoEntry: false })?.isFile()) await ofHistory(path);
      else await ofRun(path, draw, options.anomaly);
      process.exitCode = EXIT.held;
    });
}

async function ofRun(folder: string, draw: ReturnType<typeof formatOf>, number: string | undefined): Promise<void> {
  const run = await readRun(folder);
  if (draw) {
    process.stdout.write(draw(run, anomalyOf(run, number)));
    return;
  }
  const file = join(folder, 'report.html');
  writeFileSync(file, report({ ...run, command: typed(run.command) }));
  process.stdout.write(`${file}\n`);
}

/** The page of a history from anywhere, beside it: what `check --report` writes, without a verdict for a build. */
async function ofHistory(path: string): Promise<void> {
  for await (const found of historiesIn(path, { expansion: EXPANSION })) {
    if ('skipped' in found) continue;
    const { checked: verdicts, history } = await checkSource(found, { map: [] }, nodeSurroundings({}));
    const checked = verdicts[0]!;
    if ('error' in checked) throw new BadInput(checked.error);
    if (!history) throw new BadInput(`${path} is not a history`);
    const file = `${path}.html`;
    writeFileSync(file, report(historyInput(path, history, checked)));
    process.stdout.write(`${file}\n`);
  }
}

function formatOf({ as, anomaly }: ReportOptions): ((run: StoredRun, told: Told) => string) | undefined {
  if (as === undefined) {
    if (anomaly !== undefined) throw new UsageError('--anomaly goes with --as: on the page all anomalies are drawn');
    return undefined;
  }
  const names = Object.keys(FORMATS);
  if (!Object.hasOwn(FORMATS, as)) throw new UsageError(`--as takes ${names.join(' or ')}, not "${as}"`);
  return FORMATS[as];
}

function anomalyOf({ result }: StoredRun, number: string | undefined): Told {
  const anomalies = toldAnomalies(result);
  if (anomalies.length === 0) throw new UsageError('the run has no anomaly to draw');
  const chosen = number === undefined ? anomalies.findIndex(({ cycle }) => cycle !== null) : Number(number) - 1;
  const found = number === undefined ? anomalies[Math.max(chosen, 0)] : anomalies[chosen];
  if (found) return found;
  throw new UsageError(`--anomaly takes a number from 1 to ${anomalies.length}, not "${number}"`);
}
