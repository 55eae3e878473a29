/** `splitbrain isolation`: what a database's isolation levels really are. */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { isLoopback } from '../databases/wire/loopback.ts';
import { newSeed } from '../harness/explore/journal.ts';
import { shellWord } from '../harness/setting/command.ts';
import { unknownName } from '../harness/setting/suggestions.ts';
import { claimIn, compareWith, expectationIn, type Held, judgeClaims, type LevelClaim } from '../isolation/claims.ts';
import { measure } from '../isolation/measure.ts';
import { measurementPage } from '../isolation/page.ts';
import type { Measurement } from '../isolation/result.ts';
import { type Server, serverNames, startServer } from '../isolation/servers.ts';
import type { Store } from '../isolation/stores/store.ts';
import { storeKindOf, urlIn } from '../isolation/stores/stores.ts';
import { tableMarkdown, tableText, witnessesText } from '../isolation/text.ts';
import { agrees } from './agrees.ts';
import { typed } from './called.ts';
import { executable } from './executable.ts';
import { EXIT, UsageError } from './exit.ts';
import { interruption } from './interruption.ts';
import { duration, wholeNumber } from './numbers.ts';
import { status } from './status.ts';

interface Flags {
  readonly start?: string;
  readonly program?: Readonly<Record<string, string>>;
  readonly level: readonly string[];
  readonly time: number;
  readonly seed?: number;
  readonly connections: number;
  readonly claim: readonly LevelClaim[];
  readonly expect?: string;
  readonly json?: true;
  readonly markdown?: true;
  readonly page?: string;
  readonly clean?: true;
  readonly yes?: true;
}

/** A group of three sessions, and that of the store itself. */
const FEWEST = 4;
const MOST = 64;
const VARIABLE = 'SPLITBRAIN_URL';

const EXAMPLE = `
Examples:
  $ splitbrain isolation --start postgres
  $ SPLITBRAIN_URL=postgres://me:secret@127.0.0.1/mine splitbrain isolation --page isolation.html
  $ splitbrain isolation postgres://me@127.0.0.1/mine --claim serializable=strict-serializable

The password comes from SPLITBRAIN_URL or ~/.pgpass: everybody can read a command line. What a run that was killed has
left is found and removed by --clean.`;

const gathered = <T>(read: (text: string) => T) => {
  return (text: string, before: readonly T[]): readonly T[] => [...before, read(text)];
};

export function isolationCommand(): Command {
  return new Command('isolation')
    .description("what a database's isolation levels really are: the strongest model of each, and what breaks the next")
    .argument('[url]', `the database; else ${VARIABLE} of the environment`)
    .option('--start <server>', `start a server of its own for the purpose: ${serverNames.join(', ')}`)
    .option('--program <name=path>', 'with --start: which executable is taken: a path, or npm:VERSION', executable)
    .option('--level <name>', 'measure this level alone; several times for several', gathered(String), [])
    .option('--time <duration>', 'how long each level is searched, after its scripts', duration('--time'), 15_000)
    .option('--seed <number>', 'the seed of the search (default: a random one)', wholeNumber('--seed'))
    .option('--connections <number>', 'at most so many at a time', wholeNumber('--connections'), 8)
    .option('--claim <level=model>', 'end with 1 where a level does not keep a model', gathered(claimIn), [])
    .option('--expect <file>', 'end with 1 where an anomaly is seen that a table of --json calls prevented or not seen')
    .option('--json', 'as JSON, which --expect reads')
    .option('--markdown', 'the table as Markdown')
    .option('--page <file>', 'write a page with the ring and the SQL of each anomaly')
    .option('--clean', 'remove what runs that were killed have left, and do nothing else')
    .addHelpText('after', EXAMPLE)
    .action(async (url: string | undefined, _: unknown, command: Command) => {
      process.exitCode = await act(url, command.optsWithGlobals<Flags>());
    });
}

async function act(argument: string | undefined, flags: Flags): Promise<number> {
  if (flags.connections < FEWEST || flags.connections > MOST)
    throw new UsageError(`--connections takes ${FEWEST} to ${MOST}: three sessions make a script, and one looks on`);
  if (flags.start !== undefined && argument !== undefined) throw new UsageError('a URL, or --start: not both');
  const expected = flags.expect === undefined ? undefined : expectationIn(flags.expect);
  if (flags.start === undefined) {
    const url = await allowed(argument, flags);
    if (flags.clean) return cleaned(url);
    return measured(url, argument, flags, expected);
  }
  if (!serverNames.includes(flags.start)) throw new UsageError(unknownName('server', flags.start, serverNames));
  let server: Server | undefined;
  try {
    server = await startServer(flags.start, flags.program);
    return await measured(urlIn(server.url), undefined, flags, expected);
  } finally {
    await server?.end();
  }
}

