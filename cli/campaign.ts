/** `splitbrain campaign`: a matrix of runs, and an exit code for a build. Without a file, the built-in campaign. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { builtInCampaign } from '../harness/campaign/built-in.ts';
import { runCampaign } from '../harness/campaign/campaign.ts';
import { campaignDocument } from '../harness/campaign/campaign-document.ts';
import { KEEPS, type Keep } from '../harness/campaign/campaign-options.ts';
import { type Document, readDocument } from '../harness/campaign/document.ts';
import { type Expectation, readExpectations } from '../harness/campaign/expectations.ts';
import { matrixIn } from '../harness/campaign/file.ts';
import { failedIn } from '../harness/campaign/gate.ts';
import { refuseUnloadable } from '../harness/campaign/loading.ts';
import type { Matrix } from '../harness/campaign/matrix.ts';
import { earlierIn } from '../harness/campaign/since.ts';
import { entry } from '../harness/entry.ts';
import { type Broker, brokerAt } from '../harness/queue/broker.ts';
import { queueMakers } from '../harness/queue/campaign-makers.ts';
import { workersAt } from '../harness/queue/queue-pool.ts';
import { shellWord } from '../harness/setting/command.ts';
import { conclude } from './campaign-outputs.ts';
import { EXIT, UsageError } from './exit.ts';
import { duration, wholeNumber } from './numbers.ts';
import { progressing } from './progress.ts';
import { queueNamed } from './queue-named.ts';
import { writeReportInCampaign } from './write-report.ts';

interface CampaignFlags {
  readonly seeds?: number;
  readonly seed?: number;
  readonly shard?: readonly [number, number];
  readonly maxTime?: number;
  readonly parallel?: number;
  readonly resume?: true;
  readonly stopAtFirst?: true;
  readonly expectations?: string;
  readonly out?: string;
  readonly gate: boolean;
  readonly requireAll?: true;
  readonly keep?: Keep;
  readonly since?: string;
  readonly queue?: string | true;
  readonly slice?: number;
  readonly store?: string;
  readonly verbose?: true;
  readonly json?: true;
}

const EXAMPLE = `
Examples:
  $ splitbrain campaign                              the built-in campaign
  $ splitbrain campaign campaign.yaml --seeds 20 --shard 2/5 --no-gate --out shards/2
  $ splitbrain campaign campaign.yaml --resume --out results/nightly

Beside the runs' folders it writes index.html, summary.json, summary.md, junit.xml and results.sarif. In a GitHub workflow it annotates the
job and shows the summary below it. campaign.schema.json lets editors complete the file.

Exit code: 0 every claim held or its anomaly is expected, 1 one was refuted, 2 unknown, 254 bad arguments, 255 a run failed. A cell of which no
run was made is unknown; one with fewer runs than planned is judged by those that there are, unless --require-all is given.
A shard sees a part, and what is too little there is 0: splitbrain merge weighs all parts, and its exit code is the gate.`;

export function campaignCommand(): Command {
  return new Command('campaign')
    .description('many runs: systems by workloads by faults by seeds, with one verdict')
    .argument('[file]', 'a campaign file (YAML or JSON), or a module of your own; left out, the built-in campaign')
    .option('--seeds <n>', 'seeds for each cell', wholeNumber('--seeds'))
    .option('--seed <n>', 'the first seed', wholeNumber('--seed'))
    .option('--shard <part/of>', 'this part of all runs, as 2/5', shard)
    .option('--max-time <duration>', 'start no run after this', duration('--max-time'))
    .option(
      '--parallel <n>',
      'runs at the same time (default: one a core in the simulation, two with processes)',
      wholeNumber('--parallel'),
    )
    .option('--queue [url]', 'have runs made by splitbrain worker: redis://host:6379, or what SPLITBRAIN_QUEUE says')
    .option(
      '--slice <n>',
      'with --queue: runs in a piece of work (default: about five seconds)',
      wholeNumber('--slice'),
    )
    .option('--store <folder>', 'with --queue: where workers leave the folders of runs with processes')
    .option('--resume', 'resume the campaign in --out, or begin it; finished runs are not repeated')
    .option(
      '--no-gate',
      'end with 0 whatever the runs showed, unless one failed: for shards, as splitbrain merge is the gate',
    )
    .option('--require-all', 'end with 2 where a cell has fewer runs than were planned')
    .addOption(
      new Option(
        '--keep <which>',
        'folders of runs, half a megabyte each: all (default), broken: three for each cell and anomaly, none: simulated runs can be made again',
      ).choices(KEEPS),
    )
    .option('--stop-at-first', 'stop at the first anomaly that is not expected')
    .option('--expectations <file>', 'known anomalies (default: expectations.json beside the campaign file)')
    .option('--out <folder>', 'the new folder for the results (default: one in results/)')
    .option('--since <folder>', 'say of each failure whether this earlier result has it, too')
    .option('--verbose', 'tell the smallest story of what broke, message by message')
    .option('--json', 'print summary.json and nothing else')
    .addHelpText('after', EXAMPLE)
    .action(async (file: string | undefined, flags: CampaignFlags) => {
      process.exitCode = await campaign(file, flags);
    });
}

/** `2/5`: the second of five. */
export function shard(text: string): readonly [number, number] {
  const [, part, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (!part || !of || Number(part) < 1 || Number(part) > Number(of))
    throw new UsageError(`a shard is written 2/5, not "${text}"`);
  return [Number(part), Number(of)];
}

async function campaign(file: string | undefined, flags: CampaignFlags): Promise<number> {
  const document = file === undefined ? undefined : await campaignDocument(file);
  const matrix = matrixOf(document, flags);
  if (document) await refuseUnloadable(document, matrix);
  const { maxTime, out, shard: part, parallel, requireAll, keep, store } = flags;
  if (part && requireAll)
    throw new UsageError('a shard has a part of the runs: give --require-all to splitbrain merge');
  const since = flags.since === undefined ? undefined : earlierIn(flags.since);
  const broker = await brokerFor(flags);
  const progress = progressing();
  const done = await runCampaign(matrix, {
    ...(broker ? { makers: queueMakers(broker, flags.slice) } : {}),
    ...(store === undefined ? {} : { store }),
    command: commandOf(file, flags, matrix),
    worker: entry('campaign-worker'),
    ...(parallel === undefined ? {} : { parallel }),
    ...(out === undefined ? {} : { out }),
    ...(part === undefined ? {} : { shard: part }),
    ...(maxTime === undefined ? {} : { maxMs: maxTime }),
    ...(file === undefined ? {} : { file }),
    ...(keep === undefined ? {} : { keep }),
    requireAll: requireAll === true,
    gate: flags.gate,
    resume: flags.resume === true,
    stopAtFirst: flags.stopAtFirst === true,
    onRun: writeReportInCampaign,
    onProgress: progress.tell,
  }).finally(() => broker?.close());
  progress.end();
  const code = await conclude(done, document, { ...flags, since });
  if (flags.gate) return code;
  return code === EXIT.failed || failedIn(done.summary) > 0 ? EXIT.failed : EXIT.held;
}

/** The queue that is named; nothing where none is. */
async function brokerFor({ queue, slice, store }: CampaignFlags): Promise<Broker | undefined> {
  if (queue === undefined) {
    if (slice !== undefined || store !== undefined) throw new UsageError('--slice and --store go with --queue');
    return undefined;
  }
  if (slice === 0) throw new UsageError('--slice 0 would make nothing');
  const broker = await brokerAt(queueNamed(queue));
  if ((await workersAt(broker)) === 0)
    process.stderr.write(
      'note: there is no worker of this version yet: start splitbrain worker with the same --queue\n',
    );
  return broker;
}

function matrixOf(document: Document | undefined, flags: CampaignFlags): Matrix {
  const { seeds, seed } = flags;
  if (seeds === 0) throw new UsageError('--seeds 0 would run nothing');
  const changed = { ...(seeds === undefined ? {} : { seeds }), ...(seed === undefined ? {} : { seed }) };
  if (document === undefined) {
    const own = fileURLToPath(new URL('../../expectations.json', import.meta.url));
    return { ...builtInCampaign(expectationsIn(flags.expectations ?? own)), ...changed };
  }
  const beside = join(dirname(document.file), 'expectations.json');
  const named = flags.expectations ?? (existsSync(beside) ? beside : undefined);
  return { ...matrixIn(document), ...(named ? { expectations: expectationsIn(named) } : {}), ...changed };
}

export function expectationsIn(file: string): readonly Expectation[] {
  return readExpectations(readDocument(file));
}

function commandOf(file: string | undefined, flags: CampaignFlags, { seeds, seed }: Matrix): string {
  const { expectations } = flags;
  const words = [
    'splitbrain campaign',
    file && shellWord(file),
    `--seeds ${seeds} --seed ${seed}`,
    expectations && `--expectations ${shellWord(expectations)}`,
  ];
  return words.filter((word) => word !== undefined).join(' ');
}
