/** `splitbrain run`: one system, one workload, some faults, one verdict. */
import { Command } from 'commander';
import { HarnessFailure } from '../harness/failure.ts';
import type { RhythmName } from '../harness/faults/rhythm.ts';
import type { Run } from '../harness/judging/result.ts';
import { runPrepared } from '../harness/running/run.ts';
import { commandOf } from '../harness/setting/command.ts';
import type { Prepared } from '../harness/setting/prepared.ts';
import { helpOf, RHYTHM_KEYS, RUN_KEYS, TIMEOUT_SAYS } from '../harness/setting/run-keys.ts';
import { prepare, type Wanted } from '../harness/setting/setting.ts';
import { newFolder, type RunFolder, storeRun } from '../harness/store/store.ts';
import type { Claim } from '../systems/system.ts';
import { typed } from './called.ts';
import { executable } from './executable.ts';
import { codeWith, EXIT, UsageError } from './exit.ts';
import { duration, number, share, span, wholeNumber } from './numbers.ts';
import {
  addProgramOptions,
  addProgramRunOptions,
  claimsSaid,
  faultsIn,
  kindsAsked,
  programSettingOf,
  type RunProgramFlags,
  systemNamed,
} from './program-flags.ts';
import { runAgain } from './run-again.ts';
import { runText } from './run-text.ts';
import { status } from './status.ts';
import { writeReport } from './write-report.ts';

interface RunFlags extends RunProgramFlags {
  readonly nodes?: string;
  readonly clients?: string;
  readonly time?: number;
  readonly rate?: number;
  readonly maxTxnLength?: number;
  readonly maxWritesPerKey?: number;
  readonly keys?: number;
  readonly skew?: number;
  readonly lease?: number;
  readonly dawdle?: number;
  readonly mix?: Readonly<Record<string, number>>;
  readonly rhythm?: RhythmName;
  readonly faultEvery?: number;
  readonly faultFor?: readonly [number, number];
  readonly overlap?: number;
  readonly quiet?: number;
  readonly beyond?: number;
  readonly timeout?: number;
  readonly seed?: number;
  readonly cluster?: Wanted['cluster'];
  readonly out?: string;
  readonly keep?: true;
  readonly fsync?: true;
  readonly program?: Readonly<Record<string, string>>;
  readonly network?: Wanted['network'];
  readonly disk?: Wanted['disk'];
  readonly logStderr?: true;
  readonly again?: string;
  readonly times?: number;
  readonly json?: true;
}

const EXAMPLE = `
Examples:
  $ splitbrain run --system quorum/abd --faults partition,crash
  $ splitbrain run --system ./my.js#register --workload register --faults all --time 30s --nodes 5
  $ splitbrain run --system quorum/slide --cluster simulation --seed 7 --json
  $ splitbrain run --bin ./node.py --workload lin-kv --faults partition,crash -- --verbose

Exit code: 0 every claim held, 1 one was refuted, 2 unknown, 254 bad arguments, 255 the harness failed.`;

const EXITS = { valid: EXIT.held, invalid: EXIT.refuted, unknown: EXIT.unknown };

