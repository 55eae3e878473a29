/** One run in virtual time, from setting to result: of a design, or of a program. */
import { isDesign, type Program } from '../../../systems/system.ts';
import type { Run } from '../../judging/result.ts';
import { VirtualPrograms } from '../virtual/cluster.ts';
import { drive } from './drive.ts';
import {
  body,
  conclude,
  concludedNow,
  designSimulation,
  type Simulated,
  type SimulatedCluster,
} from './simulate-design.ts';

/** Simulates and judges. Rejects with `HarnessFailure` when the run is stuck or a system broke its contract. */
export async function simulate(run: Simulated): Promise<Run> {
  const simulated = simulatedFor(run);
  try {
    return conclude(run, simulated, await drive(simulated.driven, () => body(run, simulated)));
  } finally {
    simulated.end();
  }
}

/** The same, at once; call it from a macrotask alone. A small run takes a few tenths of a millisecond. */
export function simulateNow(run: Simulated): Run {
  return concludedNow(run, simulatedFor(run));
}

const NOTHING_SEEN: ReadonlySet<number> = new Set();

function simulatedFor(run: Simulated): SimulatedCluster {
  const { system } = run;
  return isDesign(system) ? designSimulation({ ...run, system }) : programSimulation({ ...run, system });
}

function programSimulation({ system, setting, plan, journal }: Simulated<Program>): SimulatedCluster {
  const driven = new VirtualPrograms({ setting, plan, system, journal });
  const { cluster, logs } = driven;
  return {
    ...{ cluster, driven, network: cluster.network, logs, breaches: () => [], shapes: NOTHING_SEEN },
    protocol: () => (cluster.protocol.length > 0 ? { protocol: cluster.protocol } : {}),
    end: () => driven.end(),
  };
}
