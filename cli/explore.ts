/**
 * `splitbrain explore`: simulates thousands of runs, and shrinks what breaks a claim to a story of a few operations.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { counted } from 'elle-ts';
import { dialectNamed } from '../harness/clusters/programs/dialects.ts';
import { brief } from '../harness/explore/brief.ts';
import { fileNameOf, readCounterexample, writeCounterexample } from '../harness/explore/counterexample.ts';
import type { Counterexample } from '../harness/explore/counterexample-text.ts';
import { Journal, newSeed } from '../harness/explore/journal.ts';
import { replay } from '../harness/explore/replay.ts';
import { type Progress, type Search, type Searched, search } from '../harness/explore/search.ts';
import { sizeOf } from '../harness/explore/shrunk-example.ts';
import { story } from '../harness/explore/story.ts';
import { PORTFOLIO, STRATEGIES } from '../harness/explore/strategies.ts';
import { folded } from '../harness/explore/wrap.ts';
import { brokerAt } from '../harness/queue/broker.ts';
import { searchPool } from '../harness/queue/search-pool.ts';
import { shellWord } from '../harness/setting/command.ts';
import { fits } from '../harness/setting/fitting.ts';
import { sourceOf, systemFrom } from '../harness/setting/sources.ts';
import { simulatedIn, subjectOf } from '../harness/setting/subject.ts';
import { unknownName } from '../harness/setting/suggestions.ts';
import { workloadFrom, workloadsFor } from '../harness/setting/workload-source.ts';
import { systems } from '../systems/registry.ts';
import { typed } from './called.ts';
import { EXIT, UsageError } from './exit.ts';
import { interruption } from './interruption.ts';
import { duration, wholeNumber } from './numbers.ts';
import { addProgramOptions, claimsSaid, type ProgramFlags, systemNamed } from './program-flags.ts';
import { queueNamed } from './queue-named.ts';
import { status } from './status.ts';
import { columnsOf } from './width.ts';

interface ExploreFlags extends ProgramFlags {
  readonly runs?: number;
  readonly for?: number;
  readonly seed?: number;
  readonly strategy: string;
  readonly threads?: number;
  readonly queue?: string | true;
  readonly corpus?: string;
  readonly resume?: true;
  readonly stopAtFirst?: true;
  readonly verify?: true;
  readonly verbose?: true;
  readonly json?: true;
}

const DEFAULT_MS = 60_000;

const EXAMPLE = `
Examples:
  $ splitbrain explore --system quorum/no-write-back --runs 5000
  $ splitbrain explore --system ./my.js#register --for 5m --corpus counterexamples

With --corpus what is found is there at once, and a search that was killed resumes with --resume. Ctrl+C ends the search, and tells what it found.

Exit code: 0 no claim was broken, 1 one was, 2 it was interrupted before, 254 bad arguments, 255 a run failed or a system ran differently twice.`;

export function exploreCommand(): Command {
  const command = new Command('explore')
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
    .option('--queue [url]', 'have runs made by splitbrain worker: redis://host:6379, or what SPLITBRAIN_QUEUE says')
    .option('--corpus <folder>', 'keep the smallest counterexample for each system and anomaly here')
    .option('--resume', 'resume the search in --corpus that was interrupted, or begin it; no run is made again')
    .option('--stop-at-first', 'stop at the first failure')
    .option('--verify', 'run every setting twice and compare')
    .option('--verbose', 'tell the whole story of what is found, message by message')
    .option('--json', 'a line of JSON a finding, then the totals')
    .addHelpText('after', EXAMPLE)
    .action(async (args: readonly string[], flags: ExploreFlags) => {
      process.exitCode = await explore(flags, args);
    });
  return addProgramOptions(command);
}

async function explore(flags: ExploreFlags, args: readonly string[]): Promise<number> {
  const strategies = STRATEGIES.map(({ name }) => name);
  if (!strategies.includes(flags.strategy)) throw new UsageError(unknownName('strategy', flags.strategy, strategies));
  if (flags.resume && flags.corpus === undefined)
    throw new UsageError('to resume a search, name its folder with --corpus');
  const what = { subjects: await subjectsOf(flags, args), strategy: flags.strategy, verify: flags.verify === true };
  const { corpus } = flags;
  const broker = flags.queue === undefined ? undefined : await brokerAt(queueNamed(flags.queue));
  const kept = corpus === undefined ? undefined : Journal.open(corpus, { ...what, seed: flags.seed }, !!flags.resume);
  const seed = kept?.seed ?? flags.seed ?? newSeed();
  const interrupted = interruption();
  let isOver = false;
  try {
    const searched = await search({
      ...{ ...what, seed, signal: interrupted.signal, stopAtFirst: flags.stopAtFirst === true },
      ...(flags.runs === undefined ? {} : { runs: flags.runs }),
      ...(flags.runs !== undefined && flags.for === undefined ? {} : { forMs: flags.for ?? DEFAULT_MS }),
      ...(flags.threads ? { threads: flags.threads } : {}),
      ...(kept ? { journal: kept.journal } : {}),
      ...(broker ? { pool: searchPool(broker, { ...what, seed }) } : {}),
      onProgress: (progress) => status(progressText(progress)),
      onFound: (example) => corpus !== undefined && keep(example, corpus),
    });
    isOver = !interrupted.signal.aborted;
    interrupted.callOff();
    status('');
    for (const example of searched.findings) await tell(example, flags);
    conclude(searched, seed, what.subjects.length, flags);
    if (!isOver) process.stderr.write(`interrupted: ${goOn(flags)}\n`);
    return codeOf(searched, isOver);
  } finally {
    kept?.journal.close(isOver);
    await broker?.close();
  }
}

function codeOf({ findings, failed, leaks, notes }: Searched, isOver: boolean): number {
  if (findings.length > 0) return EXIT.refuted;
  if (failed > 0 || leaks.length > 0 || notes.length > 0) return EXIT.failed;
  return isOver ? EXIT.held : EXIT.unknown;
}

function goOn({ corpus }: ExploreFlags): string {
  if (corpus === undefined) return 'what was not run is not known, and only with --corpus can a search be resumed';
  return `resume it with the same command and --resume; what was found lies in ${corpus}`;
}

async function subjectsOf(flags: ExploreFlags, args: readonly string[]): Promise<Search['subjects']> {
  if (flags.bin !== undefined) return [await programOf(flags, args)];
  const chosen = flags.system
    ? [{ says: flags.system, system: simulatedIn(await systemFrom(sourceOf(flags.system))) }]
    : systems.filter(({ flaw }) => !flaw).map((system) => ({ says: system.name, system }));
  const only = flags.workload === undefined ? undefined : await workloadFrom(sourceOf(flags.workload));
  const subjects = chosen.flatMap(({ says, system }) =>
    only
      ? fits(only, system)
        ? [{ system: says, workload: flags.workload! }]
        : []
      : workloadsFor(system).map(({ name }) => ({ system: says, workload: name })),
  );
  if (subjects.length === 0)
    throw new UsageError(`no workload fits: ${flags.workload ?? 'there is none for this datatype'}`);
  return subjects;
}

/** The program of the command line, with what it is held to. */
async function programOf(flags: ExploreFlags, args: readonly string[]): Promise<Search['subjects'][number]> {
  const says = systemNamed(flags, args);
  const claims = claimsSaid(flags, undefined);
  const { workload } = await subjectOf({ system: says, workload: dialectNamed(flags.workload!).workload });
  return { system: says, workload: workload.name, ...(claims ? { claims } : {}) };
}

