/**
 * Whether every design that is wrong is caught by the anomaly that its file names: from fresh seeds,
 * ten times each, within 60 s on one core. Prints for each how often; the median of runs and seconds
 * to the first catch; the size of the smallest counterexample that its first catches shrink to, in calls
 * and faults; and, where the design has invariants, the median of runs until one of them is broken.
 *
 * `node dist/bench/mutants.js [PATTERN] [TRIALS] [SECONDS]`
 */

import { inMacrotask } from '../harness/clusters/simulation/macrotask.ts';
import { shrink } from '../harness/explore/shrink.ts';
import { systems } from '../systems/registry.ts';
import type { Design } from '../systems/system.ts';
import { anomaliesOf, type Cell, plannedOf, runOnce } from '../test/systems/cell.ts';
import { huntOf } from '../test/systems/hunts.ts';

const [pattern = '.', trialsText = '10', secondsText = '60'] = process.argv.slice(2);
const trials = Number(trialsText);
const budgetMs = Number(secondsText) * 1000;
/** So many catches of each are shrunk. */
const SHRUNK = 3;

interface Trial {
  readonly caught: boolean;
  readonly runs: number;
  readonly ms: number;
  readonly seed: number;
  /** Runs until an invariant was broken, up to the catch. */
  readonly untilInvariant?: number;
}

function hunt(cell: Cell, anomaly: string, from: number): Trial {
  const began = performance.now();
  const invariants = Object.keys(cell.system.invariants ?? {});
  let untilInvariant: number | undefined;
  for (let runs = 1; ; runs++) {
    const seed = from + runs;
    const found = anomaliesOf(runOnce(cell, seed).result);
    const ms = performance.now() - began;
    if (found.some((name) => invariants.includes(name))) untilInvariant ??= runs;
    const caught = found.includes(anomaly);
    if (caught || ms > budgetMs)
      return { caught, runs, ms, seed, ...(untilInvariant === undefined ? {} : { untilInvariant }) };
  }
}

/** Calls and faults of the smallest run that some catches shrink to. */
function smallest(cell: Cell, anomaly: string, catches: readonly Trial[]): string {
  const sizes = catches.slice(0, SHRUNK).flatMap(({ seed }) => {
    const shrunk = shrink(cell, plannedOf(cell, seed), anomaly);
    return shrunk ? [[shrunk.planned.plan.calls.length, shrunk.planned.plan.faults.length] as const] : [];
  });
  const [least] = sizes.sort((a, b) => a[0] + a[1] - b[0] - b[1]);
  return least ? `${least[0]} calls, ${least[1]} faults` : 'not shrunk';
}

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

async function report(system: Design): Promise<boolean> {
  const cell = huntOf(system);
  const anomaly = system.flaw?.anomaly ?? '';
  const results: Trial[] = [];
  for (let trial = 1; trial <= trials; trial++) {
    results.push(await inMacrotask(() => hunt(cell, anomaly, Math.floor(Math.random() * 1e9) + trial)));
  }
  const caught = results.filter((trial) => trial.caught);
  const seconds = (median(caught.map(({ ms }) => ms)) / 1000).toFixed(1);
  const broken = results.flatMap(({ untilInvariant }) => untilInvariant ?? []);
  const invariants = system.invariants ? `invariants ${broken.length}/${trials}, ${median(broken)} runs` : '';
  const columns = [
    system.name.padEnd(46),
    anomaly.padEnd(22),
    (caught.length >= trials * 0.9 ? 'caught' : 'MISSED').padEnd(6),
    `${caught.length}/${trials}`.padEnd(6),
    `${median(caught.map(({ runs }) => runs))} runs`.padEnd(10),
    `${seconds} s`.padEnd(8),
    (await inMacrotask(() => smallest(cell, anomaly, caught))).padEnd(20),
    invariants,
  ];
  console.log(columns.join(' ').trimEnd());
  return caught.length >= trials * 0.9;
}

const missed: string[] = [];
const wrong = systems.filter(({ flaw, name }) => flaw && new RegExp(pattern).test(name));
for (const system of wrong) if (!(await report(system))) missed.push(system.name);
const share = ((100 * (wrong.length - missed.length)) / Math.max(1, wrong.length)).toFixed(0);
console.log(
  `${wrong.length - missed.length} of ${wrong.length} (${share}%) caught in at least nine of ten hunts (${process.version}, ${process.arch})`,
);
if (missed.length > 0) console.log(`missed: ${missed.join(', ')}`);
