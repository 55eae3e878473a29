#!/usr/bin/env node
/** The command line: one file a command, listed here. */
import { Command, CommanderError } from 'commander';
import { checkCommand } from './check.ts';
import { EXIT } from './exit.ts';
import { serveCommand } from './serve.ts';

const commands = [checkCommand, serveCommand];

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

/** Says on one line what went wrong, and answers the exit code. */
function ended(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.held : EXIT.usage;
  const text = error instanceof Error ? error.message : String(error);
  const debug = program.opts<{ debug?: boolean }>().debug === true && error instanceof Error;
  process.stderr.write(`error: ${debug ? error.stack : text.replace(/\s*\n\s*/g, ' ')}\n`);
  return error instanceof Error && error.name === 'UsageError' ? EXIT.usage : EXIT.failed;
}
