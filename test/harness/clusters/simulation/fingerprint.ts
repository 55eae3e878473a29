/**
 * Settings that all faults meet, and a hash of everything that a run
 * of one leaves. Compiled too, so that another process can take it.
 */
import { createHash } from 'node:crypto';
import { simulate } from '../../../../harness/clusters/simulation/simulate.ts';
import type { Setting } from '../../../../harness/setting/plan.ts';
import { plan } from '../../../../harness/setting/plan.ts';
import { designFrom } from '../../../../harness/setting/sources.ts';
import { workloadNamed } from '../../../../harness/setting/workload-source.ts';
import type { Design } from '../../../../systems/system.ts';
import { smallSetting } from '../../scenes.ts';

const SYSTEMS = [
  'quorum/abd',
  'quorum/no-write-back',
  'sync-replication/sound',
  'async-replication/slide',
  'no-replication',
  'replicated-log/raft',
  'chain/craq',
];
const EVERYTHING = ['partition', 'link', 'crash', 'pause', 'clock', 'disk', 'membership'];

export const settingOf = (seed: number): Setting =>
  smallSetting(seed, { system: SYSTEMS[seed % SYSTEMS.length]!, faults: EVERYTHING });

/** History, messages, verdict and logs. */
export async function fingerprint(setting: Setting, system?: Design): Promise<string> {
  const own = system ?? (await designFrom({ name: setting.system }));
  const workload = workloadNamed(setting.workload);
  const lines: string[] = [];
  const sink = (line: string) => lines.push(line);
  const run = await simulate({
    setting,
    plan: plan(setting, workload),
    system: own,
    workload,
    journal: true,
    claimsOnly: false,
    sink,
  });
  const sum = createHash('sha256').update(lines.join('\n'));
  for (const message of run.messages) sum.update(JSON.stringify(message));
  return sum
    .update(JSON.stringify(run.result))
    .update(JSON.stringify([...run.logs].map(([node, lines]) => [node, lines.map(withoutPlaces)])))
    .digest('hex');
}

/** Where in the code an error was thrown differs between source and compiled code. */
function withoutPlaces(line: string): string {
  return line.replace(/\n\s+at .*/g, '');
}
