/** `splitbrain check`: judges histories from anywhere. */
import { performance } from 'node:perf_hooks';
import { Command } from 'commander';
import {
  type Assumptions,
  datatypes,
  explain,
  formats,
  type History,
  HistoryError,
  historyReader,
  type Judgement,
  judge,
  modelNames,
  prepare,
  type Reading,
} from 'elle-ts';
import { unknownName } from '../harness/nearest.ts';
import { EXIT, UsageError, worstExit } from './exit.ts';
import { historyFiles, textOf } from './input.ts';
import { storedType } from './stored-run.ts';
import { type Checked, summaryText, verdictText } from './verdict-text.ts';

interface CheckOptions {
  readonly type?: string;
  readonly model?: string;
  readonly format?: string;
  readonly initial?: string;
  readonly assumeNullUnknown?: true;
  readonly assumeLinearizableKeys?: true;
  readonly assumeSequentialKeys?: true;
  readonly assumeWfrKeys?: true;
  readonly explain?: number;
  readonly budget?: number;
  readonly certificate?: true;
  readonly json?: true;
  readonly debug?: true;
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
    .argument('[history...]', 'files, folders, run folders, or - for standard input; plain or gzipped')
    .option('--type <datatype>', 'what the histories are of (default: detected)')
    .option('--model <model>', 'check this model alone (default: find the strongest that holds)')
    .option('--format <format>', 'how the files are written (default: detected)')
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

async function check(named: readonly string[], options: CheckOptions): Promise<number> {
  refuseUnknownNames(options);
  if (named.length === 0 && process.stdin.isTTY)
    throw new UsageError('no history is named: give files, folders or - for standard input');
  const files = (named.length === 0 ? ['-'] : named).flatMap(historyFiles);
  const drawing = { left: options.explain ?? 0 };
  const codes: number[] = [];
  for (const [at, file] of files.entries()) {
    progress(files.length > 1 ? `${at + 1} of ${files.length}: ${file}` : file);
    const { checked, history } = await checkFile(file, options);
    progress('');
    codes.push(exitOf(checked));
    process.stdout.write(options.json ? `${JSON.stringify(lineOf(checked, options))}\n` : verdictText(checked));
    if (history && 'anomalies' in checked) draw(history, checked, drawing, options);
  }
  if (!options.json && files.length > 1) process.stdout.write(summaryText(codes));
  return worstExit(codes);
}

function refuseUnknownNames(options: CheckOptions): void {
  const refuse = (kind: string, name: string | undefined, names: readonly string[]): void => {
    if (name !== undefined && !names.some((one) => one.toLowerCase() === name.toLowerCase()))
      throw new UsageError(unknownName(kind, name, names));
  };
  refuse(
    'datatype',
    options.type,
    datatypes.flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]),
  );
  refuse('model', options.model, modelNames(options.type));
  refuse(
    'format',
    options.format,
    formats.map(({ name }) => name),
  );
}

async function checkFile(file: string, options: CheckOptions): Promise<{ checked: Checked; history?: History }> {
  const began = performance.now();
  const name = file === '-' ? 'standard input' : file;
  try {
    const reader = historyReader(options.format);
    for await (const text of textOf(file)) reader.push(text);
    const { history: read, notes: ofReading, lineOf } = reader.end();
    const { model, ...typed } = named(file, options);
    const { history, notes, type } = onLine(lineOf, () => prepare(read, typed));
    const judgement = judge(history, { ...assumptionsOf(options), type, ...(model === undefined ? {} : { model }) });
    const ms = Math.round(performance.now() - began);
    return {
      checked: { file: name, ...judgement, ms, notes: [...ofReading, ...notes, ...(judgement.notes ?? [])] },
      history,
    };
  } catch (error) {
    if (options.debug && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return { checked: { file: name, error: error instanceof Error ? error.message : String(error) } };
  }
}

/** An operation that is none of its datatype is told with its line, where the format has lines. */
function onLine<T>(lineOf: Reading['lineOf'], make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof HistoryError) || error.operation === undefined) throw error;
    throw error.onLine(lineOf?.(error.operation));
  }
}

function named(file: string, { type = storedType(file), model }: CheckOptions): { type?: string; model?: string } {
  return { ...(type === undefined ? {} : { type }), ...(model === undefined ? {} : { model }) };
}

function assumptionsOf(options: CheckOptions): Assumptions {
  return {
    ...(options.initial === undefined ? {} : { initial: initialOf(options.initial) }),
    ...(options.assumeNullUnknown ? { nullReads: 'unknown' } : {}),
    ...(options.assumeLinearizableKeys ? { linearizableKeys: true } : {}),
    ...(options.assumeSequentialKeys ? { sequentialKeys: true } : {}),
    ...(options.assumeWfrKeys ? { wfrKeys: true } : {}),
    ...(options.certificate ? { certificate: true } : {}),
    ...(options.budget === undefined ? {} : { budget: options.budget }),
  };
}

/** `--initial 0`, `--initial '{"x":0}'`, `--initial nil`, or any other text as a string. */
function initialOf(text: string): unknown {
  if (text === 'nil') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
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
