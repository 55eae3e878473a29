/**
 * How each design that is wrong is caught: the setting that brings its flaw out, where the usual small one does so seldom, and a seed with
 * which the anomaly that its file names shows.
 */
import { SMALL, type Cell } from './cell.ts';
import type { System } from '../../systems/system.ts';
import type { Workload } from '../../workloads/workload.ts';
import { toleratedFaults } from './cell.ts';

interface Hunt extends Partial<Omit<Cell, 'system' | 'workload'>> {
  readonly seed: number;
}

export const HUNTS: Readonly<Record<string, Hunt>> = {
};

/** The cell in which this twin is hunted. */
export function huntFor(system: System, workloads: readonly Workload[]): Cell {
  const workload = workloads.find(({ datatype }) => datatype === system.datatype)!;
  const { seed: _, ...over } = HUNTS[system.name] ?? { seed: 0 };
  return { system, workload, faults: toleratedFaults(system), ...SMALL, ...over };
}
