/** A run as text, to the last byte: the same file is loaded by Node.js and bundled for a page. */
import { simulateDesign } from '../../harness/clusters/simulation/simulate-design.ts';
import { plan, type Setting } from '../../harness/setting/plan.ts';
import { systems } from '../../systems/registry.ts';
import { isDesign, type System } from '../../systems/system.ts';
import { workloads } from '../../workloads/registry.ts';

/**
 * History, messages, verdict and logs, one a line, of the setting's design or the one that is given. Call it from a
 * macrotask alone.
 */
export function record(setting: Setting, given?: System): string {
  const system = given ?? systems.find(({ name }) => name === setting.system);
  const workload = workloads.find(({ name }) => name === setting.workload);
  if (!system || !isDesign(system) || !workload) throw new Error(`no ${setting.system} with ${setting.workload}`);
  const lines: string[] = [];
  try {
    const run = simulateDesign({
      ...{ setting, plan: plan(setting, workload), system, workload, journal: true, claimsOnly: false },
      sink: (line) => lines.push(line),
    });
    lines.push(...run.messages.map((message) => JSON.stringify(message)), JSON.stringify(run.result));
    lines.push(...[...run.logs].map((log) => JSON.stringify(log).replace(/\\n\s+at [^"]*/g, '')));
  } catch (error) {
    lines.push(`${(error as Error).name}: ${(error as Error).message}`);
  }
  return lines.join('\n');
}

(globalThis as { record?: typeof record }).record = record;
