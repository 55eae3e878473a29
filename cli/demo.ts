/** `splitbrain demo`: a search that finds a bug and tells its story, and a small campaign, green, with its pages. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { counted } from 'elle-ts';
import { demoCampaign } from '../harness/campaign/built-in.ts';
import { runCampaign } from '../harness/campaign/campaign.ts';
import { entry } from '../harness/entry.ts';
import { brief } from '../harness/explore/brief.ts';
import type { Counterexample } from '../harness/explore/counterexample-text.ts';
import { search } from '../harness/explore/search.ts';
import { PORTFOLIO } from '../harness/explore/strategies.ts';
import { folded } from '../harness/explore/wrap.ts';
import { newFolder } from '../harness/store/store.ts';
import { isNpmStart, typed } from './called.ts';
import { expectationsIn } from './campaign.ts';
import { conclude } from './campaign-outputs.ts';
import { EXIT, worstExit } from './exit.ts';
import { storeReplay } from './replay.ts';
import { status } from './status.ts';
import { columnsOf } from './width.ts';

/** A register on quorums whose reads do not write back what they found: ABD without its second phase. */
const SYSTEM = 'quorum/no-write-back';
/** Found among the first hundred; the same runs everywhere, as they are simulated. */
const MOST_RUNS = 1000;
/** Lines of the argument that are told, so that the whole story has twenty. */
const SHOWN_STEPS = 4;

const EXAMPLE = `
Example:
  $ splitbrain demo

Everything is simulated, takes seconds, and is the same on every machine.

Exit code: 0 the bug was found and every claim of the campaign held or its anomaly is expected; otherwise as campaign has it.`;

export function demoCommand(): Command {
  return new Command('demo')
    .description('find a bug and tell its story, then run a small campaign: what this is, in a minute')
    .addHelpText('after', EXAMPLE)
    .action(async () => {
      process.exitCode = await demo();
    });
}

async function demo(): Promise<number> {
  print(
    `1. A search for a bug in ${SYSTEM}, a register on quorums whose reads skip a step: writing back what they found.`,
  );
  const { runs, seconds, findings } = await search({
    subjects: [{ system: SYSTEM, workload: 'register' }],
    strategy: PORTFOLIO.name,
    verify: false,
    seed: 1,
    runs: MOST_RUNS,
    stopAtFirst: true,
    onProgress: ({ runs: made }) => status(`${made} simulated runs`),
  });
  status('');
  const [found] = findings;
  const story = found ? await tell(found, `${runs} simulated runs, ${seconds.toFixed(1)} s`) : undefined;
  if (!story) print(`   ${runs} simulated runs did not show it, which is not as it should be: please report it.`);
  print(
    '',
    '2. A campaign: five systems under four kinds of fault. Two of them, called slide, are known to be wrong.',
    '',
  );
  const own = fileURLToPath(new URL('../../expectations.json', import.meta.url));
  const done = await runCampaign(demoCampaign(expectationsIn(own)), {
    command: 'splitbrain demo',
    worker: entry('campaign-worker'),
    onProgress: ({ done: made, of, last }) => status(`${made} of ${of} runs: ${last.system}`),
  });
  const code = await conclude(done, undefined, {});
  print(...nextSteps(story, join(done.folder, 'index.html')));
  return worstExit([code, story ? EXIT.held : EXIT.unknown]);
}

/** Stores and tells it; returns its folder. */
async function tell(example: Counterexample, cost: string): Promise<string> {
  const folder = newFolder(undefined, 'demo');
  const { run } = await storeReplay(folder, join(folder, 'counterexample.json'), example);
  const { shrunk, setting, anomaly } = example;
  const indented = (line: string) => `   ${line}`;
  print(
    indented(
      `Found in ${cost}; shrunk from ${counted(shrunk.calls, 'call')} to ${counted(setting.plan.calls.length, 'call')}.`,
    ),
    '',
    ...brief(run, columnsOf(process.stdout) - 3).map(indented),
    '',
    ...anomaly.steps.slice(0, SHOWN_STEPS).flatMap((step) => folded(step, columnsOf(process.stdout) - 3).map(indented)),
  );
  return folder;
}

function nextSteps(story: string | undefined, page: string): readonly string[] {
  const seen = story === undefined ? [] : [[join(story, 'report.html'), 'the bug, in a browser']];
  const again =
    story === undefined
      ? []
      : [[`splitbrain replay ${join(story, 'counterexample.json')}`, 'the bug again, message by message']];
  const own = isNpmStart ? [] : [['splitbrain init', 'files to start with, for a system of your own']];
  return [
    '',
    'Open',
    ...table([...seen, [page, 'the campaign']]),
    'Then try',
    ...table([
      ...again,
      ['splitbrain run --system quorum/abd --faults partition,crash', 'real processes, one run'],
      ...own,
      ['splitbrain --help', 'all commands; README.md shows a system of your own'],
    ]),
  ];
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  return rows.map(([what = '', says = '']) => `  ${typed(what).padEnd(70)}  ${says}`);
}

function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
