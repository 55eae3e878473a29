/**
 * `splitbrain replay`: repeats counterexamples exactly, as
 * regression tests do, or tries the same story with real processes.
 */

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Argument, Command, Option } from 'commander';
import type { ClusterName } from '../harness/clusters/names.ts';
import { brief } from '../harness/explore/brief.ts';
import { readCounterexample, subjectIn, writeCounterexample } from '../harness/explore/counterexample.ts';
import type { Counterexample } from '../harness/explore/counterexample-text.ts';
import { type Replayed, replay } from '../harness/explore/replay.ts';
import { steps, story } from '../harness/explore/story.ts';
import { partsOf } from '../harness/explore/trial.ts';
import { type Moment, when } from '../harness/explore/when.ts';
import { BadInput, HarnessFailure, unreadText } from '../harness/failure.ts';
import { run } from '../harness/running/run.ts';
import { shellWord } from '../harness/setting/command.ts';
import { newFolder, storeRun } from '../harness/store/store.ts';
import { EXIT, UsageError, worstExit } from './exit.ts';
import { wholeNumber } from './numbers.ts';
import { columnsOf } from './width.ts';
import { writeReport } from './write-report.ts';

interface ReplayFlags {
  readonly cluster: ClusterName;
  readonly times: number;
  readonly steps?: true;
  readonly verbose?: true;
  readonly isOneOfMany?: boolean;
  readonly when?: true;
  readonly out?: string;
  readonly json?: true;
}

const EXAMPLE = `
Examples:
  $ splitbrain replay counterexamples/quorum-no-write-back.stale-read.json
  $ splitbrain replay counterexamples                  all of a folder, as regression tests
  $ splitbrain replay FILE --cluster processes --times 10
  $ splitbrain replay FILE --out story                 the same as a report to look at

Exit code: 1 the anomaly occurred, 0 it did not, 2 the messages differ from those recorded.`;

export function replayCommand(): Command {
  return new Command('replay')
    .description('repeat a counterexample, or all of a folder')
    .addArgument(new Argument('<file>', 'a counterexample, or a folder of them'))
    .addOption(
      new Option('--cluster <kind>', 'where to run it').choices(['simulation', 'processes']).default('simulation'),
    )
    .option('--times <k>', 'with processes: how often to try', wholeNumber('--times'), 5)
    .option('--steps', 'list every event')
    .option('--verbose', 'of a folder: the whole story of each')
    .option('--when', 'when the anomaly became likely, and when certain')
    .option('--out <folder>', 'write the run and its report into this new folder')
    .option('--json', 'a line of JSON a counterexample')
    .addHelpText('after', EXAMPLE)
    .action(async (file: string, flags: ReplayFlags) => {
      const codes: number[] = [];
      if (flags.out !== undefined && statSync(file, { throwIfNoEntry: false })?.isDirectory())
        throw new UsageError('--out writes one run: name one counterexample, not a folder of them');
      if (flags.out !== undefined && flags.cluster === 'processes')
        throw new UsageError('--out writes the simulated run: leave out --cluster processes');
      const files = filesOf(file);
      for (const one of files) codes.push(await replayFile(one, { ...flags, isOneOfMany: files.length > 1 }));
      process.exitCode = worstExit(codes);
    });
}

function filesOf(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
  } catch (error) {
    throw new BadInput(unreadText(path, error));
  }
  const files = readdirSync(path)
    .filter((name) => name.endsWith('.json'))
    .sort();
  if (files.length === 0) throw new BadInput(`${path} holds no counterexample`);
  return files.map((name) => join(path, name));
}

