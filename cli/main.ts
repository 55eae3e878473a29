#!/usr/bin/env node
/** The command line: one file a command, listed here. */
import { Command, CommanderError } from 'commander';
import { BadInput, HarnessFailure } from '../harness/failure.ts';
import { EXIT, UsageError } from './exit.ts';

/** Each command's file is loaded when the command is named: `check` need not wait for all that `run` needs. */
const commands: Readonly<Record<string, () => Promise<() => Command>>> = {
  run: async () => (await import('./run.ts')).runCommand,
  campaign: async () => (await import('./campaign.ts')).campaignCommand,
  merge: async () => (await import('./merge.ts')).mergeCommand,
  compare: async () => (await import('./compare.ts')).compareCommand,
  check: async () => (await import('./check.ts')).checkCommand,
  explore: async () => (await import('./explore.ts')).exploreCommand,
  replay: async () => (await import('./replay.ts')).replayCommand,
  shrink: async () => (await import('./shrink.ts')).shrinkCommand,
  report: async () => (await import('./report.ts')).reportCommand,
  serve: async () => (await import('./serve.ts')).serveCommand,
  init: async () => (await import('./init.ts')).initCommand,
  list: async () => (await import('./list.ts')).listCommand,
};
// Who reads no further, as `head` does, ends nothing: the command continues, and its exit code is the verdict's.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`error: standard output cannot be written: ${error.message}\n`);
  process.exit(EXIT.failed);
});
process.stderr.on('error', () => {});
// `npm start` alone is the built-in campaign.
if (process.argv.length === 2) process.argv.push('campaign');
const first = process.argv.slice(2).find((argument) => !argument.startsWith('-')) ?? '';
const loaded = Object.hasOwn(commands, first) ? [commands[first]] : Object.values(commands);

const program = new Command('splitbrain')
  .description('Runs replicated systems under faults and says which consistency model their histories obey.')
  .option('--debug', 'show stack traces')
  .showHelpAfterError(false)
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(`${text.trim().replace(/\s*\n\s*/g, ' ')}\n`) });
for (const load of loaded) {
  const command = await load?.();
  if (command) program.addCommand(command().copyInheritedSettings(program));
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = ended(error);
}

/** Says what went wrong, on one line but where the end of a node's log is shown, and returns the exit code. */
function ended(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.held : EXIT.usage;
  const text = error instanceof Error ? error.message : String(error);
  const debug = program.opts<{ debug?: boolean }>().debug === true && error instanceof Error;
  const shown = error instanceof HarnessFailure ? text : text.replace(/\s*\n\s*/g, ' ');
  process.stderr.write(`error: ${debug ? error.stack : shown}\n`);
  return error instanceof UsageError || error instanceof BadInput ? EXIT.usage : EXIT.failed;
}
