/** `splitbrain check`: judges histories from anywhere. */
import { Command, Option } from 'commander';
import { LONGEST } from 'elle-ts';
import { EXPANSION } from '../harness/checking/limits.ts';
import { mapping, refuseUnknownNames } from '../harness/checking/names.ts';
import { datatypeFor } from '../harness/setting/datatype-source.ts';
import { type Bounds, checkBounded } from './check-bounded.ts';
import { type RunOptions, runCheck, type Told } from './check-run.ts';
import { UsageError } from './exit.ts';
import { duration, megabytes, wholeNumber } from './numbers.ts';
import { status } from './status.ts';

/** What a user types: models by commas, which Elle calls otherwise. */
interface CheckOptions extends Omit<RunOptions, 'models'>, Bounds {
  readonly model?: string;
  readonly consistencyModels?: string;
}

const EXAMPLE = `
Examples:
  $ splitbrain check results/latest
  $ splitbrain check --type list-append --model snapshot-isolation --explain 1 history.edn
  $ zcat old.jsonl.gz | splitbrain check --json -

Exit code: 0 all hold, 1 one is refuted, 2 one is unknown, 254 bad arguments, 255 a file is broken.`;

export function checkCommand(): Command {
  return new Command('check')
    .description('judge histories from anywhere, or a stored run again')
    .argument(
      '[history...]',
      'files, folders, run folders, zip and tar archives, or - for standard input; plain or gzipped',
    )
    .option(
      '--type <datatype>',
      'what the histories are of, or a datatype or model of your own: ./my.js#export (default: detected)',
    )
    .option('--model <models>', 'check this model alone, or several: a,b (default: find the strongest that holds)')
    .addOption(new Option('--consistency-models <models>', 'Elle’s name of --model').hideHelp())
    .option('--format <format>', 'how the files are written (default: detected)')
    .option('--map <theirs=ours>', 'what a function is called here; repeatable, values stay as they are', mapping, [])
    .option('--process-key <name>', 'the member of JSON and EDN records that names their process (default: process)')
    .option('--initial <value>', 'the value before the first write, as JSON (default: null)')
    .option('--assume-null-unknown', 'registers, kv, sets: a read of null says that nothing is known of what was read')
    .option('--assume-linearizable-keys', "rw-register: each key's versions follow real time")
    .option('--assume-sequential-keys', "rw-register: each key's versions follow every session's order")
    .option('--assume-wfr-keys', 'rw-register: a transaction that reads and writes a key writes the next version')
    .option('--explain <n>', 'draw the first n counterexamples', wholeNumber('--explain'))
    .option('--report <file>', 'write the report of the history, a page with its anomalies and its timeline')
    .option('--budget <steps>', 'steps that a search may take before it answers unknown', wholeNumber('--budget'))
    .option('--certificate', 'print the proof of a valid verdict where there is one')
    .option(
      '--max-expansion <times>',
      `how many times their size compressed data may become (default: ${EXPANSION})`,
      wholeNumber('--max-expansion'),
    )
    .option(
      '--max-line <size>',
      `how long a line may be, or a value that has to be in memory at once (default: ${LONGEST / 1e6}MB)`,
      megabytes('--max-line'),
    )
    .option(
      '--max-time <duration>',
      'when to stop, with what is not judged unknown (default: no time, but steps, which are the same on every machine)',
      duration('--max-time'),
    )
    .option(
      '--max-memory <size>',
      'when to give a history up, as in 500MB or 2GB (default: no limit)',
      megabytes('--max-memory'),
    )
    .option('--json', 'a line of JSON a history')
    .addHelpText('after', EXAMPLE)
    .action(async (histories: string[], _options: CheckOptions, command: Command) => {
      process.exitCode = await check(histories, command.optsWithGlobals<CheckOptions>());
    });
}

/** Judges all for each model that is named, or for the strongest that holds. */
async function check(named: readonly string[], { model, consistencyModels, ...rest }: CheckOptions): Promise<number> {
  const models = (model ?? consistencyModels)?.split(',').map((name) => name.trim());
  const options = models === undefined ? rest : { ...rest, models };
  await refuseUnknownNames(options, datatypeFor);
  if (named.length === 0 && process.stdin.isTTY)
    throw new UsageError('no history is named: give files, folders or - for standard input');
  const all = named.length === 0 ? ['-'] : named;
  const { maxTime, maxMemory } = options;
  if (maxTime === undefined && maxMemory === undefined) return runCheck(all, options, terminal);
  return checkBounded(all, options, terminal);
}

/** What is told, where a person or a program reads it. */
const terminal: Told = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  began: (path, left) => status(left === 0 ? path : `${left + 1} left: ${path}`),
  ended: () => status(''),
};