async function replayFile(file: string, flags: ReplayFlags): Promise<number> {
  const example = readCounterexample(file);
  await subjectIn(file, example);
  if (flags.cluster === 'processes') return withProcesses(file, example, flags);
  const replayed = flags.out === undefined ? await replay(example) : await replayInto(flags.out, file, example);
  const chances = flags.when ? await when(example) : undefined;
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(lineOf(file, example, replayed, chances))}\n`
      : textOf(file, example, replayed, flags, chances),
  );
  if (!replayed.same) return EXIT.unknown;
  return replayed.occurred ? EXIT.refuted : EXIT.held;
}

/** Repeats it and leaves a run's folder behind, with its report. */
async function replayInto(out: string, file: string, example: Counterexample): Promise<Replayed> {
  const path = newFolder(out, 'replay');
  const replayed = await storeReplay(path, file, example);
  process.stderr.write(`report: ${join(path, 'report.html')}\n`);
  return replayed;
}

/** Repeats it and writes the run into an empty folder, with its report and the counterexample, which `file` names. */
export async function storeReplay(path: string, file: string, example: Counterexample): Promise<Replayed> {
  const command = `splitbrain replay ${shellWord(file)}`;
  const folder = storeRun(path, partsOf(example.setting));
  try {
    const replayed = await replay(example, (line) => folder.sink(line));
    const [unwritten] = folder.finish(replayed.run, command);
    if (unwritten !== undefined) throw new HarnessFailure(unwritten);
    writeCounterexample(example, join(folder.path, 'counterexample.json'));
    writeReport(replayed.run, folder.path, command);
    return replayed;
  } finally {
    folder.close();
  }
}

/**
 * The same plan with children. Their messages take the time
 * that they take, so that what depends on a race may not show.
 */
async function withProcesses(file: string, example: Counterexample, flags: ReplayFlags): Promise<number> {
  const { setting, anomaly } = example;
  // Faults that begin at a message are the simulation's alone.
  const faults = setting.plan.faults.map(({ on: _, ...fault }) => fault) as typeof setting.plan.faults;
  let occurred = 0;
  for (let i = 0; i < flags.times; i++) {
    const { result } = await run({ ...setting, cluster: 'processes', plan: { ...setting.plan, faults } });
    const found = result.claims.flatMap(({ verdict }) => (verdict.type === 'invalid' ? verdict.anomalies : []));
    if (found.some(({ name }) => name === anomaly.name)) occurred++;
  }
  const line = { file, anomaly: anomaly.name, cluster: 'processes', times: flags.times, occurred };
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(line)}\n`
      : `${file}: ${anomaly.name} in ${occurred} of ${flags.times} runs with processes\n`,
  );
  return occurred > 0 ? EXIT.refuted : EXIT.held;
}

function lineOf(
  file: string,
  example: Counterexample,
  { occurred, same, says, run: { result } }: Replayed,
  chances: readonly Moment[] | undefined,
): object {
  return {
    file,
    anomaly: example.anomaly.name,
    occurred,
    same,
    ...(says ? { says } : {}),
    ...(chances ? { when: chances } : {}),
    verdict: result,
  };
}

function textOf(
  file: string,
  example: Counterexample,
  replayed: Replayed,
  flags: ReplayFlags,
  chances: readonly Moment[] | undefined,
): string {
  const said =
    replayed.says === '' ? `${example.anomaly.name} occurred again, and every message was the same` : replayed.says;
  const parts = [`${file}: ${said}`, '', toldBy(replayed.run, flags), ''];
  if (chances)
    parts.push(
      'chance of the anomaly, if everything after that moment had gone otherwise:',
      ...chances.map(chanceLine),
      '',
    );
  return `${parts.join('\n')}\n`;
}

/** Every event, the story, or of one among many what proves the anomaly. */
function toldBy(run: Replayed['run'], { steps: all, isOneOfMany, verbose }: ReplayFlags): string {
  if (all) return steps(run);
  const columns = columnsOf(process.stdout);
  return isOneOfMany && !verbose ? brief(run, columns).join('\n') : story(run, columns);
}

function chanceLine({ ms, chance }: Moment): string {
  return `${ms.toFixed(1).padStart(10)} ms  ${'#'.repeat(Math.round(chance * 40)).padEnd(40)} ${Math.round(chance * 100)}%`;
}
