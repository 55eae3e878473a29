/** `splitbrain shrink`: makes a stored failure smaller, and looks for one in the simulation that repeats. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { completionLine, explain, type History, invocationLine } from 'elle-ts';
import { searchAround } from '../harness/explore/around.ts';
import { writeCounterexample } from '../harness/explore/counterexample.ts';
import { shrinkHistory } from '../harness/explore/shrink-history.ts';
import { shellWord } from '../harness/setting/command.ts';
import { sourceOf } from '../harness/setting/sources.ts';
import { subjectOf } from '../harness/setting/subject.ts';
import { workloadFrom } from '../harness/setting/workload-source.ts';
import { readRun } from '../harness/store/store.ts';
import { typed } from './called.ts';
import { EXIT } from './exit.ts';

const EXAMPLE = `
Example:
  $ splitbrain shrink results/latest

Writes history.small.jsonl (registers only: of other datatypes no operation can be left out without proving less) and, where the
simulation shows the same kind of anomaly, counterexample.json. Exit code: 1 the run has an anomaly, 0 it has none.`;

export function shrinkCommand(): Command {
  return new Command('shrink')
    .description('make the failure of a stored run small, and find it again in the simulation')
    .argument('<run>', "a run's folder")
    .addHelpText('after', EXAMPLE)
    .action(async (folder: string) => {
      process.exitCode = await shrink(folder);
    });
}

async function shrink(folder: string): Promise<number> {
  const run = await readRun(folder);
  const { setting, result, history } = run;
  const workload = await workloadFrom(sourceOf(setting.workload));
  const refuted = Object.entries(result.checkers).find(([, verdict]) => verdict.type === 'invalid');
  if (refuted?.[1].type !== 'invalid') {
    process.stdout.write(`${folder}: no anomaly to shrink (${result.says})\n`);
    return EXIT.held;
  }
  const [name, { anomalies }] = refuted;
  const checker = workload.checkers.find((one) => one.name === name);
  if (checker && workload.datatype === 'register') {
    const small = shrinkHistory(history, checker, anomalies[0].name);
    const file = join(folder, 'history.small.jsonl');
    writeFileSync(file, linesOf(small));
    const verdict = checker.check(small);
    const proof = verdict.type === 'invalid' ? verdict.anomalies[0] : anomalies[0];
    process.stdout.write(`${file}: ${small.length} of ${history.length} operations\n\n${explain(small, proof)}\n\n`);
  }
  const example = await searchAround(await subjectOf(setting), run, anomalies[0].name);
  if (!example) {
    process.stdout.write(
      typed('The simulation did not show it around this setting; try: splitbrain explore --system '),
    );
    process.stdout.write(`${shellWord(setting.system)} --workload ${shellWord(setting.workload)}\n`);
    return EXIT.refuted;
  }
  const file = join(folder, 'counterexample.json');
  writeCounterexample(example, file);
  process.stdout.write(typed(`${file}: ${example.says}\nRepeat it: splitbrain replay ${shellWord(file)}\n`));
  return EXIT.refuted;
}

/** The history as a file of its own; its events are numbered anew, without gaps. */
function linesOf(history: History): string {
  const events = [...history].flatMap((operation) => {
    const { process, f, key, input, node, final, start, end, startNs, endNs, outcome } = operation;
    const call = { f, key, input, node, final };
    const invoked = { at: start, line: (index: number) => invocationLine(index, startNs, process, call) };
    if (!Number.isFinite(endNs)) return [invoked];
    return [invoked, { at: end, line: (index: number) => completionLine(index, endNs, process, call, outcome) }];
  });
  events.sort((a, b) => a.at - b.at);
  return events.map(({ line }, index) => `${line(index)}\n`).join('');
}
