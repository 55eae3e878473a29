/** One run in a page: of a design. Stands in the place of the harness's own, which simulates programs, too. */
import { type Simulated, simulateDesign } from '../../harness/clusters/simulation/simulate-design.ts';
import type { Run } from '../../harness/judging/result.ts';
import { isDesign } from '../../systems/system.ts';

/** Simulates and judges at once; call it from a macrotask alone. */
export function simulateNow(run: Simulated): Run {
  const { system } = run;
  if (!isDesign(system)) throw new Error(`${system.name} is a program, which no page can start`);
  return simulateDesign({ ...run, system });
}