/** The database, where nobody has to be asked, or somebody was. Throws `UsageError`. */
async function allowed(argument: string | undefined, flags: Flags): Promise<URL> {
  const text = argument ?? process.env[VARIABLE];
  if (text === undefined || text === '') throw new UsageError(`name a database: a URL, ${VARIABLE}, or --start`);
  const url = urlIn(text);
  storeKindOf(url);
  if (argument !== undefined && url.password !== '')
    throw new UsageError(
      `everybody on this machine can read a password in a command line: put the URL into ${VARIABLE}, or the password into ~/.pgpass`,
    );
  if (url.hostname === '' || isLoopback(url.hostname) || flags.yes) return url;
  const says = `${url.hostname} is not this machine: hundreds of transactions a second are made there, in a schema of their own`;
  if (!(await agrees(says, 'Measure it?'))) throw new UsageError(`${says}; --yes allows it`);
  return url;
}

async function cleaned(url: URL): Promise<number> {
  const removed = await storeKindOf(url).clean(url);
  for (const name of removed) process.stdout.write(`removed ${name}\n`);
  if (removed.length === 0) process.stdout.write('nothing was left\n');
  return EXIT.held;
}

async function measured(url: URL, argument: string | undefined, flags: Flags, expected: Expected): Promise<number> {
  const interrupted = interruption();
  const store = await storeKindOf(url).open(url);
  let measurement: Measurement;
  try {
    refuseUnknown(store, flags);
    const { level: only, time: searchMs, connections } = flags;
    const seed = flags.seed ?? newSeed();
    const tell = (name: string, at: number, of: number) => status(`level ${at} of ${of}: ${name}`);
    measurement = await measure({ store, only, searchMs, connections, seed, tell, signal: interrupted.signal });
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    process.stderr.write('interrupted: what was made in the database is removed\n');
    return EXIT.unknown;
  } finally {
    status('');
    await store.close();
    interrupted.callOff();
  }
  return told(measurement, commandOf(argument, flags, measurement), flags, expected);
}

type Expected = ReturnType<typeof expectationIn> | undefined;

/** Throws `UsageError` before anything is measured. */
function refuseUnknown({ levels }: Store, { level, claim }: Flags): void {
  const names = levels.map(({ name }) => name);
  refuseOthers(level, names);
  const measured = level.length > 0 ? level : names;
  refuseOthers(
    claim.map((one) => one.level),
    measured,
  );
}

function refuseOthers(wanted: readonly string[], names: readonly string[]): void {
  for (const name of wanted) if (!names.includes(name)) throw new UsageError(unknownName('level', name, names));
}

/** The command that measures the same again: without a password, as that is never in it. */
function commandOf(argument: string | undefined, flags: Flags, { seed }: Measurement): string {
  const words = [
    ...(argument === undefined ? [] : [argument]),
    ...(flags.start === undefined ? [] : ['--start', flags.start]),
    ...Object.entries(flags.program ?? {}).flatMap((choice) => ['--program', choice.join('=')]),
    ...flags.level.flatMap((name) => ['--level', name]),
    ...['--time', `${flags.time}ms`, '--connections', String(flags.connections), '--seed', String(seed)],
    ...(flags.yes ? ['--yes'] : []),
  ];
  return typed(`splitbrain isolation ${words.map(shellWord).join(' ')}`);
}

function told(measurement: Measurement, command: string, flags: Flags, expected: Expected): number {
  const held = together([
    judgeClaims(measurement, flags.claim),
    ...(expected === undefined ? [] : [compareWith(measurement, expected)]),
  ]);
  if (flags.page !== undefined) writeFileSync(flags.page, measurementPage(measurement, command));
  const says = [...held.refuted, ...held.undecided, ...held.notes.map((note) => `note: ${note}`), ...held.kept];
  if (flags.json) process.stdout.write(`${JSON.stringify({ ...measurement, claims: held }, undefined, 1)}\n`);
  else if (flags.markdown) process.stdout.write(tableMarkdown(measurement));
  else {
    const parts = [tableText(measurement), witnessesText(measurement), ...(says.length > 0 ? [says.join('\n')] : [])];
    process.stdout.write(`${[...parts, `again: ${command}`].filter((part) => part !== '').join('\n\n')}\n`);
  }
  if (flags.json || flags.markdown) for (const line of says) process.stderr.write(`${line}\n`);
  if (held.refuted.length > 0) return EXIT.refuted;
  return held.undecided.length > 0 ? EXIT.unknown : EXIT.held;
}

function together(all: readonly Held[]): Held {
  const field = (name: keyof Held) => all.flatMap((one) => one[name]);
  return { refuted: field('refuted'), undecided: field('undecided'), kept: field('kept'), notes: field('notes') };
}