export function runCommand(): Command {
  const command = new Command('run')
    .description('run a system under faults and judge what its clients saw')
    .option('--system <name>', 'a built-in system, or a module of your own: ./my.js#export')
    .option(
      '--workload <name>',
      'what clients do, or a module of your own: ./my.js#export; with --bin one of Maelstrom’s (default: the first of the system’s datatype)',
    )
    .option(
      '--faults <names>',
      'faults, or all, or none, or modules of your own: ./my.js#export (default: the first that the system claims to tolerate)',
    )
    .option('--nodes <n>', `${helpOf(RUN_KEYS.nodes)}, or their names, as n1,n2`)
    .option('--clients <n>', `${helpOf(RUN_KEYS.clients)}, or 2n: so many for each node`)
    .option('--time <duration>', helpOf(RUN_KEYS.durationMs), duration('--time'))
    .option('--rate <n>', helpOf(RUN_KEYS.ratePerSecond), number('--rate'))
    .option('--keys <n>', helpOf(RUN_KEYS.keys), number('--keys'))
    .option(
      '--skew <n>',
      'Zipf exponent of key popularity: the nth key as 1/n^skew (default: 0, uniform)',
      number('--skew'),
    )
    .option('--lease <duration>', 'with locks: for how long one is asked for', duration('--lease'))
    .option(
      '--dawdle <duration>',
      'with locks: how long a holder pauses that dawdles (default: its lease, and up to 1.4s more)',
      duration('--dawdle'),
    )
    .option(
      '--mix <shares>',
      'the share of each function in the calls, as read=4,write=1 (default: as the workload has it)',
      shares,
    )
    .option('--max-txn-length <n>', 'with transactions: at most so many operations', number('--max-txn-length'))
    .option(
      '--max-writes-per-key <n>',
      'with transactions: a key is replaced after so many calls (default: 16)',
      number('--max-writes-per-key'),
    )
    .option('--rhythm <name>', helpOf(RHYTHM_KEYS.name))
    .option('--fault-every <duration>', helpOf(RHYTHM_KEYS.everyMs), duration('--fault-every'))
    .option('--fault-for <span>', helpOf(RHYTHM_KEYS.forMs), span('--fault-for'))
    .option('--overlap <share>', helpOf(RHYTHM_KEYS.overlap), share('--overlap'))
    .option('--quiet <duration>', helpOf(RHYTHM_KEYS.quietMs), duration('--quiet'))
    .option('--beyond <share>', helpOf(RHYTHM_KEYS.beyond), share('--beyond'))
    .option('--timeout <duration>', TIMEOUT_SAYS, duration('--timeout'))
    .option('--seed <n>', 'draws calls, faults and delays (default: a new one, which is printed)', number('--seed'))
    .option('--cluster <kind>', 'processes or simulation (default: processes)')
    .option('--out <folder>', 'the new folder for the results (default: one in results/)')
    .option('--keep', "keep the nodes' disks beside their logs")
    .option('--fsync', 'a write is durable once the device has it (with --cluster processes)')
    .option('--claims <json>', 'judge it by these claims instead of its own: a list, as in a campaign file')
    .option(
      '--program <name=path>',
      'an executable of a database: a path, or npm:VERSION of one in the cache; again for others',
      executable,
    )
    .option('--network <kind>', 'what can cut the links of a database: proxies or namespaces (default: its first)')
    .option(
      '--disk <kind>',
      'what disks of a database are made of that lose power or are bad: loop or fuse (default: what doctor says)',
    )
    .option('--again <folder>', 'make a stored run again, with its setting and its plan; --program may differ')
    .option('--times <n>', 'with --again: how many times (default: 1)', wholeNumber('--times'))
    .option('--json', 'print verdict.json and nothing else')
    .addHelpText('after', EXAMPLE)
    .action(async (args: readonly string[], flags: RunFlags) => {
      process.exitCode = await run(flags, args);
    });
  return addProgramRunOptions(addProgramOptions(command));
}

/** `read=4,write=1`. That the functions exist is seen to where the workload is known. */
function shares(text: string): Record<string, number> {
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [, f, share] = /^\s*([\w-]+)=(\d+(?:\.\d+)?)\s*$/.exec(part) ?? [];
      if (f === undefined) throw new UsageError(`a mix is written read=4,write=1, not "${text}"`);
      return [f, Number(share)];
    }),
  );
}

async function run(flags: RunFlags, args: readonly string[]): Promise<number> {
  if (flags.again !== undefined) return runAgain(flags.again, flags, (prepared) => made(prepared, flags));
  return (await made(await prepare(await wantedBy(flags, args)), flags)).code;
}

/** Makes the run, stores it, and tells what came of it. */
async function made(prepared: Prepared, flags: RunFlags): Promise<{ readonly run: Run; readonly code: number }> {
  for (const each of prepared.leftOut ?? []) process.stderr.write(`left out: ${each}\n`);
  const command = commandOf(prepared);
  const folder = storeRun(newFolder(flags.out, 'run'), prepared);
  tell(typed(`running ${command} into ${folder.path}`));
  const stop = countingUp(prepared.setting.options.durationMs);
  const done = await runInto(folder, prepared, flags).finally(stop);
  const unwritten = folder.finish(done, command);
  if (unwritten.length === 0) writeReport(done, folder.path, command);
  process.stdout.write(flags.json ? `${JSON.stringify(done.result)}\n` : runText(done, command, folder.path));
  return { run: done, code: codeWith(unwritten, EXITS[done.result.verdict]) };
}

