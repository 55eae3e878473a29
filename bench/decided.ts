/**
 * Whether runs end with an answer: every sound design under all faults of `--faults all` that its claims tolerate,
 * on 5 nodes, with the same seeds each. Prints decided, refuted and unknown runs by design, how
 * many fault intervals the runs had, and why those that are unknown are.
 *
 * `node dist/bench/decided.js [--cluster simulation|processes] [--systems PATTERN] [--seeds 10] [--time 10s]
 * [--nodes 5] [--json FILE]`. Simulated runs ask for nothing of the machine; real processes want it idle.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { messageOf } from '../harness/node/thrown.ts';
import { runPrepared } from '../harness/running/run.ts';
import { msOf } from '../harness/setting/durations.ts';
import { prepare } from '../harness/setting/setting.ts';
import { systems } from '../systems/registry.ts';
import type { Design } from '../systems/system.ts';
import { toleratedFaults } from '../test/systems/cell.ts';

const { values: flags } = parseArgs({
  options: {
    cluster: { type: 'string', default: 'simulation' },
    systems: { type: 'string', default: '.' },
    seeds: { type: 'string', default: '10' },
    time: { type: 'string', default: '10s' },
    nodes: { type: 'string', default: '5' },
    json: { type: 'string' },
  },
});

interface Row {
  readonly system: string;
  readonly valid: number;
  readonly invalid: number;
  readonly unknown: number;
  readonly failed: number;
  /** The fewest and the most fault intervals of a run that had an effect or not. */
  readonly intervals: readonly [least: number, most: number];
  readonly says: readonly string[];
}

const ALL = ['partition', 'link', 'crash', 'pause', 'clock'];

async function rowOf(system: Design): Promise<Row> {
  const tolerated: readonly string[] = toleratedFaults(system);
  const faults = ALL.every((kind) => tolerated.includes(kind))
    ? ['all']
    : ALL.filter((kind) => tolerated.includes(kind));
  const counts = { valid: 0, invalid: 0, unknown: 0, failed: 0 };
  const intervals: number[] = [];
  const says: string[] = [];
  for (let seed = 1; seed <= Number(flags.seeds); seed++) {
    try {
      const prepared = await prepare({
        ...{ system: system.name, cluster: flags.cluster as 'simulation', seed, faults, nodes: Number(flags.nodes) },
        options: { durationMs: msOf(flags.time) ?? 10_000 },
      });
      const { result } = await runPrepared(prepared, {});
      counts[result.verdict]++;
      intervals.push(result.faults.length);
      if (result.verdict !== 'valid') says.push(`seed ${seed}: ${result.verdict}: ${result.says}`);
    } catch (error) {
      counts.failed++;
      says.push(`seed ${seed}: ${messageOf(error)}`);
    }
  }
  return { system: system.name, ...counts, intervals: [Math.min(...intervals), Math.max(...intervals)], says };
}

const rows: Row[] = [];
for (const system of systems.filter(({ name, flaw }) => !flaw && new RegExp(flags.systems).test(name))) {
  const row = await rowOf(system);
  rows.push(row);
  const { valid, invalid, unknown, failed, intervals } = row;
  console.log(
    `${row.system.padEnd(32)} ${valid} decided, ${invalid} refuted, ${unknown} unknown, ${failed} failed, ` +
      `${intervals.join(' to ')} intervals`,
  );
  for (const line of row.says) console.log(`  ${line.slice(0, 260)}`);
}
const sum = (what: 'valid' | 'invalid' | 'unknown' | 'failed') => rows.reduce((total, row) => total + row[what], 0);
const all = sum('valid') + sum('invalid') + sum('unknown') + sum('failed');
console.log(
  `${flags.cluster}, ${flags.time}: ${sum('valid')} of ${all} decided (${((100 * sum('valid')) / Math.max(1, all)).toFixed(1)}%), ` +
    `${sum('invalid')} refuted, ${sum('unknown')} unknown, ${sum('failed')} failed (${process.version}, ${process.arch})`,
);
if (flags.json) writeFileSync(flags.json, `${JSON.stringify(rows, null, 1)}\n`);
