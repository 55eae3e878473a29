/** One run in virtual time, from setting to result. */
import type { Anomaly } from 'elle-ts';
import type { Design } from '../../../systems/system.ts';
import type { Workload } from '../../../workloads/workload.ts';
import { judge } from '../../judging/judge.ts';
import type { Run } from '../../judging/result.ts';
import { type Executed, execute } from '../../running/execute.ts';
import { namedByOperations } from '../../running/operation-names.ts';
import type { Plan, Setting } from '../../setting/plan.ts';
import { Simulation } from './cluster.ts';
import { drive, driveNow } from './drive.ts';

export interface Simulated {
  readonly setting: Setting;
  readonly plan: Plan;
  readonly system: Design;
  readonly workload: Workload;
  /** Keeps messages and logs for a report. */
  readonly journal: boolean;
  readonly claimsOnly: boolean;
  /** Looks at the nodes' states on the way: see `Run.shapes`. */
  readonly shapes?: boolean;
  /** Takes every line of the history as it happens. */
  readonly sink?: (line: string) => void;
}

/** Simulates and judges. Rejects with `HarnessFailure` when the run is stuck or a system broke its contract. */
export async function simulate(run: Simulated): Promise<Run> {
  const cluster = clusterFor(run);
  return conclude(run, cluster, await drive(cluster, () => body(run, cluster)));
}

/** The same, at once; call it from a macrotask alone. A small run takes a few tenths of a millisecond. */
export function simulateNow(run: Simulated): Run {
  const cluster = clusterFor(run);
  return conclude(
    run,
    cluster,
    driveNow(cluster, () => body(run, cluster)),
  );
}

function clusterFor({ system, setting, plan, journal, shapes = false }: Simulated): Simulation {
  return new Simulation({ system, nodes: setting.nodes, plan, journal, shapes });
}

async function body(run: Simulated, cluster: Simulation): Promise<Executed> {
  await cluster.launch();
  const executed = await execute(cluster, run);
  await cluster.stop();
  return executed;
}

function conclude(run: Simulated, cluster: Simulation, executed: Executed): Run {
  const breaches: readonly Anomaly[] = [...cluster.states.breaches.values()];
  const result = judge({ ...run, executed, traffic: cluster.traffic(), breaches });
  return {
    setting: run.setting,
    plan: run.plan,
    result,
    history: executed.recorder.history,
    calls: executed.recorder.calls,
    messages: namedByOperations(cluster.network.journal, executed.recorder),
    logs: cluster.logs,
    trace: cluster.network.trace,
    shapes: cluster.states.shapes,
  };
}
