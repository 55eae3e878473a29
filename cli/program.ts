/** The command line: one file a command, listed here. */
import { Command, CommanderError, Option } from 'commander';
import { sweep } from '../harness/clusters/children/marks.ts';
import { setPatience } from '../harness/doing.ts';
import { allowAnySize } from '../harness/setting/price.ts';
import { version } from '../harness/store/version.ts';
import { type COMMANDS, called, isNpmStart, typed } from './called.ts';
import { EXIT } from './exit.ts';
import { hinted, inOurWords, TESTING } from './maelstrom-words.ts';
import { duration } from './numbers.ts';

/** Each command's file is loaded when the command is named: `check` need not wait for all that `run` needs. */
const commands: Readonly<Record<(typeof COMMANDS)[number], () => Promise<() => Command>>> = {
  demo: async () => (await import('./demo.ts')).demoCommand,
  run: async () => (await import('./run.ts')).runCommand,
  campaign: async () => (await import('./campaign.ts')).campaignCommand,
  merge: async () => (await import('./merge.ts')).mergeCommand,
  worker: async () => (await import('./worker.ts')).workerCommand,
  compare: async () => (await import('./compare.ts')).compareCommand,
  trend: async () => (await import('./trend.ts')).trendCommand,
  check: async () => (await import('./check.ts')).checkCommand,
  explore: async () => (await import('./explore.ts')).exploreCommand,
  replay: async () => (await import('./replay.ts')).replayCommand,
  shrink: async () => (await import('./shrink.ts')).shrinkCommand,
  convert: async () => (await import('./convert.ts')).convertCommand,
  report: async () => (await import('./report.ts')).reportCommand,
  serve: async () => (await import('./serve.ts')).serveCommand,
  playground: async () => (await import('./playground.ts')).playgroundCommand,
  init: async () => (await import('./init.ts')).initCommand,
  list: async () => (await import('./list.ts')).listCommand,
  models: async () => (await import('./models.ts')).modelsCommand,
  conform: async () => (await import('./conform.ts')).conformCommand,
  isolation: async () => (await import('./isolation.ts')).isolationCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
  completion: async () => {
    const { completionCommand } = await import('./completion.ts');
    return () => completionCommand(() => commandLine());
  },
};

/** Those that may start nodes: before that they end what a run that was killed has left. */
const RUNS: readonly string[] = [
  'demo',
  'run',
  'campaign',
  'compare',
  'explore',
  'replay',
  'conform',
  'worker',
  'isolation',
];

/** Does what the arguments ask for; resolves with the exit code. */
export async function program(): Promise<number> {
  if (process.argv.length === 2) process.argv.push(isNpmStart ? 'demo' : '--help');
  const at = process.argv.findIndex((argument, i) => i > 1 && !argument.startsWith('-'));
  // Maelstrom's tests are runs here, and its options may be said as they are there.
  if (process.argv[at] === 'test') process.argv[at] = 'run';
  const first = process.argv[at] ?? '';
  if (TESTING.includes(first)) process.argv.push(...inOurWords(process.argv.splice(at + 1)));
  if (RUNS.includes(first)) sweep();
  const whole = await commandLine(first);
  try {
    await whole.parseAsync();
    return Number(process.exitCode ?? EXIT.held);
  } catch (error) {
    if (error instanceof CommanderError && error.code === 'commander.unknownOption' && process.argv.includes('--bin'))
      process.stderr.write('An option of the program itself comes after --, as in: --bin ./node -- --verbose\n');
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.held : EXIT.usage;
    throw error;
  }
}

/** The command line with the command of this name alone, or with all of them where there is none: help lists them. */
export async function commandLine(name?: string): Promise<Command> {
  const one = Object.entries(commands).find(([known]) => known === name);
  const loaded = one ? [one[1]] : process.argv[2] === '--version' ? [] : Object.values(commands);
  const whole = new Command(called)
    .description('Runs replicated systems under faults and says which consistency model their histories obey.')
    .version(version, '--version', 'print the version')
    .option('--debug', 'show stack traces')
    .addOption(
      new Option(
        '--patience <duration>',
        'end a system whose code makes no progress for so long (default: 30s)',
      ).argParser(duration('--patience')),
    )
    .option('--yes', 'make a run whatever its size')
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.stdout.write(typed(text)),
      outputError: (text, write) => write(typed(hinted(`${text.trim().replace(/\s*\n\s*/g, ' ')}\n`))),
    })
    .on('option:yes', allowAnySize)
    .on('option:patience', (text: string) => setPatience(duration('--patience')(text)));
  for (const load of loaded) {
    const command = await load();
    whole.addCommand(command().copyInheritedSettings(whole));
  }
  return whole;
}
