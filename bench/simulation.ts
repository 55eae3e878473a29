/**
 * How many small runs a minute one core simulates, checking included: 3 nodes,
 * 30 operations, 3 faults, quorum/abd. Counted in the processor's time, so that what
 * else the machine does matters less: `node dist/bench/simulation.js [RUNS]`.
 */
import { cpus } from 'node:os';
import { simulateNow } from '../harness/clusters/simulation/simulate.ts';
import type { Setting } from '../harness/setting/plan.ts';
import { plan } from '../harness/setting/plan.ts';
import { abd } from '../systems/quorum/abd.ts';
import type { Design } from '../systems/system.ts';
import { registerWorkload } from '../workloads/register.ts';
import type { Workload } from '../workloads/workload.ts';

const GOAL = 100_000;
const WARM_UP = 300;

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
    // What explorations run, and what was measured before there were rhythms.
    rhythm: { name: 'storm' },
    callTimeoutMs: 500,
  };
}

const system = abd as unknown as Design;
const workload = registerWorkload as unknown as Workload;

/**
 * Simulates so many runs, from this seed on, and returns how
 * many operations they made; one that is refuted ends it all.
 */
function simulated(count: number, from: number): number {
  let operations = 0;
  for (let seed = from; seed < from + count; seed++) {
    const setting = settingOf(seed);
    const drawn = plan(setting, workload);
    const run = { setting, plan: drawn, system, workload, journal: false, claimsOnly: true };
    const { result, history } = simulateNow(run);
    if (result.verdict === 'invalid') throw new Error(`seed ${seed} accuses a sound system: ${result.says}`);
    operations += history.length;
  }
  return operations;
}

// A simulation can begin in a macrotask alone.
setImmediate(() => {
  const runs = Number(process.argv[2] ?? 5000);
  console.log(`${cpus().length} processors, ${cpus()[0]?.model ?? ''}, Node.js ${process.version}`);
  simulated(WARM_UP, 1);
  const before = process.cpuUsage();
  const operations = simulated(runs, 1000);
  const { user, system: kernel } = process.cpuUsage(before);
  const aMinute = (runs * 60e6) / (user + kernel);
  console.log(
    `small runs: ${Math.round(aMinute)} a minute on one core, ${Math.round(operations / runs)} operations each, final reads included ` +
      `(${(aMinute / GOAL).toFixed(2)} of the goal, above 1 is better)`,
  );
});
