/** One run with real software, from setting to result: the counterpart of `runProcesses`. */
import { join } from 'node:path';
import type { Database } from '../../../databases/database.ts';
import type { Workload } from '../../../workloads/workload.ts';
import { judge } from '../../judging/judge.ts';
import type { Run } from '../../judging/result.ts';
import { execute } from '../../running/execute.ts';
import type { Plan, Setting } from '../../setting/plan.ts';
import { logLines } from '../children/launch.ts';
import { newTemporaryPath } from '../children/marks.ts';
import { Databases } from './cluster.ts';
import { diskFor } from './disk-faults.ts';
import { executablesOf } from './executables.ts';

export interface DatabaseRun {
  readonly setting: Setting;
  readonly plan: Plan;
  readonly system: Database;
  readonly workload: Workload;
  /** Takes every line of the history as it happens. */
  readonly sink?: (line: string) => void;
  /** Where the nodes' logs go; a temporary folder where it is absent. */
  readonly logFolder?: string;
}

/**
 * Runs and judges. Rejects with `BadInput` where an executable is missing, and with `HarnessFailure` when a node ends
 * by itself, the cluster never becomes ready or connections go around the network. Leaves nothing behind either way.
 */
export async function runDatabases(run: DatabaseRun): Promise<Run> {
  const { setting, plan, system } = run;
  const programs = executablesOf(system, setting.programs);
  const temporary = newTemporaryPath();
  const logFolder = run.logFolder ?? temporary;
  const { nodes, callTimeoutMs } = setting;
  const disk = diskFor(plan.faults, setting.disk, system);
  const cluster = await Databases.launch({
    ...(disk ? { disk } : {}),
    ...{ database: system, programs, nodes, links: plan.links, callTimeoutMs, logFolder, temporary },
  });
  try {
    cluster.watching.start(setting.options.durationMs);
    const executed = await Promise.race([execute(cluster, run), cluster.failed]);
    const logs = new Map(nodes.map((node) => [node, logLines(join(logFolder, `${node}.log`))] as const));
    const judged = judge({ ...run, executed, traffic: cluster.traffic(), claimsOnly: false });
    const versions = Object.fromEntries([...programs].map(([name, { version }]) => [name, version]));
    const { notes } = cluster;
    const { watched } = cluster.watching;
    const result = { ...judged, programs: versions, watched, ...(notes.length > 0 ? { notes } : {}) };
    return {
      ...{ setting, plan, result, logs },
      history: executed.recorder.history,
      calls: executed.recorder.calls,
      messages: [],
      trace: 0,
      shapes: new Set(),
    };
  } finally {
    await cluster.stop();
  }
}
