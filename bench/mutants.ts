/**
 * Whether every design that is wrong is caught by the anomaly that its file names: from fresh seeds, ten times each, within 60 s on one core. Prints
 * for each how often, the median of runs and seconds to the first catch, and the size of the run that shows it.
 *
 * `node dist/bench/mutants.js [PATTERN] [TRIALS] [SECONDS]`
 */
import { systems } from '../systems/registry.ts';
import type { System } from '../systems/system.ts';
import { anomaliesOf, type Cell, inMacrotask, runOnce } from '../test/systems/cell.ts';
import { huntOf } from '../test/systems/hunts.ts';

const [pattern = '.', trialsText = '10', secondsText = '60'] = process.argv.slice(2);
const trials = Number(trialsText);
const budgetMs = Number(secondsText) * 1000;

interface Trial {
  readonly caught: boolean;
  readonly runs: number;
  readonly ms: number;
  readonly calls: number;
}

function hunt(cell: Cell, anomaly: string, from: number): Trial {
  const began = performance.now();
  for (let runs = 1; ; runs++) {
    const result = runOnce(cell, from + runs);
    const ms = performance.now() - began;
    const caught = anomaliesOf(result).includes(anomaly);
    if (caught || ms > budgetMs) return { caught, runs, ms, calls: result.plan.calls.length };
  }
}

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

async function report(system: System): Promise<boolean> {
  const cell = huntOf(system);
  const anomaly = system.flaw?.anomaly ?? '';
  const results: Trial[] = [];
  for (let trial = 1; trial <= trials; trial++) {
    results.push(await inMacrotask(() => hunt(cell, anomaly, Math.floor(Math.random() * 1e9) + trial)));
  }
  const caught = results.filter((trial) => trial.caught);
  const seconds = (median(caught.map(({ ms }) => ms)) / 1000).toFixed(1);
  const columns = [
    system.name.padEnd(40),
    anomaly.padEnd(22),
    `${caught.length}/${trials}`.padEnd(6),
    `${median(caught.map(({ runs }) => runs))} runs`.padEnd(10),
    `${seconds} s`.padEnd(8),
    `${median(caught.map(({ calls }) => calls))} calls`,
  ];
  console.log(columns.join(' '));
  return caught.length >= trials * 0.9;
}

let caught = 0;
const wrong = systems.filter(({ flaw, name }) => flaw && new RegExp(pattern).test(name));
for (const system of wrong) if (await report(system)) caught++;
console.log(`${caught} of ${wrong.length} caught in at least nine of ten hunts (${process.version}, ${process.arch})`);