async function wantedBy(flags: RunFlags, args: readonly string[]): Promise<Wanted> {
  const { workload, seed, cluster, timeout, fsync } = flags;
  const { time, rate, keys, skew, lease, dawdle, mix, claims, maxTxnLength, maxWritesPerKey } = flags;
  const faults = flags.faults ?? flags.nemesis;
  const nodes = nodesSaid(flags.nodes);
  const clients = clientsSaid(flags.clients, nodes);
  const { rhythm: name, faultEvery: everyMs, faultFor: forMs, overlap, quiet: quietMs, beyond } = flags;
  const rhythm = given({ name, everyMs, forMs, overlap, quietMs, beyond });
  return given({
    ...{ system: systemNamed(flags, args), workload, nodes, seed, cluster, fsync, callTimeoutMs: timeout },
    claims: claims === undefined ? claimsSaid(flags, kindsAsked(faults)) : await claimsIn(claims),
    faults: faults === undefined ? undefined : faultsIn(faults),
    programs: flags.program,
    network: flags.network,
    disk: flags.disk,
    rhythm: Object.keys(rhythm).length > 0 ? rhythm : undefined,
    options: given({
      ...{ clients, durationMs: time, ratePerSecond: rate, keys, skew, mix, maxTxnLength, maxWritesPerKey },
      ...{ leaseMs: lease, dawdleMs: dawdle },
    }),
    maelstrom: programSettingOf(flags),
  }) as unknown as Wanted;
}

/** How many nodes, or their names. */
function nodesSaid(text: string | undefined): number | readonly string[] | undefined {
  if (text === undefined) return undefined;
  if (/^\d/.test(text)) return number('--nodes')(text);
  return text.split(',').map((name) => name.trim());
}

/** How many clients; `2n` are two for each node. */
function clientsSaid(text: string | undefined, nodes: number | readonly string[] | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, each] = /^(\d+)n$/.exec(text) ?? [];
  if (each === undefined) return number('--clients')(text);
  const count = nodes === undefined ? RUN_KEYS.nodes.value : typeof nodes === 'number' ? nodes : nodes.length;
  return Number(each) * count;
}

/** What reads claims is loaded where there are some: it takes longer than all the rest of a small run. */
async function claimsIn(text: string): Promise<readonly Claim[]> {
  const { parseClaims } = await import('../harness/campaign/claims.ts');
  return parseClaims(text, '--claims');
}

/** Without what was not said. */
function given(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

async function runInto(folder: RunFolder, prepared: Prepared, { keep, logStderr }: RunFlags): Promise<Run> {
  try {
    return await runPrepared(prepared, {
      sink: (line) => folder.sink(line),
      logFolder: folder.logFolder,
      keep: keep === true,
      ...(logStderr ? { echo: (text: string) => process.stderr.write(text) } : {}),
    });
  } catch (error) {
    folder.close();
    if (error instanceof HarnessFailure)
      throw new HarnessFailure(`${error.message}\nWhat there is of the run lies in ${folder.path}.`);
    throw error;
  }
}

/** Says on a terminal, once a second, how far a run in real time is; returns what ends that. */
function countingUp(durationMs: number): () => void {
  const beganMs = Date.now();
  const timer = setInterval(() => {
    const lastedMs = Date.now() - beganMs;
    const main = `${Math.round(lastedMs / 1000)} of ${durationMs / 1000} s, then final reads and the verdict`;
    status(lastedMs < durationMs ? main : `final reads and the verdict, ${Math.round(lastedMs / 1000)} s`);
  }, 1000);
  return () => {
    clearInterval(timer);
    status('');
  };
}

/** For a person who waits; not for logs. */
function tell(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${text}\n`);
}
