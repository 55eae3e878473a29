/**
 * What a small simulated run of each design costs: 3 nodes, 30 calls in 3
 * virtual seconds, partitions, crashes and bad links, judged for its claims.
 *
 * `node dist/bench/designs.js [PATTERN] [RUNS]`, 500 runs each by default. Prints the median
 * and the 99th percentile of CPU ms a run, so that what else the machine does counts little.
 */

import { inMacrotask } from '../harness/clusters/simulation/macrotask.ts';
import { systems } from '../systems/registry.ts';
import { runOnce, SMALL } from '../test/systems/cell.ts';
import { workloads } from '../workloads/registry.ts';

const [pattern = '.', runsText = '500'] = process.argv.slice(2);
const runs = Number(runsText);
const faults = ['partition', 'crash', 'link'];
const slow: string[] = [];
for (const system of systems.filter(({ name }) => new RegExp(pattern).test(name))) {
  const workload = workloads.find(({ datatype }) => datatype === system.datatype);
  if (!workload) continue;
  const cell = { system, workload, faults, ...SMALL, ratePerSecond: 10 };
  const times = await inMacrotask(() => {
    for (let seed = 1; seed <= 100; seed++) runOnce(cell, seed);
    return Array.from({ length: runs }, (_, i) => {
      const before = process.cpuUsage();
      runOnce(cell, 1000 + i);
      const { user, system: kernel } = process.cpuUsage(before);
      return (user + kernel) / 1000;
    });
  });
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * times.length)] ?? 0;
  if (at(0.5) >= 2) slow.push(system.name);
  console.log(
    `${system.name.padEnd(46)} ${workload.name.padEnd(16)} ${at(0.5).toFixed(2)} ms median, ${at(0.99).toFixed(2)} ms 99%`,
  );
}
console.log(
  `${slow.length} designs take 2 ms or more: ${slow.join(', ') || 'none'} (${process.version}, ${process.arch})`,
);
