import { datatypes } from 'elle-ts';
import { workloads } from '../workloads/registry.ts';

/**
 * The datatype of a stored run's history, which its setting's workload has and which the history alone may not tell (a replicated counter
 * looks like any counter). Undefined where the setting or the workload is unknown: then it is detected.
 */
export function storedType(setting: string): string | undefined {
  const datatype = workloads.find(({ name }) => name === workloadIn(setting))?.datatype;
  return datatypes.find(({ name, aliases }) => name === datatype || aliases?.includes(datatype ?? ''))?.name;
}

function workloadIn(setting: string): unknown {
  try {
    return (JSON.parse(setting) as { workload?: unknown } | null)?.workload;
  } catch {
    return undefined;
  }
}
