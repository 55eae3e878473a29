/**
 * What designs cost, measured in the simulation: messages and time
 * without faults, and who is answered while one node is cut off.
 */

import { inMacrotask } from '../../../harness/clusters/simulation/macrotask.ts';
import { runNow } from '../../../harness/explore/trial.ts';
import type { Run } from '../../../harness/judging/result.ts';
import { type Cell, plannedOf, SMALL } from '../cell.ts';
import { huntOf } from '../hunts.ts';
import { systemNamed } from './counterexamples.ts';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** A table with a row for each of these systems. */
export async function costsText(names: readonly string[]): Promise<string> {
  const rows: string[] = [];
  for (const name of names) rows.push(await inMacrotask(() => rowOf(name)));
  return [
    '| system | messages an operation | others a second | ms, median and 99% | answered while a node is cut off |',
    '|---|--:|--:|---|--:|',
    ...rows,
  ].join('\n');
}

function rowOf(name: string): string {
  const system = systemNamed(name);
  const cell = { ...huntOf(system), ...SMALL, system };
  const calm = SEEDS.map((seed) => runOf({ ...cell, faults: [] }, seed));
  const operations = sum(calm.map(({ history }) => history.length));
  const messages = calm.flatMap((run) => run.messages);
  const caused = messages.filter(({ root }) => root.startsWith('operation ')).length;
  const virtualSeconds = (SEEDS.length * cell.durationMs) / 1000;
  const perOperation = (caused / operations).toFixed(1);
  const others = ((messages.length - caused) / virtualSeconds).toFixed(0);
  return `| \`${name}\` | ${perOperation} | ${others} | ${timesText(calm)} | ${answeredWhileCut(cell)} |`;
}

function runOf(cell: Cell, seed: number): Run {
  return runNow(cell, plannedOf(cell, seed), { journal: true });
}

/** How long answered operations took, by function. */
function timesText(runs: readonly Run[]): string {
  const times = new Map<string, number[]>();
  for (const { f, outcome, startNs, endNs } of runs.flatMap(({ history }) => [...history])) {
    if (outcome.type !== 'ok') continue;
    const known = times.get(f) ?? [];
    known.push((endNs - startNs) / 1e6);
    times.set(f, known);
  }
  const texts = [...times].map(([f, ms]) => {
    ms.sort((a, b) => a - b);
    const at = (share: number) => (ms[Math.floor(share * ms.length)] ?? Number.NaN).toFixed(1);
    return `${f} ${at(0.5)}, ${at(0.99)}`;
  });
  return texts.sort().join('; ');
}

/** The share of the calls made while one node was cut off that were answered before that ended. */
function answeredWhileCut(cell: Cell): string {
  const runs = SEEDS.map((seed) => runOf({ ...cell, faults: ['one-node'] }, seed));
  const cut = runs.flatMap(({ result }) => result.tally.during.partition ?? []);
  const called = sum(cut.flatMap((during) => Object.values(during.called)));
  if (called === 0) return 'no message to cut';
  const share = (part: 'answered' | 'committed') =>
    Math.round((100 * sum(cut.flatMap((during) => Object.values(during[part])))) / called);
  const [answered, committed] = [share('answered'), share('committed')];
  return committed < answered ? `${answered}%, ${committed}% successfully` : `${answered}%`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
