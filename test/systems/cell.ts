/** Many small simulated runs of one system and workload under the same faults, and what they add up to. */

import { inMacrotask } from '../../harness/clusters/simulation/macrotask.ts';
import { type Planned, runNow } from '../../harness/explore/trial.ts';
import type { Fault } from '../../harness/faults/fault.ts';
import { kindsAmong } from '../../harness/faults/meanings.ts';
import type { RhythmWanted } from '../../harness/faults/rhythm.ts';
import { type Evidence, weigh } from '../../harness/judging/evidence.ts';
import type { Result, Run } from '../../harness/judging/result.ts';
import { addTallies, type Tally } from '../../harness/judging/tally.ts';
import type { Setting } from '../../harness/setting/plan.ts';
import { plan } from '../../harness/setting/plan.ts';
import { drawsFrom } from '../../harness/setting/random.ts';
import type { Design, FaultKind } from '../../systems/system.ts';
import type { Draw, Workload } from '../../workloads/workload.ts';

export interface Cell {
  readonly system: Design;
  readonly workload: Workload;
  /** Names of faults, as `--faults` takes them. */
  readonly faults: readonly string[];
  readonly nodes: number;
  readonly keys: number;
  readonly clients: number;
  readonly ratePerSecond: number;
  readonly durationMs: number;
  /** How faults follow each other; a storm where absent. */
  readonly rhythm?: RhythmWanted;
  /** Draws the faults instead, where the bug needs several that follow each other; named in place of them. */
  readonly scenario?: (draw: Draw, cell: Cell) => readonly Fault[];
}

/** A small run: 45 calls in three virtual seconds. */
export const SMALL = { nodes: 3, keys: 2, clients: 5, ratePerSecond: 15, durationMs: 3000 };

/** The same with more calls, and faults so long that each meets some: a run of these is rarely `unknown`. */
const RICH = {
  ...SMALL,
  ratePerSecond: 24,
  durationMs: 4000,
  rhythm: { name: 'storm', forMs: [600, 1000] },
} as const satisfies Partial<Cell>;

/** A cell of such runs: lists see more removals than in their workloads, maps and sets fewer: their reads tell more. */
export function richCell(system: Design, workload: Workload): Cell {
  const { remove, read = 1 } = workload.mix;
  const removes = remove === undefined ? {} : { remove: remove * (workload.datatype === 'list' ? 2 : 0.4) };
  const mix = { ...workload.mix, ...removes, read: 1.5 * read };
  return { system, workload: { ...workload, mix }, faults: toleratedFaults(system), ...RICH };
}

/** The setting of a cell's run with this seed. */
export function settingOf(cell: Cell, seed: number): Setting {
  const nodes = Array.from({ length: cell.nodes }, (_, i) => `n${i + 1}`);
  const mix = Object.fromEntries(Object.entries(cell.workload.mix).filter(([f]) => !cell.system.without?.includes(f)));
  const { keys, clients, ratePerSecond, durationMs } = cell;
  return {
    system: cell.system.name,
    workload: cell.workload.name,
    cluster: 'simulation',
    seed,
    nodes,
    options: { clients, nodes, durationMs, ratePerSecond, keys, mix },
    faults: cell.faults,
    rhythm: cell.rhythm ?? { name: 'storm' },
    callTimeoutMs: 500,
  };
}

/** The same with its plan. */
export function plannedOf(cell: Cell, seed: number): Planned {
  const setting = settingOf(cell, seed);
  const drawn = plan(setting, cell.workload);
  return { ...setting, plan: cell.scenario ? { ...drawn, faults: cell.scenario(drawsFrom(seed), cell) } : drawn };
}

/** One run. Call it from a macrotask, as `inMacrotask` does. */
export function runOnce(cell: Cell, seed: number): Run {
  return runNow(cell, plannedOf(cell, seed));
}

/** What was said against a run's claims, with its seed. */
interface Finding {
  readonly seed: number;
  readonly says: string;
}

export interface Outcome {
  readonly refuted: readonly Finding[];
  readonly undecided: readonly Finding[];
  readonly evidence: readonly Evidence[];
}

/** Runs the seeds `from`, `from + 1`, ... and adds up. */
export function runCell(cell: Cell, from: number, runs: number): Promise<Outcome> {
  return inMacrotask(() => {
    const refuted: Finding[] = [];
    const undecided: Finding[] = [];
    const kinds = new Set<FaultKind>();
    let tally: Tally | undefined;
    for (let seed = from; seed < from + runs; seed++) {
      const { plan: made, result } = runOnce(cell, seed);
      for (const kind of kindsAmong(made.faults)) kinds.add(kind);
      tally = tally ? addTallies(tally, result.tally) : result.tally;
      if (result.verdict === 'invalid') refuted.push({ seed, says: result.says });
      for (const { verdict } of result.claims) {
        if (verdict.type === 'unknown') undecided.push({ seed, says: verdict.reason });
      }
    }
    const functions = Object.keys(settingOf(cell, from).options.mix);
    const evidence = tally ? weigh(tally, functions, [...kinds].sort(), cell.system.claims) : [];
    return { refuted, undecided, evidence };
  });
}

/** The names of all anomalies that a run's claims were refuted by. */
export function anomaliesOf(result: Result): readonly string[] {
  return result.claims.flatMap(({ verdict }) =>
    verdict.type === 'invalid' ? verdict.anomalies.map(({ name }) => name) : [],
  );
}

/** The faults that all of the system's claims tolerate. */
export function toleratedFaults({ claims }: Design): readonly FaultKind[] {
  const [first, ...rest] = claims;
  return (first?.under ?? []).filter((kind) => rest.every(({ under }) => under.includes(kind)));
}
