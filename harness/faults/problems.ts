/** Refuses plans that cannot mean anything, before anything starts: a fault that hits nobody proves nothing. */
import type { Plan } from '../setting/plan.ts';
import { unknownName } from '../setting/suggestions.ts';
import type { Fault } from './fault.ts';
import type { FaultFrame, PlanFrame } from './meaning.ts';
import { knownKinds, knownMeanings, meaningOf } from './meanings.ts';

/** Whether the cluster can make a fault; else why not, and what would help. */
type Can = (fault: Fault) => true | string;

/** What is wrong with the plan for a cluster that can make these faults, a sentence each; nothing where it is sound. */
export function problemsOfPlan(plan: Plan, frame: PlanFrame, can: Can): readonly string[] {
  const problems = plan.faults.flatMap((fault) =>
    problemsOfFault(fault, frame, can).map((problem) => `fault ${fault.id} (${fault.kind}): ${problem}`),
  );
  for (const call of plan.calls) {
    if (!frame.nodes.includes(call.node))
      problems.push(`call ${call.id} asks ${call.node}, which is no node of the cluster`);
    if (!(call.atMs >= 0)) problems.push(`call ${call.id} is made at ${call.atMs} ms`);
  }
  problems.push(...twice('call', plan.calls), ...twice('fault', plan.faults));
  for (const { kind, problemsOfAll } of knownMeanings()) {
    const those = plan.faults.filter((fault) => fault.kind === kind);
    if (those.length > 0) problems.push(...(problemsOfAll?.(those, frame) ?? []));
  }
  return problems;
}

/** What is wrong with one fault, a sentence each; nothing where it is sound. */
export function problemsOfFault(fault: Fault, frame: FaultFrame, can: Can): readonly string[] {
  const problems: string[] = [];
  if (!(fault.fromMs >= 0 && fault.toMs > fault.fromMs))
    problems.push(`it lasts from ${fault.fromMs} to ${fault.toMs} ms`);
  if (!knownKinds().includes(fault.kind)) return [unknownName('kind of fault', fault.kind, knownKinds())];
  const possible = can(fault);
  if (possible !== true) return [possible];
  const targets = meaningOf(fault).targets(fault);
  const strangers = typeof targets === 'string' ? [] : targets.filter((node) => !frame.nodes.includes(node));
  if (strangers.length > 0)
    problems.push(`${strangers.join(', ')} is no node of the cluster (${frame.nodes.join(', ')})`);
  return [...problems, ...meaningOf(fault).problems(fault, frame)];
}

function twice(what: string, entries: readonly { readonly id: number }[]): string[] {
  const seen = new Set<number>();
  const doubled = entries.filter(({ id }) => seen.size === seen.add(id).size);
  return doubled.map(({ id }) => `two ${what}s have the id ${id}`);
}
