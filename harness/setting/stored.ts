/** What settings, plans and counterexamples in files must be: they may come from strangers. */
import type { Api, Call } from 'elle-ts';
import type { PlannedCall, Workload } from '../../workloads/workload.ts';
import { CLUSTER_NAMES } from '../clusters/names.ts';
import { BadInput } from '../failure.ts';
import { knownKinds, meaningOf } from '../faults/meanings.ts';
import type { Plan, Setting } from './plan.ts';
import {
  either,
  flag,
  key,
  LONGEST_MS,
  listOf,
  nodeName,
  numberIn,
  oneOf,
  plain,
  type Reader,
  record,
  recordOf,
  text,
  timeMs,
  wholeIn,
} from './reading.ts';

const MOST_NODES = 1000;
const MOST_CLIENTS = 100_000;

const nodes: Reader = (value, path) => {
  listOf(nodeName, 1)(value, path);
  const names = value as readonly string[];
  numberIn(1, MOST_NODES)(names.length, `${path}.length`);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new BadInput(`${path}: two nodes have the name ${twice}`);
};

const claim = record(
  {
    model: text,
    under: listOf(text),
    available: oneOf('total', 'majority', 'primary-side', 'none'),
    durable: oneOf('always', 'majority', 'no'),
    converges: flag,
    recoversMs: timeMs,
  },
  { answered: numberIn(0, 1) },
);

const options = record(
  {
    clients: wholeIn(1, MOST_CLIENTS),
    nodes,
    durationMs: numberIn(Number.MIN_VALUE, LONGEST_MS),
    ratePerSecond: numberIn(Number.MIN_VALUE, 1e9),
    keys: wholeIn(1, 1e9),
    mix: recordOf(numberIn(0, Number.MAX_VALUE)),
  },
  {
    skew: numberIn(0, 1000),
    leaseMs: numberIn(Number.MIN_VALUE, LONGEST_MS),
    dawdleMs: numberIn(Number.MIN_VALUE, LONGEST_MS),
  },
);

const settingFields = {
  system: text,
  workload: text,
  cluster: oneOf(...CLUSTER_NAMES),
  seed: wholeIn(0),
  nodes,
  options,
  faults: listOf(text),
  callTimeoutMs: numberIn(Number.MIN_VALUE, LONGEST_MS),
};
const settingOptional = { fsync: flag, claims: listOf(claim) };

/** A `Setting`. */
export const setting = record(settingFields, settingOptional);

const call = record(
  { id: wholeIn(0), client: wholeIn(0, MOST_CLIENTS), node: nodeName, atMs: timeMs, f: text, input: plain },
  { key, needs: wholeIn(0) },
);

const finalCall = record({ f: text, input: plain }, { key });

/** The fields of built-in kinds; what a kind makes of its own its meaning says, which a module may bring. */
const names = listOf(nodeName);
const FAULT_FIELDS: Readonly<Record<string, Reader>> = {
  on: record({ message: text, nth: wholeIn(1), at: oneOf('from', 'to') }),
  targets: either('a role or a list of nodes', text, names),
  isolate: either('a role or a list of nodes', text, names),
  cut: listOf(listOf(nodeName, 2)),
  among: names,
  flapMs: numberIn(1, LONGEST_MS),
  periodMs: numberIn(1, LONGEST_MS),
  delayMs: timeMs,
  jitterMs: timeMs,
  drop: numberIn(0, 1),
  duplicate: numberIn(0, 1),
  chance: numberIn(0, 1),
  rate: numberIn(1e-3, 1e3),
  byMs: numberIn(-LONGEST_MS * 1000, LONGEST_MS * 1000),
  how: text,
  disk: text,
  chore: text,
};
const fault = record({ id: wholeIn(0), kind: text, fromMs: timeMs, toMs: timeMs }, FAULT_FIELDS);

const links = record(
  { seed: wholeIn(0), calm: flag, odd: recordOf(listOf(timeMs)) },
  {
    afresh: record({ fromMs: timeMs, seed: wholeIn(0) }),
    paces: record({
      by: oneOf('node', 'link', 'conversation'),
      slow: numberIn(0, 1),
      held: numberIn(0, 1),
      untilMs: timeMs,
    }),
  },
);

/** A `Plan`. */
export const plan = record({ calls: listOf(call), faults: listOf(fault), links }, { final: listOf(finalCall) });

/** A `Counterexample`, but for what its plan and its setting must agree on: see `refuseUnfit`. */
export const counterexample = record({
  splitbrain: oneOf(1),
  anomaly: record({ name: text, message: text, steps: listOf(text), operations: listOf(wholeIn(0)) }),
  setting: record({ ...settingFields, plan }, settingOptional),
  trace: text,
  versions: record({ splitbrain: text, node: text }),
  shrunk: record({ seed: wholeIn(0), calls: wholeIn(0), faults: wholeIn(0), runs: wholeIn(0), minimal: flag }),
});

/**
 * Throws `BadInput` where a plan that is of the right shape asks for what its setting has not: nodes that are none of
 * the cluster, faults that lack what their kind needs. `where` is the path of the plan.
 */
export function refuseUnfit(plan: Plan, setting: Setting, where: string): void {
  const { nodes } = setting;
  plan.calls.forEach(({ node }, i) => {
    if (!nodes.includes(node)) throw new BadInput(`${where}.calls[${i}].node: ${node} is no node of the cluster`);
  });
  plan.faults.forEach((fault, i) => {
    const at = `${where}.faults[${i}]`;
    if (fault.toMs < fault.fromMs) throw new BadInput(`${at}: it ends at ${fault.toMs} ms, before it begins`);
    // Of a kind whose module is not loaded yet nothing is known.
    if (!knownKinds().includes(fault.kind)) return;
    let problems: readonly string[];
    let targets: unknown;
    try {
      targets = meaningOf(fault).targets(fault);
      problems = meaningOf(fault).problems(fault, setting);
    } catch {
      targets = undefined;
      problems = [];
    }
    if (typeof targets !== 'string' && !Array.isArray(targets))
      throw new BadInput(`${at}: it lacks what a ${fault.kind} fault needs`);
    const stranger = Array.isArray(targets) ? targets.find((node) => !nodes.includes(node as string)) : undefined;
    if (stranger !== undefined) throw new BadInput(`${at}: ${stranger} is no node of the cluster`);
    if (problems.length > 0) throw new BadInput(`${at}: ${problems.join('; ')}`);
  });
}

/** Throws `BadInput` where a call of the plan is none that the workload could have drawn. */
export function refuseUncallable({ calls, final = [] }: Plan, workload: Workload, where: string): void {
  const refuse = (call: Call<Api>, at: string) => {
    try {
      // It derives final calls from the inputs of calls, and throws where these are none of its own.
      workload.final(call.key === undefined ? [] : [call.key], [call as PlannedCall]);
    } catch {
      throw new BadInput(`${where}.${at}: it is no call of ${workload.name}`);
    }
  };
  for (const [i, call] of calls.entries()) refuse(call, `calls[${i}]`);
  for (const [i, call] of final.entries()) refuse(call, `final[${i}]`);
}
