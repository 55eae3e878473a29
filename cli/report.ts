/** `splitbrain report`: draws the report of a stored run again, or one of its anomalies. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { readRun, type StoredRun } from '../harness/store/store.ts';
import { dotOf } from '../report/dot.ts';
import { type Drawing, drawingOf } from '../report/drawing.ts';
import { report, toldAnomalies } from '../report/report.ts';
import { svgOf } from '../report/svg.ts';
import { typed } from './called.ts';
import { EXIT, UsageError } from './exit.ts';

/** The formats in which an anomaly is drawn. */
const FORMATS: Readonly<Record<string, (drawing: Drawing) => string>> = { dot: dotOf, svg: svgOf };

const EXAMPLE = `
Examples:
  $ splitbrain report results/latest
  $ splitbrain report results/latest --as svg > anomaly.svg
  $ splitbrain report results/latest --as dot --anomaly 2 | dot -Tpng > anomaly.png

Writes report.html into the folder, over the one that is there; with --as, an anomaly to standard output: the first that is a cycle, or the
one of that number on the page.`;

interface ReportOptions {
  readonly as?: string;
  readonly anomaly?: string;
}

export function reportCommand(): Command {
  return new Command('report')
    .description('draw the report of a stored run again, or one of its anomalies')
    .argument('<run>', "a run's folder")
    .option('--as <format>', `draw an anomaly as ${Object.keys(FORMATS).join(' or ')}`)
    .option('--anomaly <n>', 'which one, as the page numbers them (default: the first that is a cycle)')
    .addHelpText('after', EXAMPLE)
    .action(async (folder: string, options: ReportOptions) => {
      const draw = formatOf(options);
      const run = await readRun(folder);
      if (draw) process.stdout.write(draw(drawingOf(run.history, anomalyOf(run, options.anomaly))));
      else {
        const file = join(folder, 'report.html');
        writeFileSync(file, report({ ...run, command: typed(run.command) }));
        process.stdout.write(`${file}\n`);
      }
      process.exitCode = EXIT.held;
    });
}

function formatOf({ as, anomaly }: ReportOptions): ((drawing: Drawing) => string) | undefined {
  if (as === undefined) {
    if (anomaly !== undefined) throw new UsageError('--anomaly goes with --as: on the page all anomalies are drawn');
    return undefined;
  }
  const names = Object.keys(FORMATS);
  if (!Object.hasOwn(FORMATS, as)) throw new UsageError(`--as takes ${names.join(' or ')}, not "${as}"`);
  return FORMATS[as];
}

function anomalyOf({ result }: StoredRun, number: string | undefined) {
  const anomalies = toldAnomalies(result);
  if (anomalies.length === 0) throw new UsageError('the run has no anomaly to draw');
  const chosen = number === undefined ? anomalies.findIndex(({ cycle }) => cycle !== null) : Number(number) - 1;
  const found = number === undefined ? anomalies[Math.max(chosen, 0)] : anomalies[chosen];
  if (found) return found;
  throw new UsageError(`--anomaly takes a number from 1 to ${anomalies.length}, not "${number}"`);
}
