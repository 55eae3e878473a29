/**
 * One exploration of every design: a sound one in so many simulated runs under all faults
 * that it tolerates, over all its workloads, one that is wrong until its claim is refuted.
 * Seeds count from 1, so that the same code finds the same; nothing is measured in seconds.
 *
 * `node dist/bench/exploration.js [RUNS] [PATTERN]`, 100 by default, writes systems/exploration.json, which
 * docs/reference/designs.md shows (`UPDATE_README=1 npx vitest run test/docs.test.ts`). Designs whose names lack the
 * pattern keep what it says.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inMacrotask } from '../harness/clusters/simulation/macrotask.ts';
import { systems } from '../systems/registry.ts';
import type { Design } from '../systems/system.ts';
import { anomaliesOf, runCell, runOnce, SMALL, toleratedFaults } from '../test/systems/cell.ts';
import { huntOf } from '../test/systems/hunts.ts';
import { workloads } from '../workloads/registry.ts';

const given = process.argv.slice(2);
const RUNS = Number(given.find((word) => /^\d+$/.test(word)) ?? '100');
const PATTERN = given.find((word) => !/^\d+$/.test(word)) ?? '';
/** One that is wrong is given up on after so many. */
const MOST_RUNS = 30 * RUNS;
const FILE = fileURLToPath(new URL('../../systems/exploration.json', import.meta.url));

async function exploreSound(system: Design): Promise<string> {
  const fitting = workloads.filter(({ datatype }) => datatype === system.datatype);
  const runs = Math.ceil(RUNS / fitting.length);
  for (const workload of fitting) {
    const cell = { system, workload, faults: toleratedFaults(system), ...SMALL };
    const { refuted, undecided } = await runCell(cell, 1, runs);
    if (refuted[0]) return `refuted on ${workload.name}, seed ${refuted[0].seed}: ${refuted[0].says}`;
    if (undecided[0]) return `undecided on ${workload.name}, seed ${undecided[0].seed}: ${undecided[0].says}`;
  }
  return `kept in ${runs * fitting.length} runs`;
}

async function exploreWrong(system: Design): Promise<string> {
  const cell = huntOf(system);
  for (let seed = 1; seed <= MOST_RUNS; seed++) {
    const found = await inMacrotask(() => anomaliesOf(runOnce(cell, seed).result));
    if (found.length > 0) return `refuted in run ${seed}: ${[...new Set(found)].sort().join(', ')}`;
  }
  return `not refuted in ${MOST_RUNS} runs`;
}

if (!systems.some(({ name }) => name.includes(PATTERN))) throw new Error(`no design is called ${PATTERN}`);
const recorded = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, string>;
const verdicts: Record<string, string> = {};
for (const system of systems) {
  const before = system.name.includes(PATTERN) ? undefined : recorded[system.name];
  const verdict = before ?? (await (system.flaw ? exploreWrong(system) : exploreSound(system)));
  verdicts[system.name] = verdict;
  if (before === undefined) console.log(`${system.name.padEnd(46)} ${verdict}`);
}
writeFileSync(FILE, `${JSON.stringify(verdicts, null, 1)}\n`);
const found = systems.filter(({ name, flaw }) => flaw && verdicts[name]?.startsWith('refuted')).length;
const kept = systems.filter(({ name, flaw }) => !flaw && verdicts[name]?.startsWith('kept')).length;
const wrong = systems.filter(({ flaw }) => flaw).length;
console.log(
  `${found} of ${wrong} wrong designs refuted, ${kept} of ${systems.length - wrong} sound ones kept their claims`,
);
