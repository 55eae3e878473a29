/**
 * All runs of a small scope, the shortest first: up to three calls by as many clients, each at any of three
 * nodes, at once with the one before or after it; and one crash, pause or cut of one node, or none, that
 * begins before any of the moments of calls and lasts a moment or long; each with several delays of messages.
 * Where it finds nothing, there is no counterexample in that scope, which says more than that none was met.
 *
 * @see Jackson, "Software Abstractions", MIT Press 2006: most bugs have small counterexamples.
 */
import type { Api } from 'elle-ts';
import type { FaultKind, System } from '../../systems/system.ts';
import type { PlannedCall, Workload } from '../../workloads/workload.ts';
import type { Fault } from '../faults/fault.ts';
import type { Sort } from '../faults/meaning.ts';
import { meanings } from '../faults/meanings.ts';
import { drawsFrom } from '../setting/random.ts';
import type { Strategy } from './strategy.ts';
import type { Planned } from './trial.ts';

const NODES = ['n1', 'n2', 'n3'];
const MOST_CALLS = 3;
const DELAYS = 4;
/** What comes after something else comes so much later: most operations are done by then. */
const AFTER_MS = 40;
const LENGTHS = [20, 800];
const KINDS = ['crash', 'pause', 'partition'] as const satisfies readonly FaultKind[];

export const exhaustive: Strategy = {
  name: 'exhaustive',
  says: `all runs of up to ${MOST_CALLS} calls and one fault, the shortest first`,
  scope: (system, workload) => sizes(system, workload).reduce((sum, size) => sum + size, 0),
  draw(seed, system, workload) {
    const bySize = sizes(system, workload);
    const all = bySize.reduce((sum, size) => sum + size, 0);
    let left = seed % all;
    let count = 1;
    for (; left >= bySize[count - 1]!; count++) left -= bySize[count - 1]!;
    return planned(digits(left), count, system, workload);
  },
};

function functionsOf(system: System, workload: Workload): readonly string[] {
  return Object.keys(workload.mix).filter((f) => !system.without?.includes(f));
}

function kindsOf({ claims }: System): readonly (typeof KINDS)[number][] {
  return KINDS.filter((kind) => claims.some(({ under }) => under.includes(kind)));
}

/** How many runs there are of one call, of two, and so on. */
function sizes(system: System, workload: Workload): readonly number[] {
  const functions = functionsOf(system, workload).length;
  return Array.from({ length: MOST_CALLS }, (_, i) => {
    const calls = functions * (functions * NODES.length * 2) ** i;
    return calls * faultChoices(system, i + 1) * DELAYS;
  });
}

function faultChoices(system: System, calls: number): number {
  return 1 + kindsOf(system).length * NODES.length * calls * LENGTHS.length;
}

/** Takes a number apart, one digit of any base after the other. */
function digits(whole: number): (base: number) => number {
  let left = whole;
  return (base) => {
    const digit = left % base;
    left = Math.floor(left / base);
    return digit;
  };
}

function planned(next: (base: number) => number, count: number, system: System, workload: Workload): Planned {
  const links = { seed: next(DELAYS) + 1, calm: false, odd: {} };
  const calls = callsOf(next, count, functionsOf(system, workload), workload);
  const fault = faultOf(next(faultChoices(system, count)), count, kindsOf(system));
  const last = calls.at(-1)?.atMs ?? 0;
  const durationMs = Math.max(last, fault?.toMs ?? 0) + AFTER_MS;
  const mix = Object.fromEntries(functionsOf(system, workload).map((f) => [f, 1]));
  const options = { clients: count, nodes: NODES, durationMs, ratePerSecond: 1, keys: 1, mix };
  return {
    system: system.name,
    workload: workload.name,
    cluster: 'simulation',
    seed: links.seed,
    nodes: NODES,
    options,
    faults: fault ? [fault.kind] : [],
    callTimeoutMs: 500,
    plan: { calls, faults: fault ? [fault] : [], links },
  };
}

/** The first call is made at the first node: which it is matters little. */
function callsOf(
  next: (base: number) => number,
  count: number,
  functions: readonly string[],
  workload: Workload,
): readonly PlannedCall<Api>[] {
  const calls: PlannedCall<Api>[] = [];
  let atMs = AFTER_MS;
  for (let client = 0; client < count; client++) {
    const f = functions[next(functions.length)]!;
    const node = client === 0 ? NODES[0]! : NODES[next(NODES.length)]!;
    if (client > 0 && next(2) === 1) atMs += AFTER_MS;
    const call = someCalls(workload, f).filter(({ id }) => calls.every((other) => other.id !== id))[client];
    if (call) calls.push({ ...call, client, node, atMs });
  }
  return calls;
}

/** A few calls of this function as the workload makes them: inputs are its business. */
function someCalls(workload: Workload, f: string): readonly PlannedCall<Api>[] {
  const draw = drawsFrom(1);
  const options = { clients: 1, nodes: NODES, durationMs: 10, ratePerSecond: 1000, keys: 1, mix: { [f]: 1 } };
  return workload.calls(draw, options).filter((call) => call.f === f);
}

/** It begins a little before one of the moments at which calls can be made. */
function faultOf(choice: number, calls: number, kinds: readonly (typeof KINDS)[number][]): Fault | undefined {
  if (choice === 0) return undefined;
  const next = digits(choice - 1);
  const kind = kinds[next(kinds.length)]!;
  const node = NODES[next(NODES.length)]!;
  const fromMs = (1 + next(calls)) * AFTER_MS - AFTER_MS / 4;
  const interval = { id: 1, fromMs, toMs: fromMs + LENGTHS[next(LENGTHS.length)]! };
  return { ...interval, ...(meanings[kind].plainest?.(node, NODES) as Sort<Fault>) };
}
