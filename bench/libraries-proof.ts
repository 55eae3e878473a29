/**
 * Many runs (3 nodes, 96 calls, 4 s) of a library's sound designs, in turn, under all faults that they tolerate: how
 * many were valid with effective faults, unknown or accused. With --verify each is made twice, and compared. Prints
 * how much memory WebAssembly and the process have after the 10th run and at the end, and how each cell fared; now and
 * then how far it is, with the command for the rest, should it be ended.
 * After `npm run libraries`:
 * `node dist/bench/libraries-proof.js LIBRARY RUNS [FIRST-SEED] [--verify] [--only PATTERN]`.
 */
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { inMacrotask } from '../harness/clusters/simulation/macrotask.ts';
import type { Run } from '../harness/judging/result.ts';
import { libraryDesigns } from '../harness/setting/libraries.ts';
import { richCell, runOnce } from '../test/systems/cell.ts';
import { workloads } from '../workloads/registry.ts';
import { memoryText, watchWebAssembly } from './wasm-memory.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { verify: { type: 'boolean', default: false }, only: { type: 'string', default: '.' } },
});
const [library = 'yjs', runs = '100', first = '1'] = positionals;

watchWebAssembly();
const sound = (await libraryDesigns()).filter(
  ({ name, flaw }) => !flaw && name.startsWith(`${library}/`) && new RegExp(flags.only).test(name),
);
/** Texts and lists as people edit them, too. */
const cells = sound.flatMap((system) =>
  workloads.filter(({ datatype }) => datatype === system.datatype).map((workload) => richCell(system, workload)),
);

function digest({ history, messages, trace, logs, result }: Run): string {
  const all = [Object.values(history.columns), history.nemesis, messages, trace, [...logs], result.says];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}

const counts = { valid: 0, unknown: 0, invalid: 0, different: 0 };
const reasons = new Map<string, number>();
const byCell = new Map<string, Record<Run['result']['verdict'], number>>();
/** After so many runs it says how far it is. */
const A_WHILE = 250;
const from = Number(first);

function tellProgress(done: number, left: number, next: number): void {
  const { valid, unknown, invalid } = counts;
  const rest = [library, left, next, ...(flags.verify ? ['--verify'] : []), '--only', flags.only].join(' ');
  console.error(
    `${done} of ${runs}: ${valid} valid, ${unknown} unknown, ${invalid} accused; the rest: node dist/bench/libraries-proof.js ${rest}`,
  );
}

const began = process.cpuUsage();
let early = '';
for (let seed = from; seed < from + Number(runs); seed++) {
  const cell = cells[seed % cells.length]!;
  const run = await inMacrotask(() => runOnce(cell, seed));
  const { verdict, says } = run.result;
  counts[verdict]++;
  const name = `${cell.system.name} ${cell.workload.name}`;
  const ofCell = byCell.get(name) ?? { valid: 0, unknown: 0, invalid: 0 };
  byCell.set(name, ofCell);
  ofCell[verdict]++;
  if (verdict === 'invalid') console.log(`${cell.system.name} ${cell.workload.name} seed ${seed}: ${says}`);
  const reason = says.replace(/\d+/g, 'n').replaceAll(cell.system.name, 'it');
  if (verdict === 'unknown') reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  if (flags.verify && digest(await inMacrotask(() => runOnce(cell, seed))) !== digest(run)) {
    counts.different++;
    console.log(`${cell.system.name} ${cell.workload.name} seed ${seed} ran differently twice`);
  }
  const [done, left] = [seed - from + 1, from + Number(runs) - seed - 1];
  if (done % A_WHILE === 0 && left > 0) tellProgress(done, left, seed + 1);
  if (seed === from + 9) early = memoryText();
}
const { user, system } = process.cpuUsage(began);
const ms = (user + system) / 1000 / Number(runs);
const { valid, unknown, invalid, different } = counts;
console.log(
  `${library} from seed ${from}: ${runs} runs of ${cells.length} cells: ${valid} valid, ${unknown} unknown, ` +
    `${invalid} accused${flags.verify ? `, ${different} different when repeated` : ''}, ${ms.toFixed(1)} ms a run`,
);
console.log(`  memory after 10 runs: ${early}; after all: ${memoryText()}`);
for (const [reason, count] of [...reasons].sort((a, b) => b[1] - a[1]).slice(0, 5))
  console.log(`  ${count} x ${reason}`);
for (const [name, { valid, unknown, invalid }] of [...byCell].sort())
  console.log(`  ${name}: ${valid} valid, ${unknown} unknown, ${invalid} accused`);
process.exitCode = invalid + different > 0 ? 1 : 0;
