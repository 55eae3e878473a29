/**
 * Whether a design floods its links: the messages that nodes send each other for a call, without faults
 * and under each kind of fault that the design tolerates, from the same seeds. A design that asks again may
 * send several times as much under faults; one that answers an answer sends more and more, and is named.
 *
 * `node dist/bench/messages.js [PATTERN] [SEEDS]`, 20 seeds each by default; ends with 1 where a bound is broken.
 */
import { inMacrotask } from '../harness/clusters/simulation/macrotask.ts';
import { systems } from '../systems/registry.ts';
import type { Design } from '../systems/system.ts';
import { type Cell, runOnce, SMALL, toleratedFaults } from '../test/systems/cell.ts';
import { workloads } from '../workloads/registry.ts';

const [pattern = '.', seedsText = '20'] = process.argv.slice(2);
const seeds = Number(seedsText);
/** Under faults at most so many times as many messages as without, */
const TIMES = 3;
/** and so many more for a node and a second: who is alone asks for the others. */
const A_NODE_AND_SECOND = 20;

/** Nodes send whatever the run lasts, also while final calls are made: messages by virtual second. */
function rateOf(cell: Cell, seed: number): number {
  const { result } = runOnce(cell, seed);
  return (result.traffic.messages * 1000) / Math.max(1, result.healedMs);
}

function most(cell: Cell): number {
  return Math.max(...Array.from({ length: seeds }, (_, i) => rateOf(cell, i + 1)));
}

async function report(system: Design): Promise<boolean> {
  const workload = workloads.find(({ datatype }) => datatype === system.datatype);
  if (!workload) return true;
  const cell = { system, workload, ...SMALL, nodes: 5, faults: [] };
  const kinds = toleratedFaults(system);
  const calm = await inMacrotask(() => most(cell));
  const under = await inMacrotask(() => kinds.map((kind) => [kind, most({ ...cell, faults: [kind] })] as const));
  const bound = calm * TIMES + cell.nodes * A_NODE_AND_SECOND;
  const floods = under.filter(([, rate]) => rate > bound);
  const each = under.map(([kind, rate]) => `${kind} ${Math.round(rate)}`).join(', ');
  console.log(
    `${system.name.padEnd(32)} ${Math.round(calm)} messages a second without faults, at most ${Math.round(bound)}: ${each}` +
      `${floods.length > 0 ? ` FLOODS under ${floods.map(([kind]) => kind).join(', ')}` : ''}`,
  );
  return floods.length === 0;
}

const flooding: string[] = [];
for (const system of systems.filter(({ name, flaw }) => !flaw && new RegExp(pattern).test(name)))
  if (!(await report(system))) flooding.push(system.name);
console.log(`${flooding.length} designs flood: ${flooding.join(', ') || 'none'} (${process.version}, ${process.arch})`);
if (flooding.length > 0) process.exitCode = 1;
