/**
 * From a failure of real processes to one that repeats: searches the
 * simulation around the recorded setting for an anomaly of the same kind.
 */
import { inMacrotask } from '../clusters/simulation/macrotask.ts';
import type { RunRecord } from '../judging/result.ts';
import type { Subject } from '../setting/subject.ts';
import type { Counterexample } from './counterexample-text.ts';
import { counterexample } from './shrunk-example.ts';
import { type Planned, shows } from './trial.ts';

/** So many seeds of delays are tried for the recorded plan, and as many for a dense version of it. */
const TRIES = 400;

/**
 * The smallest simulated run found that shows this anomaly
 * under the recorded calls and faults; nothing where none does.
 */
export async function searchAround(
  subject: Subject,
  record: RunRecord,
  anomaly: string,
): Promise<Counterexample | undefined> {
  for (let i = 0; i < TRIES; i++) {
    const planned = variation(record, i);
    // Each try in a macrotask of its own, which simulated runs need.
    const found = await inMacrotask(() => shows(subject, planned, anomaly));
    if (!found) continue;
    const { system, workload, seed } = record.setting;
    return counterexample({ system, workload, anomaly, message: '', seed, planned });
  }
  return undefined;
}

/**
 * The recorded plan with other delays; every second one has a part of its calls squeezed together, as races want them.
 */
function variation({ setting, plan }: RunRecord, i: number): Planned {
  const links = { seed: setting.seed + i, calm: false, odd: {} };
  const each = Math.max(1, Math.floor(plan.calls.length / 120));
  const few = plan.calls.filter((_, j) => j % each === i % each);
  const calls = i % 2 === 0 ? few : few.map((call) => ({ ...call, atMs: Math.floor(call.atMs / 5) }));
  const faults =
    i % 2 === 0
      ? plan.faults
      : plan.faults.map((fault) => ({
          ...fault,
          fromMs: Math.floor(fault.fromMs / 5),
          toMs: Math.floor(fault.toMs / 5) + 1,
        }));
  return { ...setting, cluster: 'simulation', plan: { calls, faults, links } };
}