async function tell(example: Counterexample, flags: ExploreFlags): Promise<void> {
  const file = flags.corpus === undefined ? undefined : join(flags.corpus, fileNameOf(example));
  const isKept = file !== undefined && existsSync(file);
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ ...example, ...(isKept ? { file } : {}) })}\n`);
    return;
  }
  const text = `\n${(await textOf(example, flags.verbose === true)).join('\n')}\n`;
  const next = isKept
    ? `Repeat it: splitbrain replay ${shellWord(file)}\n`
    : 'Keep it with --corpus FOLDER, and repeat it with splitbrain replay.\n';
  process.stdout.write(`${text}\n${typed(next)}`);
}

/** What was found and how; then what proves it, or the whole story. */
async function textOf({ shrunk, ...example }: Counterexample, verbose: boolean): Promise<readonly string[]> {
  const { system, plan } = example.setting;
  const columns = columnsOf(process.stdout);
  const sizeOfPlan = (calls: number, faults: number) => `${counted(calls, 'call')} and ${counted(faults, 'fault')}`;
  const found = `${system}: ${example.anomaly.name}, with seed ${shrunk.seed}, as ${sizeOfPlan(shrunk.calls, shrunk.faults)}`;
  if (shrunk.runs === 0) return [`${found}; it was not shrunk.`, ...folded(example.says, columns)];
  const small = shrunk.minimal ? 'every call and fault of which is needed' : 'which may not be the smallest';
  const { run } = await replay({ shrunk, ...example });
  return [
    ...folded(`${found}; shrunk to ${sizeOfPlan(plan.calls.length, plan.faults.length)}, ${small}.`, columns),
    '',
    ...(verbose ? [story(run, columns)] : brief(run, columns)),
  ];
}

/** Writes the counterexample unless the folder has one that is as small; one that is broken is replaced. */
function keep(example: Counterexample, folder: string): void {
  const file = join(folder, fileNameOf(example));
  if (!existsSync(file) || isBroken(file) || sizeOf(readCounterexample(file)) > sizeOf(example))
    writeCounterexample(example, file);
}

function isBroken(file: string): boolean {
  try {
    readCounterexample(file);
    return false;
  } catch {
    return true;
  }
}

function progressText({ runs, seconds, operations, anomalies, coverage }: Progress): string {
  const pace = Math.round(runs / Math.max(0.001, seconds));
  const found = counted(anomalies, 'anomaly', 'anomalies');
  const judged = `${counted(runs, 'run')} (${pace} a second), ${counted(operations, 'operation')} judged`;
  return `${judged}, ${found}, ${counted(coverage, 'coverage mark')}`;
}

function conclude(searched: Searched, seed: number, subjects: number, flags: ExploreFlags): void {
  const { runs, seconds, operations, findings, errors, leaks, reached, notes } = searched;
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
    process.stdout.write(`${JSON.stringify({ ...totals, ...some({ errors, leaks, notes }) })}\n`);
    return;
  }
  for (const { seed: at, says } of [...errors, ...leaks].slice(0, 5))
    process.stderr.write(`error: seed ${at}: ${says}\n`);
  for (const says of notes) process.stderr.write(`error: ${says}\n`);
  process.stdout.write(
    `${progressText(searched)}; ${counted(subjects, 'system and workload', 'systems and workloads')}, ${seconds.toFixed(1)} s.\n`,
  );
  process.stdout.write(`Seed ${seed}.${findings.length > 0 ? '' : ` No claim was broken${unmade(searched)}.`}\n`);
}

/** Those of the lists that hold something. */
function some(lists: Readonly<Record<string, readonly unknown[]>>): object {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
}

/** What finding nothing says: everything of a scope that was run whole, else nothing of other runs. */
function unmade({ runs, failed, scope }: Searched): string {
  if (scope === undefined) return ', which proves nothing about runs that were not made';
  const made = runs + failed;
  return made >= scope
    ? ` in any of the ${scope} runs of the whole scope`
    : ` in ${made} of the ${scope} runs of the scope, the shortest first`;
}
