/**
 * Which workload a run has: the one that is named, out of the registry
 * or a module of the user's own, or the first that fits the system.
 */
import { nameOf } from 'elle-ts';
import { isProgram, type System } from '../../systems/system.ts';
import { workloads } from '../../workloads/registry.ts';
import type { Workload } from '../../workloads/workload.ts';
import { dialectNamed } from '../clusters/programs/dialects.ts';
import { BadInput } from '../failure.ts';
import { fits, judgingToo } from './fitting.ts';
import { found, namedIn, type Source, sourceOf } from './sources.ts';
import { unknownName } from './suggestions.ts';
import { workloadIn } from './validate-workload.ts';

/** Loads a workload. Rejects with `BadInput` where there is none, or what is there is no workload. */
export function workloadFrom(source: Source): Promise<Workload> {
  return found('workload', source, workloads, workloadIn);
}

/** The built-in workload of this name. Throws `BadInput` where there is none. */
export function workloadNamed(name: string): Workload {
  return namedIn('workload', name, workloads);
}

/** The built-in workloads that call the functions of this datatype. */
function workloadsOf(datatype: System['datatype']): readonly Workload[] {
  return workloads.filter((workload) => fits(workload, { datatype }));
}

/**
 * The built-in workloads that a system can be run with: those of its datatype,
 * and of a program, which answers the requests of one, that.
 */
export function workloadsFor(system: System): readonly Workload[] {
  const fitting = workloadsOf(system.datatype);
  if (!isProgram(system)) return fitting;
  const { workload } = dialectNamed(system.dialect);
  return fitting.filter(({ name }) => name === workload);
}

/** A workload, and what a setting calls it: its name, or the path of its module. */
export interface Chosen {
  readonly workload: Workload;
  readonly says: string;
}

/**
 * The workload that is asked for, or the first that fits the system. Rejects with
 * `BadInput` where it does not fit, or the system claims what it does not judge.
 */
export async function chosenFor(system: System, says: string | undefined): Promise<Chosen> {
  const fitting = workloadsFor(system);
  const dialect = isProgram(system) ? dialectNamed(system.dialect) : undefined;
  // A program's workload is one of Maelstrom's, and draws its calls as one of ours.
  const named = dialect && (says === undefined || says === dialect.name) ? dialect.workload : says;
  const drawn = named === undefined ? fitting[0] : await workloadFrom(sourceOf(named));
  const workload = drawn && judgingToo(drawn, system.claims);
  if (!workload) {
    const known = [...new Set(workloads.map(({ datatype }) => nameOf(datatype)))];
    if (typeof system.datatype !== 'string')
      throw new BadInput(
        `no built-in workload is for ${system.name}, a ${nameOf(system.datatype)}: name one of your own with --workload ./my.js#export`,
      );
    throw new BadInput(`there is no workload for ${system.name}: ${unknownName('datatype', system.datatype, known)}`);
  }
  if (!fits(workload, system)) {
    const others = fitting.length > 0 ? `: take ${fitting.map(({ name }) => name).join(' or ')}` : '';
    throw new BadInput(
      `${workload.name} is for systems of datatype ${nameOf(workload.datatype)}, but ${system.name} is a ${nameOf(system.datatype)}${others}`,
    );
  }
  refuseUnjudged(system, [...fitting, workload]);
  return { workload, says: named ?? workload.name };
}

/** A claim that nothing can judge would make every run unknown. */
function refuseUnjudged({ name, datatype, claims }: System, fitting: readonly Workload[]): void {
  const judged = [...new Set(fitting.flatMap(({ checkers }) => checkers.map((checker) => checker.name)))];
  for (const { model } of claims)
    if (!judged.includes(model))
      throw new BadInput(
        `${name} claims what no workload judges: ${unknownName(`model of a ${nameOf(datatype)}`, model, judged)}`,
      );
}
