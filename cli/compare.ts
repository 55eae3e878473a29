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
import { comparisonWith, defaultComparison } from '../harness/compare/default.ts';
import { type Gated, gateOf } from '../harness/compare/gate.ts';
import { type Side, sideBySide } from '../harness/compare/side-by-side.ts';
import { entry } from '../harness/entry.ts';
import { shellWord } from '../harness/setting/command.ts';
import { failure, writeWhole } from '../harness/store/whole-file.ts';
import { comparisonPage } from '../report/comparison.ts';
import { comparisonText, sideBySideText } from './compare-text.ts';
import { codeWith, EXIT, UsageError } from './exit.ts';
import { duration, wholeNumber } from './numbers.ts';
import { addClaimedOfPrograms, claimsSaid, type ProgramFlags, systemNamed, wordsOfProgram } from './program-flags.ts';
import { progressing } from './progress.ts';
import { sideIn } from './result-side.ts';
import { writeReport } from './write-report.ts';

interface CompareFlags extends ProgramFlags {
  readonly systems?: string;
  readonly faults?: string;
  readonly seeds?: number;
  readonly seed?: number;
  readonly maxTime?: number;
  readonly parallel?: number;
  readonly out?: string;
  readonly json?: true;
  readonly rates?: true;
}

const EXAMPLE = `
Examples:
  $ splitbrain compare                                  every sound design under six groups of faults, ten seeds each
  $ splitbrain compare --systems quorum/abd,single-copy,./my.mjs#mine --faults none,partition --seeds 20
  $ splitbrain compare --bin ./node.py --workload lin-kv --faults none,partition -- --verbose
  $ splitbrain compare nightly.yaml --out results/nightly
  $ splitbrain compare results/main results/mine        what changed from one result to the other, as Markdown

A comparison's folder has index.html, summary.json and comparison.csv, and a folder for each run that proves something shown. Results set
side by side may be comparisons, campaigns or single runs.

Exit code: 0 done, 1 a claim was refuted on the way, 254 bad arguments, 255 a run failed. Two results side
by side: 1 where a cell became worse (its verdict moved from held or unknown to refuted, or it is new and refuted), 2 where one became
unknown or there is no cell in both, else 0.`;

export function compareCommand(): Command {
  const command = new Command('compare')
    .description('what each design gives up under which fault: one page; or two results side by side')
    .argument('[results...]', 'a campaign file or module, or the folders of two results')
    .option(
      '--systems <names>',
      'compare these, with commas between them (default: every sound design; with --bin those of its datatype)',
    )
    .option('--workload <name>', 'with --bin: one of Maelstrom’s')
    .option(
      '--faults <groups>',
      'groups of faults, with commas between them and + within them: none,partition,crash+link',
    )
    .option('--seeds <n>', 'seeds for each cell', wholeNumber('--seeds'))
    .option('--seed <n>', 'the first seed', wholeNumber('--seed'))
    .option('--max-time <duration>', 'start no run after this', duration('--max-time'))
    .option('--parallel <n>', 'runs at the same time (default: one a core)', wholeNumber('--parallel'))
    .option('--out <folder>', 'the new folder for the results (default: one in results/)')
    .option('--rates', 'of two results: a rate of anomalies that became worse beyond chance ends with 1, too')
    .option('--json', 'print summary.json, or the changes, and nothing else')
    .addHelpText('after', EXAMPLE)
    .action(async (results: string[], flags: CompareFlags) => {
      process.exitCode = flags.bin === undefined ? await compare(results, flags) : await besides(results, flags);
    });
  return addClaimedOfPrograms(command);
}

