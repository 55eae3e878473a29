/** How many small runs a minute one core simulates: 3 nodes, 30 operations, 3 faults, quorum/abd, checking included. */
import { setImmediate } from 'node:timers/promises';
import { plan } from '../harness/plan.ts';
import type { Setting } from '../harness/result.ts';
import { simulateNow } from '../harness/simulation/simulate.ts';
import { abd } from '../systems/quorum/abd.ts';
import type { System } from '../systems/system.ts';
import { registerWorkload } from '../workloads/register.ts';
import type { Workload } from '../workloads/workload.ts';

function settingOf(seed: number): Setting {
  const nodes = ['n1', 'n2', 'n3'];
  const mix = { read: 1, write: 1 };
  return {
    system: 'quorum/abd',
    workload: 'register',
    cluster: 'simulation',
    seed,
    nodes,
    options: { clients: 5, nodes, durationMs: 3000, ratePerSecond: 10, keys: 2, mix },
    faults: ['partition', 'crash', 'link'],
    callTimeoutMs: 500,
  };
}

const system = abd as unknown as System;
const workload = registerWorkload as unknown as Workload;
await setImmediate();
function runs(count: number, from: number) {
  const counts: Record<string, number> = {};
  for (let seed = from; seed < from + count; seed++) {
    const setting = settingOf(seed);
    const { result } = simulateNow({
      setting,
      plan: plan(setting, workload),
      system,
      workload,
      journal: false,
      claimsOnly: true,
    });
    counts[result.verdict] = (counts[result.verdict] ?? 0) + 1;
    if (seed < from + 3) console.log(result.says, result.traffic, result.faults.length, result.recoveryMs);
  }
  return counts;
}
setTimeout(() => {
  runs(300, 1);
  const before = process.cpuUsage();
  const counts = runs(3000, 1000);
  const used = process.cpuUsage(before);
  const seconds = (used.user + used.system) / 1e6;
  console.log(`${Math.round((3000 / seconds) * 60)} runs a minute and core`, counts);
}, 0);
