/** Which workload can be run with which system, and what it must judge then. */
import { datatypes, nameOf } from 'elle-ts';
import type { System } from '../../systems/system.ts';
import type { Workload } from '../../workloads/workload.ts';

/** Whether the workload calls what the system offers. */
export function fits({ datatype }: Pick<Workload, 'datatype'>, system: Pick<System, 'datatype'>): boolean {
  return nameOf(datatype) === nameOf(system.datatype);
}

/** Steps that a checker may take which is there for a claim alone. */
const BUDGET = 2_000_000;

/** The same workload, with a checker for each model that is claimed, which its datatype has and it does not judge. */
export function judgingToo(workload: Workload, claims: System['claims']): Workload {
  const { placedAs, checkers } = workload;
  const models = datatypes.find(({ name }) => name === placedAs)?.models ?? {};
  const judged = new Set(checkers.map(({ name }) => name));
  const missing = new Set(claims.flatMap(({ model }) => (judged.has(model) || !models[model] ? [] : [model])));
  if (missing.size === 0) return workload;
  const more = [...missing].map((model) => models[model]!({ budget: BUDGET }));
  return { ...workload, checkers: [...checkers, ...more] };
}
