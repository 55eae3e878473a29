/**
 * The sound systems under every fault that they tolerate, on all their
 * workloads: no violation may be found, and the evidence must suffice.
 *
 * `node dist/bench/conformance.js [PATTERN] [RUNS]`, 2,000 runs a cell by default.
 */
import { systems } from '../systems/registry.ts';
import { runCell, SMALL, toleratedFaults } from '../test/systems/cell.ts';
import { workloads } from '../workloads/registry.ts';

const [pattern = '.', runsText = '2000'] = process.argv.slice(2);
const runs = Number(runsText);
const from = Math.floor(Math.random() * 1e9);
let accused = 0;
let all = 0;
for (const system of systems.filter(({ flaw, name }) => !flaw && new RegExp(pattern).test(name))) {
  for (const workload of workloads.filter(({ datatype }) => datatype === system.datatype)) {
    for (const nodes of [3, 5]) {
      const cell = { system, workload, faults: toleratedFaults(system), ...SMALL, nodes };
      const before = process.cpuUsage();
      const { refuted, undecided, evidence } = await runCell(cell, from, runs);
      const used = process.cpuUsage(before);
      const ms = (used.user + used.system) / 1000 / runs;
      all += runs;
      accused += refuted.length;
      const missing = evidence.filter(({ enough }) => !enough);
      console.log(
        `${system.name.padEnd(32)} ${workload.name.padEnd(16)} ${nodes} nodes: ${refuted.length} of ${runs} accused, ` +
          `${undecided.length} undecided, ${ms.toFixed(2)} ms a run`,
      );
      for (const { says } of missing) console.log(`  too little evidence: ${says}`);
      for (const { seed, says } of refuted.slice(0, 3)) console.log(`  seed ${seed}: ${says}`);
    }
  }
}
console.log(
  `${accused} accusations in ${all} runs of sound systems, seeds from ${from} on (${process.version}, ${process.arch})`,
);
