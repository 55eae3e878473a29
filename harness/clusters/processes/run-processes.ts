/** One run with real processes, from setting to result: the counterpart of `simulate`. */
import { join } from 'node:path';
import type { Design } from '../../../systems/system.ts';
import type { Workload } from '../../../workloads/workload.ts';
import { judge } from '../../judging/judge.ts';
import type { Run } from '../../judging/result.ts';
import { execute } from '../../running/execute.ts';
import { namedByOperations } from '../../running/operation-names.ts';
import type { Setting } from '../../setting/plan.ts';
import { isJournalled, type Plan } from '../../setting/plan.ts';
import type { Source } from '../../setting/sources.ts';
import { logLines } from '../children/launch.ts';
import { newTemporaryPath } from '../children/marks.ts';
import { Processes } from './cluster.ts';

export interface ProcessesRun {
  readonly setting: Setting;
  readonly plan: Plan;
  readonly system: Design;
  /** What the children load: the same system. */
  readonly source: Source;
  readonly workload: Workload;
  /** Takes every line of the history as it happens. */
  readonly sink?: (line: string) => void;
  /** Where the nodes' logs go; a temporary folder where it is absent. */
  readonly logFolder?: string;
  /** Keeps the nodes' disks beside their logs. */
  readonly keep?: boolean;
  /** How long a node may take to connect, and at first to become ready. */
  readonly patienceMs?: number;
}

/**
 * Runs and judges. Rejects with `HarnessFailure` when a node ends by itself, breaks
 * its contract or never becomes ready, and leaves nothing behind either way.
 */
export async function runProcesses(run: ProcessesRun): Promise<Run> {
  const { setting, plan, system, source } = run;
  const temporary = newTemporaryPath();
  const logFolder = run.logFolder ?? temporary;
  const cluster = await Processes.launch({
    system,
    source,
    nodes: setting.nodes,
    links: plan.links,
    journal: isJournalled(plan),
    fsync: setting.fsync ?? false,
    logFolder,
    diskFolder: run.keep ? logFolder : temporary,
    temporary,
    ...(run.patienceMs === undefined ? {} : { patienceMs: run.patienceMs }),
  });
  try {
    const executed = await Promise.race([execute(cluster, run), cluster.failed]);
    const traffic = cluster.traffic();
    const logs = new Map(setting.nodes.map((node) => [node, logLines(join(logFolder, `${node}.log`))] as const));
    const result = judge({ ...run, executed, traffic, claimsOnly: false });
    return {
      setting,
      plan,
      result,
      history: executed.recorder.history,
      calls: executed.recorder.calls,
      messages: namedByOperations(cluster.journal?.all() ?? [], executed.recorder),
      logs,
      trace: 0,
      shapes: new Set(),
    };
  } finally {
    await cluster.stop();
  }
}
