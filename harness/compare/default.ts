/**
 * What is compared where nobody says otherwise: every sound design
 * with the first workload of its datatype, under six groups of faults.
 */
import { nameOf } from 'elle-ts';
import { systems } from '../../systems/registry.ts';
import { workloads } from '../../workloads/registry.ts';
import type { Matrix } from '../campaign/matrix.ts';
import { dialectNamed } from '../clusters/programs/dialects.ts';
import { programSourceOf } from '../setting/program-text.ts';

/**
 * The same for a program and the sound designs of its datatype, all with the workload of its
 * dialect. Throws `BadInput` where what it says names no program.
 */
export function comparisonWith(says: string): Matrix {
  const { datatype, workload } = dialectNamed(programSourceOf(says).dialect);
  const designs = systems.filter((system) => !system.flaw && nameOf(system.datatype) === nameOf(datatype));
  return { ...defaultComparison(), systems: [says, ...designs.map(({ name }) => name)], workloads: [workload] };
}

/** Small runs, many of them: ten seeds a cell, in the simulation. Expectations say nothing here: nothing is gated. */
export function defaultComparison(): Matrix {
  const sound = systems.filter(({ flaw }) => !flaw);
  const datatypes = [...new Set(sound.map(({ datatype }) => datatype))];
  const firsts = datatypes.flatMap(
    (datatype) => workloads.find((workload) => workload.datatype === datatype)?.name ?? [],
  );
  return {
    systems: sound.filter(({ datatype }) => workloads.some((one) => one.datatype === datatype)).map(({ name }) => name),
    workloads: firsts,
    faults: ['none', 'partition', 'link', 'crash', 'pause', 'clock'],
    seeds: 10,
    seed: 1,
    cluster: 'simulation',
    nodes: 3,
    clients: 6,
    durationMs: 4000,
    ratePerSecond: 50,
    keys: 3,
    callTimeoutMs: 500,
    expectations: [],
  };
}
