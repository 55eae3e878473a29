/** Refuses plans that cannot mean anything, before anything starts: a fault that strikes nobody proves nothing. */
import type { NodeId } from '../../systems/node.ts';
import type { Plan } from '../plan.ts';
import type { Fault } from './fault.ts';

export interface Frame {
  readonly nodes: readonly NodeId[];
  readonly callTimeoutMs: number;
  readonly cluster: 'simulation' | 'processes';
}

/** What is wrong with the plan, a sentence each; nothing where it is sound. */
export function lintPlan(plan: Plan, frame: Frame): readonly string[] {
  const problems = plan.faults.flatMap((fault) =>
    lintFault(fault, frame).map((problem) => `fault ${fault.id} (${fault.kind}): ${problem}`),
  );
  for (const call of plan.calls) {
    if (!frame.nodes.includes(call.node))
      problems.push(`call ${call.id} asks ${call.node}, which is no node of the cluster`);
    if (!(call.atMs >= 0)) problems.push(`call ${call.id} is made at ${call.atMs} ms`);
  }
  problems.push(...twice('call', plan.calls), ...twice('fault', plan.faults));
  const pauses = plan.faults.filter((fault) => fault.kind === 'pause').map((fault) => fault.toMs - fault.fromMs);
  if (pauses.length > 0 && Math.max(...pauses) <= frame.callTimeoutMs) {
    // Otherwise every client waits a pause out, and no run shows what a pause does.
    problems.push(
      `no pause lasts longer than a client waits (${frame.callTimeoutMs} ms): lengthen one or shorten --timeout`,
    );
  }
  return problems;
}

function lintFault(fault: Fault, frame: Frame): string[] {
  const problems: string[] = [];
  const say = (bad: boolean, problem: string) => {
    if (bad) problems.push(problem);
  };
  const share = (value: number) => !(value >= 0 && value <= 1);
  say(!(fault.fromMs >= 0 && fault.toMs > fault.fromMs), `it lasts from ${fault.fromMs} to ${fault.toMs} ms`);
  say(
    fault.on !== undefined && frame.cluster === 'processes',
    'it begins at a message, which only the simulation can do',
  );
  const strangers = namesIn(fault).filter((node) => !frame.nodes.includes(node));
  say(strangers.length > 0, `${strangers.join(', ')} is no node of the cluster (${frame.nodes.join(', ')})`);
  if (fault.kind === 'partition') {
    say(
      fault.cut.length === 0 || fault.cut.some(([from, to]) => from === to),
      'it cuts nothing, or a node from itself',
    );
    say(fault.flapMs !== undefined && !(fault.flapMs > 0), `it flaps every ${fault.flapMs} ms`);
  } else if (fault.kind === 'link') {
    say(fault.among.length < 2, 'a link has two ends');
    say(share(fault.drop) || share(fault.duplicate), 'drop and duplicate are chances from 0 to 1');
    say(!(fault.delayMs >= 0 && fault.jitterMs >= 0), 'delays are not negative');
    say(fault.drop + fault.duplicate + fault.delayMs + fault.jitterMs === 0, 'it does nothing');
  } else {
    say(Array.isArray(fault.targets) && fault.targets.length === 0, 'it has no target');
    const everybody = fault.targets === 'all' || frame.nodes.every((node) => fault.targets.includes(node));
    say(fault.kind === 'membership' && everybody, 'it leaves the cluster without members');
    say(fault.kind === 'disk' && (share(fault.chance) || fault.chance === 0), 'its chance is not above 0 and up to 1');
    say(
      fault.kind === 'clock' && fault.how === 'drift' && !((fault.rate ?? 0) > 0 && fault.rate !== 1),
      'a drift needs a rate above 0 other than 1',
    );
    say(fault.kind === 'clock' && fault.how !== 'drift' && fault.byMs === 0, 'it moves the clock by 0 ms');
  }
  return problems;
}

function namesIn(fault: Fault): readonly NodeId[] {
  if (fault.kind === 'partition') return fault.cut.flat();
  if (fault.kind === 'link') return fault.among;
  return typeof fault.targets === 'string' ? [] : fault.targets;
}

function twice(what: string, entries: readonly { readonly id: number }[]): string[] {
  const seen = new Set<number>();
  const doubled = entries.filter(({ id }) => seen.size === seen.add(id).size);
  return doubled.map(({ id }) => `two ${what}s have the id ${id}`);
}
