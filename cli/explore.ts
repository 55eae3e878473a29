/**
 * `splitbrain explore`: simulates thousands of runs, and shrinks what breaks a claim to a story of a few operations.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import {
  type Counterexample,
  fileNameOf,
  readCounterexample,
  writeCounterexample,
} from '../harness/explore/counterexample.ts';
import { replay } from '../harness/explore/replay.ts';
import { type Progress, type Searched, search } from '../harness/explore/search.ts';
import { story } from '../harness/explore/story.ts';
import { PORTFOLIO, STRATEGIES } from '../harness/explore/strategies.ts';
import { shellWord } from '../harness/setting/command.ts';
import { sourceOf, systemFrom } from '../harness/setting/sources.ts';
import { unknownName } from '../harness/setting/suggestions.ts';
import { fits, workloadFrom, workloadsOf } from '../harness/setting/workload-source.ts';
import { systems } from '../systems/registry.ts';
import { EXIT, UsageError } from './exit.ts';
import { duration, wholeNumber } from './numbers.ts';
import { status } from './status.ts';

interface ExploreFlags {
  readonly system?: string;
  readonly workload?: string;
  readonly runs?: number;
  readonly for?: number;
  readonly seed?: number;
  readonly strategy: string;
  readonly threads?: number;
  readonly corpus?: string;
  readonly stopAtFirst?: true;
  readonly verify?: true;
  readonly json?: true;
}

const DEFAULT_MS = 60_000;

const EXAMPLE = `
Examples:
  $ splitbrain explore --system quorum/no-write-back --runs 5000
  $ splitbrain explore --system ./my.js#register --for 5m --corpus counterexamples

Exit code: 0 no claim was broken, 1 one was, 254 bad arguments, 255 a run failed or a system ran differently twice.`;

export function exploreCommand(): Command {
  return new Command('explore')
    .description('search for runs that break a claim, in the simulation, and shrink them')
    .option('--system <name>', 'a system, or a module of your own (default: all sound systems)')
    .option(
      '--workload <name>',
      'what clients do, or a module of your own (default: every built-in workload of the datatype)',
    )
    .option('--runs <n>', 'stop after so many runs', wholeNumber('--runs'))
    .option('--for <duration>', 'stop after so long (default: 60s, unless --runs is given)', duration('--for'))
    .option('--seed <n>', 'the first seed (default: a new one, which is printed)', wholeNumber('--seed'))
    .option('--strategy <name>', `how runs are drawn: ${STRATEGIES.map(({ name }) => name).join(', ')}`, PORTFOLIO.name)
    .option('--threads <n>', 'threads (default: one a core)', wholeNumber('--threads'))
    .option('--corpus <folder>', 'keep the smallest counterexample for each system and anomaly here')
    .option('--stop-at-first', 'stop at the first failure')
    .option('--verify', 'run every setting twice and compare')
    .option('--json', 'a line of JSON a finding, then the totals')
    .addHelpText('after', EXAMPLE)
    .action(async (flags: ExploreFlags) => {
      process.exitCode = await explore(flags);
    });
}

async function explore(flags: ExploreFlags): Promise<number> {
  const strategies = STRATEGIES.map(({ name }) => name);
  if (!strategies.includes(flags.strategy)) throw new UsageError(unknownName('strategy', flags.strategy, strategies));
  const seed = flags.seed ?? Math.floor(Math.random() * 1e9);
  const subjects = await subjectsOf(flags);
  const findings: Counterexample[] = [];
  const searched = await search({
    subjects,
    seed,
    strategy: flags.strategy,
    ...(flags.runs === undefined ? {} : { runs: flags.runs }),
    ...(flags.runs !== undefined && flags.for === undefined ? {} : { forMs: flags.for ?? DEFAULT_MS }),
    ...(flags.threads ? { threads: flags.threads } : {}),
    stopAtFirst: flags.stopAtFirst === true,
    verify: flags.verify === true,
    onProgress: (progress) => status(progressText(progress)),
    onFinding: (example) => findings.push(example),
  });
  status('');
  for (const example of findings) await tell(example, flags);
  conclude(searched, seed, subjects.length, flags);
  if (findings.length > 0) return EXIT.refuted;
  return searched.errors.length > 0 || searched.leaks.length > 0 ? EXIT.failed : EXIT.held;
}

async function subjectsOf(
  flags: ExploreFlags,
): Promise<readonly { readonly system: string; readonly workload: string }[]> {
  const chosen = flags.system
    ? [{ says: flags.system, system: await systemFrom(sourceOf(flags.system)) }]
    : systems.filter(({ flaw }) => !flaw).map((system) => ({ says: system.name, system }));
  const only = flags.workload === undefined ? undefined : await workloadFrom(sourceOf(flags.workload));
  const subjects = chosen.flatMap(({ says, system }) =>
    only
      ? fits(only, system)
        ? [{ system: says, workload: flags.workload! }]
        : []
      : workloadsOf(system.datatype).map(({ name }) => ({ system: says, workload: name })),
  );
  if (subjects.length === 0)
    throw new UsageError(`no workload fits: ${flags.workload ?? 'there is none for this datatype'}`);
  return subjects;
}

async function tell(example: Counterexample, flags: ExploreFlags): Promise<void> {
  const file = flags.corpus === undefined ? undefined : keep(example, flags.corpus);
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ ...example, ...(file ? { file } : {}) })}\n`);
    return;
  }
  const { run } = await replay(example);
  const { shrunk } = example;
  const from = `found with seed ${shrunk.seed} as ${shrunk.calls} calls and ${shrunk.faults} faults`;
  const small = shrunk.minimal ? 'nothing more can be left out' : 'it may not be the smallest';
  process.stdout.write(`\n${example.says}\n${from}; ${small}.\n\n${story(run)}\n\n`);
  process.stdout.write(
    file
      ? `Repeat it: splitbrain replay ${shellWord(file)}\n`
      : 'Keep it with --corpus FOLDER, and repeat it with splitbrain replay.\n',
  );
}

/** Writes the counterexample unless the folder has one that is as small; returns where it lies. */
function keep(example: Counterexample, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, fileNameOf(example));
  const size = ({ setting }: Counterexample) => setting.plan.calls.length + setting.plan.faults.length;
  if (existsSync(file) && size(readCounterexample(file)) <= size(example)) return file;
  writeCounterexample(example, file);
  return file;
}

