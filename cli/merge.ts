/** `splitbrain merge`: the shards of a campaign as one result, whose exit code is the gate. */
import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { campaignDocument } from '../harness/campaign/campaign-document.ts';
import { mergeShards } from '../harness/campaign/merge.ts';
import { earlierIn } from '../harness/campaign/since.ts';
import { expectationsIn } from './campaign.ts';
import { conclude } from './campaign-outputs.ts';
import { writeReportInCampaign } from './write-report.ts';

interface MergeFlags {
  readonly expectations?: string;
  readonly partial?: true;
  readonly since?: string;
  readonly requireAll?: true;
  readonly out?: string;
  readonly verbose?: true;
  readonly json?: true;
}

const EXAMPLE = `
Example:
  $ splitbrain campaign campaign.yaml --shard 1/2 --no-gate --out shards/1      on one machine
  $ splitbrain campaign campaign.yaml --shard 2/2 --no-gate --out shards/2      on another one
  $ splitbrain merge shards/* --out results/all

Evidence is weighed over all runs of a cell, wherever they were made; a run counts once, by its id. The result is that of the whole campaign, and
has the same files. Expectations are those that the shards were given, of which some may have expired since. Merge where the campaign's modules
lie as they do in a shard's checkout. Merged results can be merged again.

Exit code: 0 every claim held or its anomaly is expected, 1 one was refuted, 2 unknown, 254 bad arguments, among them folders of two campaigns and a
run that differs in two folders, 255 a run failed, or a shard is missing. --partial judges what there is.`;

export function mergeCommand(): Command {
  return new Command('merge')
    .description('unite the shards of a campaign into one result with one exit code')
    .argument('<folders...>', 'the folders of the shards, or one that holds them')
    .option('--partial', 'runs that no shard has are merely fewer runs, where they would end it with 255')
    .option('--require-all', 'end with 2 where a cell has fewer runs than were planned')
    .option('--expectations <file>', 'known anomalies (default: those that the shards were given)')
    .option('--out <folder>', 'the new folder for the results (default: one in results/)')
    .option('--since <folder>', 'say of each failure whether this earlier result has it, too')
    .option('--verbose', 'tell the smallest story of what broke, message by message')
    .option('--json', 'print summary.json and nothing else')
    .addHelpText('after', EXAMPLE)
    .action(async (folders: string[], flags: MergeFlags) => {
      process.exitCode = await merge(folders, flags);
    });
}

async function merge(folders: readonly string[], flags: MergeFlags): Promise<number> {
  const { expectations, out } = flags;
  const since = flags.since === undefined ? undefined : earlierIn(flags.since);
  const done = await mergeShards(folders, {
    ...(out === undefined ? {} : { out }),
    ...(expectations === undefined ? {} : { expectations: expectationsIn(expectations) }),
    partial: flags.partial === true,
    requireAll: flags.requireAll === true,
    onRun: writeReportInCampaign,
  });
  const { file } = done;
  const isThere = file !== undefined && existsSync(file.replace(/#.*$/, ''));
  return conclude(done, isThere ? await campaignDocument(file) : undefined, { ...flags, since });
}
