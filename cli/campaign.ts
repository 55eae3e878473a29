/** `splitbrain campaign`: a matrix of runs, and an exit code for a build. Without a file, the campaign that comes along. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { builtInCampaign } from '../harness/campaign/built-in.ts';
import { type Campaigned, runCampaign } from '../harness/campaign/campaign.ts';
import { type Expectation, parseExpectations } from '../harness/campaign/expectations.ts';
import { parseMatrix } from '../harness/campaign/file.ts';
import type { Matrix } from '../harness/campaign/matrix.ts';
import type { Cell, Summary } from '../harness/campaign/summary.ts';
import { BadInput } from '../harness/failure.ts';
import { campaignIndex } from '../report/campaign.ts';
import { colour } from './colour.ts';
import { durationMs } from './duration.ts';
import { EXIT, UsageError, worstExit } from './exit.ts';
import { wholeNumber } from './numbers.ts';
import { status } from './status.ts';
import { writeReport } from './write-report.ts';

interface CampaignFlags {
  readonly seeds?: number;
  readonly seed?: number;
  readonly shard?: readonly [number, number];
  readonly maxTime?: number;
  readonly parallel?: number;
  readonly resume?: true;
  readonly stopAtFirst?: true;
  readonly expectations?: string;
  readonly out?: string;
  readonly json?: true;
}

const EXAMPLE = `
Examples:
  $ splitbrain campaign                              the campaign that comes along
  $ splitbrain campaign campaign.json --seeds 20 --shard 2/5
  $ splitbrain campaign campaign.json --resume --out results/nightly

Exit code: 0 every claim held or its anomaly is expected, 1 one was refuted, 2 unknown, 254 bad arguments, 255 a run failed.`;

export function campaignCommand(): Command {
  return new Command('campaign')
    .description('many runs: systems by workloads by faults by seeds, with one verdict')
    .argument('[file]', 'a campaign file (JSON); left out, the campaign that comes along')
    .option('--seeds <n>', 'seeds for each cell', wholeNumber)
    .option('--seed <n>', 'the first seed', wholeNumber)
    .option('--shard <part/of>', 'this part of all runs, as 2/5', shard)
    .option('--max-time <duration>', 'start no run after this', durationMs)
    .option('--parallel <n>', 'runs at the same time (default: two a core)', wholeNumber)
    .option('--resume', 'go on with the campaign in --out; finished runs are not repeated')
    .option('--stop-at-first', 'stop at the first anomaly that is not expected')
    .option('--expectations <file>', 'known anomalies (default: expectations.json beside the campaign file)')
    .option('--out <folder>', 'the new folder for the results (default: one in results/)')
    .option('--json', 'print summary.json and nothing else')
    .addHelpText('after', EXAMPLE)
    .action(async (file: string | undefined, flags: CampaignFlags) => {
      process.exitCode = await campaign(file, flags);
    });
}

function shard(text: string): readonly [number, number] {
  const [, part, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (!part || !of || Number(part) < 1 || Number(part) > Number(of))
    throw new UsageError(`a shard is written 2/5, not "${text}"`);
  return [Number(part), Number(of)];
}

async function campaign(file: string | undefined, flags: CampaignFlags): Promise<number> {
  const matrix = matrixOf(file, flags);
  const command = commandOf(file, flags, matrix);
  const { maxTime, out, shard: part, parallel = 2 * availableParallelism() } = flags;
  const done = await runCampaign(matrix, {
    command,
    parallel,
    ...(out === undefined ? {} : { out }),
    ...(part === undefined ? {} : { shard: part }),
    ...(maxTime === undefined ? {} : { maxMs: maxTime }),
    resume: flags.resume === true,
    stopAtFirst: flags.stopAtFirst === true,
    onRun: writeReport,
    onProgress: (made, of, { system, faults }) => status(`${made} of ${of} runs: ${system} under ${faults.join(', ')}`),
  });
  status('');
  writeFileSync(join(done.folder, 'index.html'), campaignIndex(done.summary));
  process.stdout.write(flags.json ? `${JSON.stringify(done.summary)}\n` : textOf(done));
  return worstExit(done.summary.cells.map(exitOf));
}

function exitOf({ verdict, gates, expected }: Cell): number {
  if (!gates) return EXIT.held;
  if (verdict === 'invalid') return expected === undefined ? EXIT.refuted : EXIT.held;
  return { valid: EXIT.held, unknown: EXIT.unknown, error: EXIT.failed }[verdict];
}

function matrixOf(file: string | undefined, flags: CampaignFlags): Matrix {
  const { seeds, seed } = flags;
  const changed = { ...(seeds === undefined ? {} : { seeds }), ...(seed === undefined ? {} : { seed }) };
  if (file === undefined) {
    const own = fileURLToPath(new URL('../../expectations.json', import.meta.url));
    return { ...builtInCampaign(expectationsIn(flags.expectations ?? own)), ...changed };
  }
  const beside = join(file, '..', 'expectations.json');
  const named = flags.expectations ?? (existsSync(beside) ? beside : undefined);
  return { ...parseMatrix(jsonIn(file), file), ...(named ? { expectations: expectationsIn(named) } : {}), ...changed };
}

function expectationsIn(file: string): readonly Expectation[] {
  return parseExpectations(jsonIn(file), file);
}

function jsonIn(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new BadInput(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function commandOf(file: string | undefined, { shard: part }: CampaignFlags, { seeds, seed }: Matrix): string {
  const words = ['splitbrain campaign', file, `--seeds ${seeds} --seed ${seed}`, part && `--shard ${part.join('/')}`];
  return words.filter((word) => word !== undefined).join(' ');
}

const MARKS = {
  valid: colour('green', '✓'),
  invalid: colour('red', '✗'),
  unknown: colour('yellow', '?'),
  error: colour('red', '!'),
};

/** What broke comes first, with the command that repeats it; the table comes last, where the eye is when a command ends. */
function textOf({ summary, folder, unmade }: Campaigned): string {
  const lines: string[] = [];
  for (const cell of summary.cells.filter((one) => exitOf(one) !== EXIT.held)) {
    lines.push(
      `${MARKS[cell.verdict]} ${cell.system} (${cell.workload}) under ${cell.faults.join(', ')}: ${cell.says}`,
    );
    const run = summary.runs.find(({ id, verdict }) => cell.runs.includes(id) && verdict === cell.verdict);
    if (run) lines.push(`    see    ${join(folder, run.folder, 'report.html')}`);
  }
  lines.push('', ...table(summary), '');
  for (const note of summary.notes) lines.push(`note: ${note}`);
  if (unmade > 0) lines.push(`note: ${unmade} planned runs were not made`);
  const exit = worstExit(summary.cells.map(exitOf));
  const word = {
    0: 'nothing unexpected',
    1: 'a claim was refuted',
    2: 'unknown: too little was seen',
    255: 'a run failed',
  }[exit];
  lines.push(`${summary.runs.length} runs, seed ${summary.seed}: ${word}.`);
  lines.push(`  see    ${join(folder, 'index.html')}`, `  again  ${summary.command}`);
  return `${lines.join('\n')}\n`;
}