function progressText({ runs, seconds, operations, anomalies, coverage }: Progress): string {
  const pace = Math.round(runs / Math.max(0.001, seconds));
  return `${runs} runs (${pace} a second), ${operations} operations judged, ${anomalies} anomalies, ${coverage} places reached`;
}

function conclude(searched: Searched, seed: number, subjects: number, flags: ExploreFlags): void {
  const { runs, seconds, operations, findings, errors, leaks, reached } = searched;
  if (flags.json) {
    const totals = {
      runs,
      seconds: Number(seconds.toFixed(2)),
      operations,
      findings: findings.length,
      coverage: reached,
      seed,
      ...(searched.scope === undefined ? {} : { scope: searched.scope }),
    };
    process.stdout.write(
      `${JSON.stringify({ ...totals, ...(errors.length ? { errors } : {}), ...(leaks.length ? { leaks } : {}) })}\n`,
    );
    return;
  }
  for (const { seed: at, says } of [...errors, ...leaks].slice(0, 5))
    process.stderr.write(`error: seed ${at}: ${says}\n`);
  process.stdout.write(`${progressText(searched)}; ${subjects} systems and workloads, ${seconds.toFixed(1)} s.\n`);
  process.stdout.write(`Seed ${seed}.${findings.length > 0 ? '' : ` No claim was broken${unmade(searched)}.`}\n`);
}

/** What finding nothing says: everything of a scope that was run whole, else nothing of other runs. */
function unmade({ runs, errors, scope }: Searched): string {
  if (scope === undefined) return ', which proves nothing about runs that were not made';
  const made = runs + errors.length;
  return made >= scope
    ? ` in any of the ${scope} runs of the whole scope`
    : ` in ${made} of the ${scope} runs of the scope, the shortest first`;
}
