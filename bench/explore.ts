/**
 * How soon each strategy of `splitbrain explore` catches each design that is wrong, and how small what
 * it catches becomes. Every trial begins with a fresh seed and knows nothing; all workloads of the system's
 * datatype take turns. Seconds are of one core's time, so that what else the machine does matters little.
 *
 * `node dist/bench/explore.js [--strategy portfolio,swarm] [--systems
 * PATTERN] [--libraries] [--trials 10] [--seconds 60] [--shard 1/2] [--seed N]`
 */
import { parseArgs } from 'node:util';
import { functionsOf } from 'elle-ts';
import { inMacrotask } from '../harness/clusters/simulation/macrotask.ts';
import type { Counterexample } from '../harness/explore/counterexample-text.ts';
import { counterexample } from '../harness/explore/shrunk-example.ts';
import type { Found } from '../harness/explore/tasks.ts';
import { explore, untaught } from '../harness/explore/worker.ts';
import { libraryDesigns } from '../harness/setting/libraries.ts';
import { systems } from '../systems/registry.ts';
import type { Design } from '../systems/system.ts';
import { workloads } from '../workloads/registry.ts';

const { values: flags } = parseArgs({
  options: {
    strategy: { type: 'string', default: 'portfolio' },
    systems: { type: 'string', default: '.' },
    libraries: { type: 'boolean', default: false },
    trials: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '60' },
    shard: { type: 'string', default: '1/1' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e8)) },
  },
});
const trials = Number(flags.trials);
const [shard = 1, shards = 1] = flags.shard.split('/').map(Number);
/** So many runs are made before the clock is looked at again. */
const BATCH = 10;

interface Trial {
  readonly found: Found | undefined;
  readonly runs: number;
  readonly seconds: number;
}

interface Shrunk {
  readonly calls: number;
  /** Those of its calls that change something. */
  readonly edits: number;
  readonly faults: number;
  readonly seconds: number;
  readonly minimal: boolean;
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Looks for a run that breaks a claim until the time is up. */
async function hunt(system: Design, strategy: string, from: number): Promise<Trial> {
  const fitting = workloads.filter(({ datatype }) => datatype === system.datatype);
  const known = untaught();
  const began = cpuSeconds();
  for (let runs = 0; ; runs += BATCH) {
    const workload = fitting[(runs / BATCH) % fitting.length]!;
    const seeds = Array.from({ length: BATCH }, (_, i) => from + runs + i);
    const task = { system: system.name, workload: workload.name, strategy, seeds, verify: false };
    const { findings } = await inMacrotask(() => explore(task, { system, workload }, known));
    const seconds = cpuSeconds() - began;
    const [found] = findings;
    if (found) return { found, runs: runs + (found.seed - from - runs) + 1, seconds };
    if (seconds > Number(flags.seconds)) return { found: undefined, runs: runs + BATCH, seconds };
  }
}

/** Whether a function of the system's changes something. */
function changes({ datatype }: Design, f: string): boolean {
  const record = functionsOf(datatype)?.functions[f];
  return record?.returns === undefined || record.updates === true;
}

async function shrunk(system: Design, found: Found): Promise<Shrunk | undefined> {
  const began = cpuSeconds();
  const example: Counterexample | undefined = await counterexample(found);
  if (!example) return undefined;
  const { calls, faults } = example.setting.plan;
  return {
    calls: calls.length,
    edits: calls.filter(({ f }) => changes(system, f)).length,
    faults: faults.length,
    seconds: cpuSeconds() - began,
    minimal: example.shrunk.minimal,
  };
}

/** The most seconds that a trial of the strategy took. */
let slowest = 0;

const quantile = (numbers: readonly number[], share: number): number =>
  [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))] ?? Number.NaN;

async function judge(system: Design, strategy: string, stories: Shrunk[]): Promise<boolean> {
  const results: Trial[] = [];
  const small: Shrunk[] = [];
  const names = new Set<string>();
  for (let trial = 0; trial < trials; trial++) {
    const result = await hunt(system, strategy, Number(flags.seed) + trial * 10_000_000);
    results.push(result);
    if (!result.found) continue;
    names.add(result.found.anomaly);
    const story = await shrunk(system, result.found);
    if (story) small.push(story);
  }
  stories.push(...small);
  const caught = results.filter(({ found }) => found);
  slowest = Math.max(slowest, ...caught.map(({ seconds }) => seconds));
  const figure = (numbers: readonly number[], digits = 0) => quantile(numbers, 0.5).toFixed(digits);
  console.log(
    [
      system.name.padEnd(44),
      strategy.padEnd(10),
      `${caught.length}/${trials}`.padEnd(6),
      `${figure(caught.map(({ runs }) => runs))} runs`.padEnd(11),
      `${figure(
        caught.map(({ seconds }) => seconds),
        2,
      )} s`.padEnd(8),
      `to ${figure(small.map(({ calls }) => calls))} calls (${figure(small.map(({ edits }) => edits))} edits), ${figure(small.map(({ faults }) => faults))} faults in ${figure(
        small.map(({ seconds }) => seconds),
        1,
      )} s`,
      [...names].join(' '),
    ].join(' '),
  );
  return caught.length >= trials * 0.9;
}

const wrong = (flags.libraries ? await libraryDesigns() : systems)
  .filter(({ flaw, name }) => flaw && new RegExp(flags.systems).test(name))
  .filter((_, i) => i % shards === shard - 1);
for (const strategy of flags.strategy.split(',')) {
  slowest = 0;
  const stories: Shrunk[] = [];
  const missed: string[] = [];
  for (const system of wrong) if (!(await judge(system, strategy, stories))) missed.push(system.name);
  const of = (what: (story: Shrunk) => number, share: number) => quantile(stories.map(what), share);
  console.log(
    `${strategy}: ${wrong.length - missed.length} of ${wrong.length} caught in nine of ten trials of ${flags.seconds} s` +
      `${missed.length > 0 ? `, not ${missed.join(', ')}` : ''}; ${stories.length} shrunk to a median of ` +
      `${of(({ calls }) => calls, 0.5)} calls (${of(({ edits }) => edits, 0.5)} edits) and ${of(({ faults }) => faults, 0.5)} faults in ${of(({ seconds }) => seconds, 0.5).toFixed(2)} s, ` +
      `at most ${of(({ edits }) => edits, 1)} edits and ${of(({ faults }) => faults, 1)} faults, found within ${slowest.toFixed(1)} s, ` +
      `nine of ten to at most ${of(({ calls }) => calls, 0.9)} calls in ${of(({ seconds }) => seconds, 0.9).toFixed(1)} s, ` +
      `${stories.filter(({ minimal }) => !minimal).length} not minimal (${process.version}, ${process.arch}, seed ${flags.seed})`,
  );
}
