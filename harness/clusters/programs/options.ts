import type { Program } from '../../../systems/system.ts';
import type { Plan, Setting } from '../../setting/plan.ts';
import type { ProgramsOptions } from './cluster.ts';

/** A program that ends by itself starts again after so long, where that is no error of the run. */
const RESTART_MS = 1000;

/** What the cluster of a run of this program is made with. */
export function optionsFor(
  { setting, plan, system }: { readonly setting: Setting; readonly plan: Plan; readonly system: Program },
  journal: boolean,
): ProgramsOptions {
  const { topology = 'grid', seqLag, exitsAreCrashes } = setting.maelstrom ?? {};
  return {
    program: system,
    says: system.command,
    nodes: setting.nodes,
    links: plan.links,
    journal,
    topology,
    services: seqLag === undefined ? {} : { seqLag },
    ...(exitsAreCrashes ? { restartMs: RESTART_MS } : {}),
  };
}
