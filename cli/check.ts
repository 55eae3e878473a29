/** `splitbrain check`: judges histories from anywhere. */
import { Command } from 'commander';
import { binaryFormats, datatypes, explain, formats, type History, type Judgement, modelNames } from 'elle-ts';
import { unknownName } from '../harness/nearest.ts';
import { checkSource, type HistoryOptions } from './check-source.ts';
import { EXIT, UsageError, worstExit } from './exit.ts';
import { type Found, historiesIn, type Judgeable } from './input/histories.ts';
import { EXPANSION } from './input/limits.ts';
import { type Checked, skippedText, summaryText, verdictText } from './verdict-text.ts';

interface CheckOptions extends HistoryOptions {
  readonly explain?: number;
  readonly maxExpansion?: number;
  readonly json?: true;
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
    .option('--type <datatype>', 'what the histories are of (default: detected)')
    .option('--model <model>', 'check this model alone (default: find the strongest that holds)')
    .option('--format <format>', 'how the files are written (default: detected)')
    .option('--map <theirs=ours>', 'what a function is called here; repeatable, values stay as they are', mapping, [])
    .option('--process-key <name>', 'the member of JSON and EDN records that names their process (default: process)')
    .option('--initial <value>', 'the value before the first write, as JSON (default: null)')
    .option(
      '--assume-null-unknown',
      'register, multi-register, kv: a read of null says that nothing is known of what was read',
    )
    .option('--assume-linearizable-keys', "rw-register: each key's versions follow real time")
    .option('--assume-sequential-keys', "rw-register: each key's versions follow every session's order")
    .option('--assume-wfr-keys', 'rw-register: a transaction that reads and writes a key writes the next version')
    .option('--explain <n>', 'draw the first n counterexamples', wholeNumber('--explain'))
    .option('--budget <steps>', 'steps that a search may take before it answers unknown', wholeNumber('--budget'))
    .option('--certificate', 'print the proof of a valid verdict where there is one')
    .option(
      '--max-expansion <times>',
      `how many times their size compressed data may become (default: ${EXPANSION})`,
      wholeNumber('--max-expansion'),
    )
    .option('--json', 'a line of JSON a history')
    .addHelpText('after', EXAMPLE)
    .action(async (histories: string[], _options: CheckOptions, command: Command) => {
      process.exitCode = await check(histories, command.optsWithGlobals<CheckOptions>());
    });
}

function wholeNumber(option: string): (text: string) => number {
  return (text) => {
    if (!/^\d+$/.test(text)) throw new UsageError(`${option} takes a whole number, not "${text}"`);
    return Number(text);
  };
}

/** Adds one `THEIRS=OURS` to the others. A keyword is written with or without its colon. */
function mapping(text: string, before: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  const [, theirs, ours] = /^:?([^=]+)=:?(.+)$/.exec(text) ?? [];
  if (theirs === undefined || ours === undefined)
    throw new UsageError(`--map takes THEIRS=OURS, as in --map debit=transfer, not "${text}"`);
  const other = before.find(([name]) => name === theirs)?.[1] ?? ours;
  if (other !== ours) throw new UsageError(`--map gives ${theirs} two names: ${other} and ${ours}`);
  return [...before, [theirs, ours]];
}

async function check(named: readonly string[], options: CheckOptions): Promise<number> {
  refuseUnknownNames(options);
  if (named.length === 0 && process.stdin.isTTY)
    throw new UsageError('no history is named: give files, folders or - for standard input');
  const drawing = { left: options.explain ?? 0 };
  const codes: number[] = [];
  const skipped: string[] = [];
  for await (const found of allIn(named.length === 0 ? ['-'] : named, options)) {
    if ('skipped' in found) skipped.push(found.skipped);
    else codes.push(await checkOne(found, codes.length + 1, drawing, options));
  }
  if (skipped.length > 0) (options.json ? process.stderr : process.stdout).write(skippedText(skipped));
  if (!options.json && codes.length > 1) process.stdout.write(summaryText(codes));
  return worstExit(codes);
}

async function* allIn(named: readonly string[], { format, maxExpansion }: CheckOptions): AsyncGenerator<Found> {
  for (const argument of named) yield* historiesIn(argument, { format, expansion: maxExpansion ?? EXPANSION });
}

/** Judges one history and prints the verdict; returns its exit code. */
async function checkOne(
  found: Judgeable,
  number: number,
  drawing: { left: number },
  options: CheckOptions,
): Promise<number> {
  progress(`${number}: ${'source' in found ? found.source.path : found.path}`);
  const { checked, history } = await checkSource(found, options);
  progress('');
  process.stdout.write(options.json ? `${JSON.stringify(lineOf(checked, options))}\n` : verdictText(checked));
  if (history && 'anomalies' in checked) draw(history, checked, drawing, options);
  return exitOf(checked);
}

function refuseUnknownNames(options: CheckOptions): void {
  const refuse = (kind: string, name: string | undefined, names: readonly string[]): void => {
    if (name !== undefined && !names.some((one) => one.toLowerCase() === name.toLowerCase()))
      throw new UsageError(unknownName(kind, name, names));
  };
  const called = ({ name, aliases = [] }: (typeof datatypes)[number]): string[] => [name, ...aliases];
  refuse('datatype', options.type, datatypes.flatMap(called));
  refuse('model', options.model, modelNames(options.type));
  refuse(
    'format',
    options.format,
    [...formats, ...binaryFormats].map(({ name }) => name),
  );
  const those = datatypes.filter((one) => options.type === undefined || called(one).includes(options.type));
  const functions = [...new Set(those.flatMap((one) => Object.keys(one.functions)))];
  for (const [, ours] of options.map) refuse('function', ours, functions);
}

function exitOf(checked: Checked): number {
  if ('error' in checked) return EXIT.failed;
  if (checked.valid === 'unknown') return EXIT.unknown;
  return checked.valid ? EXIT.held : EXIT.refuted;
}

function lineOf(checked: Checked, options: CheckOptions): object {
  if ('error' in checked) return checked;
  const { certificate, notes, ...line } = checked;
  return {
    ...line,
    ...(options.certificate && certificate !== undefined ? { certificate } : {}),
    ...(notes.length > 0 ? { notes } : {}),
  };
}

function draw(history: History, judgement: Judgement, drawing: { left: number }, options: CheckOptions): void {
  for (const anomaly of judgement.anomalies.slice(0, drawing.left)) {
    drawing.left--;
    // With --json, standard output is JSON alone.
    (options.json ? process.stderr : process.stdout).write(`\n${explain(history, anomaly)}\n`);
  }
}

/** What is being done, on a terminal's last line, and gone when it is done. */
function progress(text: string): void {
  if (!process.stderr.isTTY) return;
  const columns = process.stderr.columns ?? 80;
  process.stderr.write(`\r\u001b[K${text.length < columns ? text : `…${text.slice(text.length - columns + 2)}`}`);
}
