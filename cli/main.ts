#!/usr/bin/env node
/** The command line: one file a command, listed here. */
import { Command, CommanderError } from 'commander';
import { BadInput, HarnessFailure } from '../harness/failure.ts';
import { checkCommand } from './check.ts';
import { EXIT, UsageError } from './exit.ts';
import { exploreCommand } from './explore.ts';
import { listCommand } from './list.ts';
import { replayCommand } from './replay.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { serveCommand } from './serve.ts';

const commands = [runCommand, checkCommand, exploreCommand, replayCommand, reportCommand, serveCommand, listCommand];

const program = new Command('splitbrain')
  .description('Runs replicated systems under faults and says which consistency model their histories obey.')
  .option('--debug', 'show stack traces')
  .showHelpAfterError(false)
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(`${text.trim().replace(/\s*\n\s*/g, ' ')}\n`) });
for (const command of commands) program.addCommand(command().copyInheritedSettings(program));

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = ended(error);
}

/** Says what went wrong, on one line but where a node's last words are shown, and answers the exit code. */
function ended(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.held : EXIT.usage;
  const text = error instanceof Error ? error.message : String(error);
  const debug = program.opts<{ debug?: boolean }>().debug === true && error instanceof Error;
  const shown = error instanceof HarnessFailure ? text : text.replace(/\s*\n\s*/g, ' ');
  process.stderr.write(`error: ${debug ? error.stack : shown}\n`);
  return error instanceof UsageError || error instanceof BadInput ? EXIT.usage : EXIT.failed;
}