/** Systems by faults: ✓ kept its claim, ✗ refuted (with the anomaly), ? unknown, ! failed. */
function table({ cells }: Summary): readonly string[] {
  const groups = [...new Set(cells.map(({ faults }) => faults.join('+')))];
  const subjects = [...new Set(cells.map(({ system, workload }) => `${system} ${workload}`))];
  const wide = Math.max(...subjects.map((subject) => subject.length)) + 2;
  const column = 22;
  const head = `${''.padEnd(wide)}${groups.map((group) => group.padEnd(column)).join('')}`;
  const rows = subjects.map((subject) => {
    const own = groups.map((group) =>
      cells.find((cell) => `${cell.system} ${cell.workload}` === subject && cell.faults.join('+') === group),
    );
    return `${subject.padEnd(wide)}${own.map((cell) => cellText(cell, column)).join('')}`;
  });
  return [head.trimEnd(), ...rows.map((row) => row.trimEnd())];
}

function cellText(cell: Cell | undefined, column: number): string {
  if (!cell) return ''.padEnd(column);
  const [anomaly] = Object.keys(cell.anomalies);
  const word = cell.verdict === 'valid' ? 'held' : cell.verdict === 'invalid' ? (anomaly ?? 'refuted') : cell.verdict;
  return `${MARKS[cell.verdict]} ${word.slice(0, column - 3).padEnd(column - 2)}`;
}
