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
import { codeWith, EXIT, UsageError } from './exit.ts';
import { duration, number, share, span } from './numbers.ts';
import { runText } from './run-text.ts';
import { writeReport } from './write-report.ts';

interface RunFlags {
  readonly system: string;
  readonly workload?: string;
  readonly faults?: string;
  readonly nodes?: number;
  readonly clients?: number;
  readonly time?: number;
  readonly rate?: number;
  readonly keys?: number;
  readonly skew?: number;
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
  readonly claims?: string;
  readonly program?: Readonly<Record<string, string>>;
  readonly json?: true;
}

const EXAMPLE = `
Examples:
  $ splitbrain run --system quorum/abd --faults partition,crash
  $ splitbrain run --system ./my.js#register --workload register --faults all --time 30s --nodes 5
  $ splitbrain run --system quorum/slide --cluster simulation --seed 7 --json

Exit code: 0 every claim held, 1 one was refuted, 2 unknown, 254 bad arguments, 255 the harness failed.`;

const EXITS = { valid: EXIT.held, invalid: EXIT.refuted, unknown: EXIT.unknown };

export function runCommand(): Command {
  return new Command('run')
    .description('run a system under faults and judge what its clients saw')
    .requiredOption('--system <name>', 'a built-in system, or a module of your own: ./my.js#export')
    .option(
      '--workload <name>',
      'what clients do, or a module of your own: ./my.js#export (default: the first of the system’s datatype)',
    )
    .option(
      '--faults <names>',
      'faults, or all, or none, or modules of your own: ./my.js#export (default: the first that the system claims to tolerate)',
    )
    .option('--nodes <n>', helpOf(RUN_KEYS.nodes), number('--nodes'))
    .option('--clients <n>', helpOf(RUN_KEYS.clients), number('--clients'))
    .option('--time <duration>', helpOf(RUN_KEYS.durationMs), duration('--time'))
    .option('--rate <n>', helpOf(RUN_KEYS.ratePerSecond), number('--rate'))
    .option('--keys <n>', helpOf(RUN_KEYS.keys), number('--keys'))
    .option(
      '--skew <n>',
      'how much more often the first keys are asked for: the nth as 1/n^skew (default: 0, all alike)',
      number('--skew'),
    )
    .option(
      '--mix <shares>',
      'the share of each function in the calls, as read=4,write=1 (default: as the workload has it)',
      shares,
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
    .option('--json', 'print verdict.json and nothing else')
    .addHelpText('after', EXAMPLE)
    .action(async (flags: RunFlags) => {
      process.exitCode = await run(flags);
    });
}

/** `postgres=npm:14.3.0-beta.6`, beside what was said before. */
function executable(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, name, path] = /^([\w-]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || path === undefined)
    throw new UsageError(`a program is written etcd=/path/to/etcd, not "${text}"`);
  return { ...before, [name]: path };
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

async function run(flags: RunFlags): Promise<number> {
  const prepared = await prepare(await wantedBy(flags));
  const command = commandOf(prepared);
  const folder = storeRun(newFolder(flags.out, 'run'), prepared);
  tell(`running ${command} into ${folder.path}`);
  const done = await runInto(folder, prepared, flags.keep === true);
  const unwritten = folder.finish(done, command);
  if (unwritten.length === 0) writeReport(done, folder.path, command);
  process.stdout.write(flags.json ? `${JSON.stringify(done.result)}\n` : runText(done, command, folder.path));
  return codeWith(unwritten, EXITS[done.result.verdict]);
}

async function wantedBy(flags: RunFlags): Promise<Wanted> {
  const { system, workload, nodes, seed, cluster, timeout, fsync, faults } = flags;
  const { clients, time, rate, keys, skew, mix, claims } = flags;
  const { rhythm: name, faultEvery: everyMs, faultFor: forMs, overlap, quiet: quietMs, beyond } = flags;
  const rhythm = given({ name, everyMs, forMs, overlap, quietMs, beyond });
  return given({
    ...{ system, workload, nodes, seed, cluster, fsync, callTimeoutMs: timeout },
    programs: flags.program,
    claims: claims === undefined ? undefined : await claimsIn(claims),
    faults: faults?.split(',').map((name) => name.trim()),
    rhythm: Object.keys(rhythm).length > 0 ? rhythm : undefined,
    options: given({ clients, durationMs: time, ratePerSecond: rate, keys, skew, mix }),
  }) as unknown as Wanted;
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

async function runInto(folder: RunFolder, prepared: Prepared, keep: boolean): Promise<Run> {
  try {
    return await runPrepared(prepared, { sink: (line) => folder.sink(line), logFolder: folder.logFolder, keep });
  } catch (error) {
    folder.close();
    if (error instanceof HarnessFailure)
      throw new HarnessFailure(`${error.message}\nWhat there is of the run lies in ${folder.path}.`);
    throw error;
  }
}

/** For a person who waits; not for logs. */
function tell(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${text}\n`);
}
