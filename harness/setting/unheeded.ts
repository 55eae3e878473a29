import { HEEDED_OPTIONS, type HeededOption, type Workload, type WorkloadOptions } from '../../workloads/workload.ts';
import { clusterKinds } from '../clusters/cluster-kinds.ts';
import { BadInput } from '../failure.ts';
import type { Setting } from './plan.ts';

const HEEDED_BY_ALL = ['clients', 'time', 'rate'];

/**
 * Throws `BadInput` for what was asked for and would change nothing. The setting of an earlier run,
 * which has `options.nodes` too, says every option whether heeded or not: it is taken as it is.
 */
export function refuseUnheeded(
  { options = {} }: { readonly options?: Partial<WorkloadOptions> },
  { fsync, cluster }: Setting,
  workload: Workload,
): void {
  const { fsyncs } = clusterKinds[cluster];
  if (fsync && fsyncs !== true) throw new BadInput(fsyncs);
  if (options.nodes !== undefined) return;
  const { name, heeds } = workload;
  const names = Object.keys(HEEDED_OPTIONS) as HeededOption[];
  const unheeded = names.find((name) => options[HEEDED_OPTIONS[name]] !== undefined && !heeds.includes(name));
  if (unheeded === undefined) return;
  throw new BadInput(`${name} does not heed ${unheeded}: it heeds ${[...HEEDED_BY_ALL, ...heeds].join(', ')}`);
}
