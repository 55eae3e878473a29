/** `splitbrain convert`: a history in the format of another tool. */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { ArgumentError, formats, type Writer, writers } from 'elle-ts';
import { EXPANSION } from '../harness/checking/limits.ts';
import { readSource } from '../harness/checking/reading.ts';
import type { Judgeable } from '../harness/checking/source.ts';
import { BadInput } from '../harness/failure.ts';
import { EXIT, UsageError } from './exit.ts';
import { historiesIn } from './input/histories.ts';
import { refuseFullMemory } from './node-surroundings.ts';

const EXAMPLE = `
Examples:
  $ splitbrain convert results/latest --to jepsen-edn > history.edn
  $ splitbrain convert history.jsonl --to perfetto --out trace.json      open it at ui.perfetto.dev

Nothing is lost or made up: what was written is read again and compared, what a format cannot say is refused, and what it leaves out is said on
standard error.

Formats:
${writers.map(({ name, says }) => `  ${name.padEnd(16)}${says}`).join('\n')}`;

interface ConvertOptions {
  readonly to: string;
  readonly format?: string;
  readonly out?: string;
}

export function convertCommand(): Command {
  return new Command('convert')
    .description('write a history in the format of another tool')
    .argument('<history>', "a history's file, or a run's folder")
    .requiredOption('--to <format>', `the format: ${writers.map(({ name }) => name).join(', ')}`)
    .option(
      '--format <name>',
      `what it is read as (default: what it looks like): ${formats.map(({ name }) => name).join(', ')}`,
    )
    .option('--out <file>', 'the file to write (default: standard output)')
    .addHelpText('after', EXAMPLE)
    .action(async (history: string, options: ConvertOptions) => {
      process.exitCode = await convert(history, options);
    });
}

async function convert(path: string, { to, format, out }: ConvertOptions): Promise<number> {
  const writer = writerNamed(to);
  const found: Judgeable[] = [];
  for await (const one of historiesIn(path, { format, expansion: EXPANSION })) if (!('skipped' in one)) found.push(one);
  const [only] = found;
  if (only && 'error' in only) throw only.error;
  if (!only || found.length > 1) throw new BadInput(`${path} holds ${found.length} histories: name the one to convert`);
  const { history, notes } = await readSource(only.source, format, {}, refuseFullMemory);
  const written = refusing(path, () => writer.write(history));
  if (out === undefined) process.stdout.write(written.text);
  else writeFileSync(out, written.text);
  for (const note of [...notes, ...written.notes]) process.stderr.write(`note: ${note}\n`);
  return EXIT.held;
}

function writerNamed(name: string): Writer {
  const writer = writers.find((one) => one.name === name);
  if (writer) return writer;
  throw new UsageError(`--to takes ${writers.map((one) => one.name).join(', ')}, not "${name}"`);
}

function refusing<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof ArgumentError) throw new BadInput(`${path}: ${error.message}`);
    throw error;
  }
}
