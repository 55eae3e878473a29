/**
 * Many small runs (3 nodes, 45 calls, 3 s) of a library's sound designs, in turn, under all faults that they tolerate:
 * how many were valid with effective faults, unknown or accused. With --verify each is made twice, and compared.
 * After `npm run libraries`: `node dist/bench/libraries-proof.js LIBRARY RUNS [FIRST-SEED] [--verify]`.
 */
import { createHash } from 'node:crypto';
import { inMacrotask } from '../harness/clusters/simulation/macrotask.ts';
import type { Run } from '../harness/judging/result.ts';
import { libraryDesigns } from '../harness/setting/libraries.ts';
import { runOnce, SMALL, toleratedFaults } from '../test/systems/cell.ts';
import { workloads } from '../workloads/registry.ts';

const [library = 'yjs', runs = '100', first = '1'] = process.argv.slice(2).filter((one) => !one.startsWith('--'));
const verify = process.argv.includes('--verify');

const sound = (await libraryDesigns()).filter(({ name, flaw }) => !flaw && name.startsWith(`${library}/`));
/** Texts and lists as people edit them, too. */
const cells = sound.flatMap((system) =>
  workloads
    .filter(({ datatype }) => datatype === system.datatype)
    .map((workload) => ({ system, workload, faults: toleratedFaults(system), ...SMALL })),
);

function digest({ history, messages, trace, logs, result }: Run): string {
  const all = [Object.values(history.columns), history.nemesis, messages, trace, [...logs], result.says];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}

const counts = { valid: 0, unknown: 0, invalid: 0, different: 0 };
const reasons = new Map<string, number>();
const from = Number(first);
const began = process.cpuUsage();
for (let seed = from; seed < from + Number(runs); seed++) {
  const cell = cells[seed % cells.length]!;
  const run = await inMacrotask(() => runOnce(cell, seed));
  const { verdict, says } = run.result;
  counts[verdict]++;
  if (verdict === 'invalid') console.log(`${cell.system.name} ${cell.workload.name} seed ${seed}: ${says}`);
  const reason = says.replace(/\d+/g, 'n').replaceAll(cell.system.name, 'it');
  if (verdict === 'unknown') reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  if (verify && digest(await inMacrotask(() => runOnce(cell, seed))) !== digest(run)) {
    counts.different++;
    console.log(`${cell.system.name} ${cell.workload.name} seed ${seed} ran differently twice`);
  }
}
const { user, system } = process.cpuUsage(began);
const ms = (user + system) / 1000 / Number(runs);
console.log(
  `${library} from seed ${from}: ${runs} runs of ${cells.length} cells, ${JSON.stringify(counts)}, ${ms.toFixed(1)} ms a run`,
);
for (const [reason, count] of [...reasons].sort((a, b) => b[1] - a[1]).slice(0, 3))
  console.log(`  ${count} x ${reason}`);
