/** `splitbrain compare`: many systems under the same faults and seeds, as one page; or two results side by side. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { campaignDocument } from '../harness/campaign/campaign-document.ts';
import { matrixIn } from '../harness/campaign/file.ts';
import { worstOutcome } from '../harness/campaign/gate.ts';
import type { Matrix } from '../harness/campaign/matrix.ts';
import { type Compared, runComparison } from '../harness/compare/compare.ts';
import { comparisonCsv } from '../harness/compare/csv.ts';
import { defaultComparison } from '../harness/compare/default.ts';
import { sideBySide } from '../harness/compare/side-by-side.ts';
import { failure, writeWhole } from '../harness/store/whole-file.ts';
import { comparisonPage } from '../report/comparison.ts';
import { WORKER } from './campaign.ts';
import { comparisonText, sideBySideText } from './compare-text.ts';
import { codeWith, EXIT, UsageError } from './exit.ts';
import { duration, wholeNumber } from './numbers.ts';
import { sideIn } from './result-side.ts';
import { status } from './status.ts';
import { writeReport } from './write-report.ts';

interface CompareFlags {
  readonly systems?: string;
  readonly faults?: string;
  readonly seeds?: number;
  readonly seed?: number;
  readonly maxTime?: number;
  readonly parallel?: number;
  readonly out?: string;
  readonly json?: true;
}

const EXAMPLE = `
Examples:
  $ splitbrain compare                                  every sound design under six groups of faults, ten seeds each
  $ splitbrain compare --systems quorum/abd,single-copy,./my.mjs#mine --faults none,partition --seeds 20
  $ splitbrain compare nightly.yaml --out results/nightly
  $ splitbrain compare results/main results/mine        what changed from one result to the other, as Markdown

A comparison's folder has index.html, summary.json and comparison.csv, and a folder for each run that proves something shown. Results set
side by side may be comparisons, campaigns or single runs.

Exit code: 0 done, 1 a claim was refuted on the way, 254 bad arguments, 255 a run failed. Two results side by side: 0.`;

export function compareCommand(): Command {
  return new Command('compare')
    .description('what each design gives up under which fault: one page; or two results side by side')
    .argument('[results...]', 'a campaign file or module, or the folders of two results')
    .option('--systems <names>', 'compare these, with commas between them (default: every sound design)')
    .option(
      '--faults <groups>',
      'groups of faults, with commas between them and + within them: none,partition,crash+link',
    )
    .option('--seeds <n>', 'seeds for each cell', wholeNumber('--seeds'))
    .option('--seed <n>', 'the first seed', wholeNumber('--seed'))
    .option('--max-time <duration>', 'start no run after this', duration('--max-time'))
    .option('--parallel <n>', 'runs at the same time (default: one a core)', wholeNumber('--parallel'))
    .option('--out <folder>', 'the new folder for the results (default: one in results/)')
    .option('--json', 'print summary.json, or the changes, and nothing else')
    .addHelpText('after', EXAMPLE)
    .action(async (results: string[], flags: CompareFlags) => {
      process.exitCode = await compare(results, flags);
    });
}

async function compare(results: readonly string[], flags: CompareFlags): Promise<number> {
  const [first, second, third] = results;
  if (third !== undefined) throw new UsageError('two results are set side by side, not more');
  if (second !== undefined) return twoResults(first!, second, flags);
  if (first !== undefined && existsSync(first) && statSync(first).isDirectory())
    throw new UsageError(`${first} is a folder: name a second one to set it beside, or a campaign file`);
  return manySystems(first, flags);
}

async function twoResults(before: string, after: string, flags: CompareFlags): Promise<number> {
  const [a, b] = [await sideIn(before), await sideIn(after)];
  const found = sideBySide(a, b);
  process.stdout.write(flags.json ? `${JSON.stringify(found)}\n` : sideBySideText(a, b, found));
  return EXIT.held;
}

async function manySystems(file: string | undefined, flags: CompareFlags): Promise<number> {
  const matrix = await matrixOf(file, flags);
  const done = await runComparison(matrix, {
    command: commandOf(file, flags, matrix),
    worker: WORKER,
    onRun: writeReport,
    ...(flags.out === undefined ? {} : { out: flags.out }),
    ...(flags.parallel === undefined ? {} : { parallel: flags.parallel }),
    ...(flags.maxTime === undefined ? {} : { maxMs: flags.maxTime }),
    onProgress: (made, of, { system, faults }) => status(`${made} of ${of} runs: ${system} under ${faults.join(', ')}`),
  });
  status('');
  const unwritten = [...(done.unwritten ?? []), ...failure(() => write(done))];
  process.stdout.write(flags.json ? `${JSON.stringify(done.summary)}\n` : comparisonText(done));
  const outcome = worstOutcome(done.summary.cells);
  const code = { refuted: EXIT.refuted, failed: EXIT.failed, unknown: EXIT.held, held: EXIT.held }[outcome];
  return codeWith(unwritten, code);
}

function write({ folder, comparison }: Compared): void {
  writeWhole(join(folder, 'comparison.csv'), comparisonCsv(comparison));
  writeWhole(join(folder, 'index.html'), comparisonPage(comparison));
}

async function matrixOf(file: string | undefined, flags: CompareFlags): Promise<Matrix> {
  const given = file === undefined ? defaultComparison() : matrixIn(await campaignDocument(file));
  const { seeds, seed } = flags;
  if (seeds === 0) throw new UsageError('--seeds 0 would run nothing');
  const systems = flags.systems?.split(',').map((name) => name.trim());
  return {
    ...given,
    // Whatever its systems are of, each gets the first workload of its datatype.
    ...(systems ? { systems } : {}),
    ...(flags.faults ? { faults: flags.faults.split(',').map((group) => group.trim().replaceAll('+', ',')) } : {}),
    ...(seeds === undefined ? {} : { seeds }),
    ...(seed === undefined ? {} : { seed }),
  };
}

function commandOf(file: string | undefined, flags: CompareFlags, { seeds, seed }: Matrix): string {
  const words = [
    'splitbrain compare',
    file,
    flags.systems && `--systems ${flags.systems}`,
    flags.faults && `--faults ${flags.faults}`,
    `--seeds ${seeds} --seed ${seed}`,
  ];
  return words.filter((word) => word !== undefined).join(' ');
}
