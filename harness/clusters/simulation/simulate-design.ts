/** One run of a design in virtual time, from setting to result: what a platform without child processes can make. */
import type { Anomaly } from 'elle-ts';
import type { NodeId } from '../../../systems/node.ts';
import type { Design, Program } from '../../../systems/system.ts';
import type { Workload } from '../../../workloads/workload.ts';
import { judge } from '../../judging/judge.ts';
import type { Result, Run } from '../../judging/result.ts';
import { type Executed, execute } from '../../running/execute.ts';
import { namedByOperations } from '../../running/operation-names.ts';
import type { Plan, Setting } from '../../setting/plan.ts';
import type { Cluster, Traffic } from '../cluster.ts';
import type { Network } from '../network/network.ts';
import { Simulation } from './cluster.ts';
import { type Driven, driveNow } from './drive.ts';

export interface Simulated<System extends Design | Program = Design | Program> {
  readonly setting: Setting;
  readonly plan: Plan;
  readonly system: System;
  readonly workload: Workload;
  /** Keeps messages and logs for a report. */
  readonly journal: boolean;
  readonly claimsOnly: boolean;
  /** Looks at the nodes' states on the way: see `Run.shapes`. */
  readonly shapes?: boolean;
  /** Takes every line of the history as it happens. */
  readonly sink?: (line: string) => void;
}

/**
 * Simulates a design at once, and judges; call it from a macrotask alone. A small run takes a few tenths of a
 * millisecond. Throws `HarnessFailure` when the run is stuck or the design broke its contract.
 */
export function simulateDesign(run: Simulated<Design>): Run {
  return concludedNow(run, designSimulation(run));
}

/** Runs what is prepared to its end, at once, and judges it. */
export function concludedNow(run: Simulated, simulated: SimulatedCluster): Run {
  try {
    return conclude(
      run,
      simulated,
      driveNow(simulated.driven, () => body(run, simulated)),
    );
  } finally {
    simulated.end();
  }
}

/** A cluster whose time is virtual, and what can be seen of it. */
export interface SimulatedCluster {
  readonly cluster: Cluster & { launch(): Promise<void>; traffic(): Traffic };
  readonly driven: Driven;
  readonly network: Network;
  readonly logs: ReadonlyMap<NodeId, readonly string[]>;
  breaches(): readonly Anomaly[];
  readonly shapes: ReadonlySet<number>;
  /** What a program did that its protocol does not have. */
  protocol(): Pick<Result, 'protocol'>;
  /** Leaves nothing behind, also where the run broke off. */
  end(): void;
}

/** A design's nodes in virtual time. */
export function designSimulation(run: Simulated<Design>): SimulatedCluster {
  const { system, setting, plan, journal, shapes = false } = run;
  const cluster = new Simulation({ system, nodes: setting.nodes, plan, journal, shapes });
  const { network, logs, states } = cluster;
  const breaches = () => [...states.breaches.values()];
  const common = { cluster, driven: cluster, network, logs, breaches, shapes: states.shapes };
  return { ...common, protocol: () => ({}), end: () => cluster.giveBack() };
}

/** What is done in virtual time. */
export async function body(run: Simulated, { cluster }: SimulatedCluster): Promise<Executed> {
  await cluster.launch();
  const executed = await execute(cluster, run);
  await cluster.stop();
  return executed;
}

/** From what was executed to the run and its verdict. */
export function conclude(run: Simulated, simulated: SimulatedCluster, executed: Executed): Run {
  const { cluster, network, logs, shapes } = simulated;
  const judged = judge({ ...run, executed, traffic: cluster.traffic(), breaches: simulated.breaches() });
  const result = { ...judged, ...simulated.protocol() };
  return {
    setting: run.setting,
    plan: run.plan,
    result,
    history: executed.recorder.history,
    calls: executed.recorder.calls,
    messages: namedByOperations(network.journal, executed.recorder),
    logs,
    trace: network.trace,
    shapes,
  };
}