/** A program beside the sound designs of its datatype, or those that are named. */
async function besides(args: readonly string[], flags: CompareFlags): Promise<number> {
  const program = systemNamed(flags, args);
  const claims = claimsSaid(flags, undefined)?.map((claim) => ({ ...claim, system: program }));
  const given = matrixWith(flags, comparisonWith(program));
  const named = namesIn(flags);
  const matrix = {
    ...given,
    ...(named ? { systems: [program, ...named] } : {}),
    ...(claims ? { claims } : {}),
  };
  const words = ['splitbrain compare', ...wordsOfProgram(flags), wordsOf(flags, matrix)];
  const own = args.length > 0 ? ['--', ...args.map(shellWord)] : [];
  return manySystems(matrix, [...words, ...own].join(' '), flags);
}

async function compare(results: readonly string[], flags: CompareFlags): Promise<number> {
  const [first, second, third] = results;
  if (third !== undefined) throw new UsageError('two results are set side by side, not more');
  if (second !== undefined) return twoResults(first!, second, flags);
  if (first !== undefined && existsSync(first) && statSync(first).isDirectory())
    throw new UsageError(`${first} is a folder: name a second one to set it beside, or a campaign file`);
  const given = first === undefined ? defaultComparison() : matrixIn(await campaignDocument(first));
  const systems = namesIn(flags);
  // Whatever its systems are of, each gets the first workload of its datatype.
  const matrix = { ...matrixWith(flags, given), ...(systems ? { systems } : {}) };
  const words = ['splitbrain compare', ...(first === undefined ? [] : [first]), wordsOf(flags, matrix)];
  return manySystems(matrix, words.join(' '), flags);
}

async function twoResults(before: string, after: string, flags: CompareFlags): Promise<number> {
  const [a, b] = [await sideIn(before), await sideIn(after)];
  const found = sideBySide(a, b);
  const areSingle = a.cells.size === 1 && b.cells.size === 1;
  const gate = gateOf(gatedIn(a, areSingle), gatedIn(b, areSingle), flags.rates === true);
  process.stdout.write(flags.json ? `${JSON.stringify({ ...found, gate })}\n` : sideBySideText(a, b, found, gate));
  return { worse: EXIT.refuted, unknown: EXIT.unknown, fine: EXIT.held }[gate.outcome];
}

/** Two results of a single cell are set beside each other whatever they are of. */
function gatedIn({ cells }: Side, areSingle: boolean): ReadonlyMap<string, Gated> {
  return new Map([...cells].map(([name, { gated }]) => [areSingle ? 'the cell' : name, gated]));
}

async function manySystems(matrix: Matrix, command: string, flags: CompareFlags): Promise<number> {
  const progress = progressing();
  const done = await runComparison(matrix, {
    command,
    worker: entry('campaign-worker'),
    onRun: writeReport,
    ...(flags.out === undefined ? {} : { out: flags.out }),
    ...(flags.parallel === undefined ? {} : { parallel: flags.parallel }),
    ...(flags.maxTime === undefined ? {} : { maxMs: flags.maxTime }),
    onProgress: progress.tell,
  });
  progress.end();
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

/** The matrix with what the command line says of faults and seeds. */
function matrixWith({ faults, seeds, seed }: CompareFlags, given: Matrix): Matrix {
  if (seeds === 0) throw new UsageError('--seeds 0 would run nothing');
  return {
    ...given,
    ...(faults ? { faults: faults.split(',').map((group) => group.trim().replaceAll('+', ',')) } : {}),
    ...(seeds === undefined ? {} : { seeds }),
    ...(seed === undefined ? {} : { seed }),
  };
}

/** The systems that are named: commas between brackets are a program's own. */
function namesIn({ systems }: CompareFlags): readonly string[] | undefined {
  return systems?.split(/,(?![^[]*\])/).map((name) => name.trim());
}

function wordsOf({ systems, faults }: CompareFlags, { seeds, seed }: Matrix): string {
  const words = [systems && `--systems ${shellWord(systems)}`, faults && `--faults ${faults}`];
  return [...words.filter((word) => word !== undefined), `--seeds ${seeds} --seed ${seed}`].join(' ');
}
