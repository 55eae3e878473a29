/**
 * From what a user says to a setting that determines a run: names
 * are resolved, defaults filled in, and what cannot be is refused.
 */

import { isDatabase } from '../../databases/database.ts';
import type { NodeId } from '../../systems/node.ts';
import { isProgram, type System } from '../../systems/system.ts';
import type { Workload, WorkloadOptions } from '../../workloads/workload.ts';
import { clusterKinds } from '../clusters/cluster-kinds.ts';
import { DISK_NAMES, disksWork } from '../clusters/databases/disks.ts';
import { CLUSTER_NAMES } from '../clusters/names.ts';
import { fixedOptions, usualOptions } from '../clusters/programs/dialects.ts';
import { BadInput } from '../failure.ts';
import { faultNames, kindsOfNames } from '../faults/draw.ts';
import type { Fault } from '../faults/fault.ts';
import { kindsAmong } from '../faults/meanings.ts';
import { possibleFaults } from '../faults/possible.ts';
import { problemsOfPlan } from '../faults/problems.ts';
import { ownFaults } from './fault-source.ts';
import { nodeNames } from './node-names.ts';
import type { Setting } from './plan.ts';
import { type Plan, plan } from './plan.ts';
import type { Prepared } from './prepared.ts';
import { refuseTooLarge } from './price.ts';
import { isNodeName } from './reading.ts';
import { refuseNoTime, refuseRhythm } from './rhythm.ts';
import { timeoutFor } from './run-keys.ts';
import { sourceOf, systemOf } from './sources.ts';
import { unknownName } from './suggestions.ts';
import { refuseUnheeded } from './unheeded.ts';
import { type Chosen, chosenFor } from './workload-source.ts';

/**
 * A setting, or the part of it that one cares about. `nodes` may be their number; the
 * workload is by default one of the system's datatype, and the plan is drawn from the seed.
 */
export type Wanted = Partial<Omit<Setting, 'system' | 'nodes' | 'options'>> & {
  readonly system: string;
  readonly nodes?: number | readonly NodeId[];
  readonly options?: Partial<WorkloadOptions>;
  readonly plan?: Plan;
};

/** Rejects with `BadInput` where a name does not exist, a number cannot be, or the plan cannot mean anything. */
export async function prepare(wanted: Wanted): Promise<Prepared> {
  const source = sourceOf(wanted.system);
  const held = heldTo(withNetwork(await systemOf(wanted), wanted.network), wanted);
  const { system } = held;
  const chosen = await chosenFor(system, wanted.workload);
  const { workload } = chosen;
  const setting = filledIn({ ...wanted, ...held.claims }, system, chosen);
  refuseImpossible(setting, workload);
  refuseRhythm(setting.rhythm ?? {});
  refuseUnheeded(wanted, setting, workload);
  if (wanted.plan === undefined) refuseTooLarge(setting);
  // A plan that is given may have faults of the kinds that these bring.
  const { kind, possible, drawing } = await drawingFor(setting, system);
  const drawn = wanted.plan ?? plan(setting, workload, drawing);
  refuseNoTime(drawn, setting);
  refuseDisk(wanted.disk, system);
  const runs = kind.runs(system, setting.programs);
  if (runs !== true) throw new BadInput(runs);
  const fixed = isDatabase(system) ? system.fixed?.nodes : undefined;
  if (fixed !== undefined && setting.nodes.length !== fixed)
    throw new BadInput(`${system.name} has ${fixed} nodes, not ${setting.nodes.length}`);
  const problems = problemsOfPlan(drawn, setting, (fault) => kind.can(fault, system, setting.disk));
  if (problems.length > 0) throw new BadInput(`this run cannot mean anything: ${problems.join('; ')}`);
  const leftOut = wanted.plan ? [] : possible.leftOut;
  return { setting, plan: drawn, system, source, workload, ...(leftOut.length > 0 ? { leftOut } : {}) };
}

/** What draws the plan of each seed for a setting. Rejects with `BadInput` where the setting cannot be. */
export async function planDrawer(wanted: Wanted): Promise<(seed: number) => Plan> {
  const { setting, system, workload } = await prepare(wanted);
  const { drawing } = await drawingFor(setting, system);
  return (seed) => plan({ ...setting, seed }, workload, drawing);
}

/** What a plan is drawn with beside the setting: faults that the cluster can make, and those of a user's modules. */
async function drawingFor(setting: Setting, system: System) {
  const own = await ownFaults(setting.faults);
  const kind = clusterKinds[setting.cluster];
  const possible = possibleFor(setting, (fault) => kind.can(fault, system, setting.disk));
  return {
    kind,
    possible,
    drawing: { names: possible.names, own: { ...possible.own, ...own }, claims: system.claims },
  };
}

/** What can be made of the faults that the setting names. */
function possibleFor({ faults, nodes, callTimeoutMs, options }: Setting, can: (fault: Fault) => true | string) {
  return possibleFaults(faults, { nodes, callTimeoutMs, durationMs: options.durationMs, shortestMs: 1 }, can);
}

/**
 * A program that is given a fault which its usual claim does not cover is asked whether it tolerates that, too: nobody
 * has written down what it claims. All that it has in memory is gone after a crash, but a file may be there.
 */
function heldTo(
  system: System,
  { claims, faults = [], plan }: Wanted,
): { readonly system: System; readonly claims: Pick<Setting, 'claims'> } {
  if (!isProgram(system) || claims) return { system, claims: {} };
  const kinds = plan ? kindsAmong(plan.faults) : kindsOfNames(faults);
  const missing = kinds.filter((kind) => system.claims.every(({ under }) => !under.includes(kind)));
  if (missing.length === 0) return { system, claims: {} };
  const wider = system.claims.map((claim) => ({ ...claim, under: [...claim.under, ...missing] }));
  return { system: { ...system, claims: wider }, claims: { claims: wider } };
}

/** Throws `BadInput` where there is no such disk, or none can be made here. */
function refuseDisk(disk: Setting['disk'], system: System): void {
  if (disk === undefined) return;
  if (!DISK_NAMES.includes(disk)) throw new BadInput(unknownName('disk', disk, DISK_NAMES));
  const works = isDatabase(system) ? disksWork(disk) : `${system.name} is no database: no --disk is chosen for it`;
  if (works !== true) throw new BadInput(works);
}

/** A database whose links are cut by this network alone. Throws `BadInput` where that cannot be. */
export function withNetwork(system: System, network: Setting['network']): System {
  if (network === undefined) return system;
  if (!isDatabase(system)) throw new BadInput(`${system.name} is no database: no --network is chosen for it`);
  const { networks = ['proxies'] } = system;
  if (networks.includes(network)) return { ...system, networks: [network] } as System;
  if (!['proxies', 'namespaces'].includes(network))
    throw new BadInput(unknownName('network', network, ['proxies', 'namespaces']));
  throw new BadInput(`the links of ${system.name} are cut by ${networks.join(' or ')}, not by ${network}`);
}

function filledIn(wanted: Wanted, system: System, { workload, says }: Chosen): Setting {
  const { options: asks = {}, cluster = 'processes', fsync, claims, programs, maelstrom } = wanted;
  const options = { ...usualOptions(system), ...asks, ...fixedOptions(system) };
  if (!CLUSTER_NAMES.includes(cluster)) throw new BadInput(unknownName('cluster', String(cluster), CLUSTER_NAMES));
  const defaults = clusterKinds[cluster].defaults(system);
  const { nodes: asked = defaults.nodes } = wanted;
  if (typeof asked === 'number' && !(Number.isSafeInteger(asked) && asked > 0))
    throw new BadInput(`the number of nodes is a whole number from 1 on, not ${asked}`);
  const nodes = typeof asked === 'number' ? nodeNames(system, asked) : asked;
  const durationMs = options.durationMs ?? defaults.durationMs;
  return {
    system: wanted.system,
    workload: says,
    cluster,
    seed: wanted.seed ?? Math.floor(Math.random() * 1e9),
    nodes,
    options: {
      clients: options.clients ?? defaults.clients,
      nodes,
      durationMs,
      ratePerSecond: options.ratePerSecond ?? defaults.ratePerSecond,
      keys: options.keys ?? defaults.keys,
      ...given(options, ['skew', 'leaseMs', 'dawdleMs', 'aborts', 'maxTxnLength', 'maxWritesPerKey']),
      mix: mixOf(system, workload, options.mix),
    },
    // One that the system claims to tolerate: of others it says nothing, and several at once may leave
    // no majority standing. What a program claims its author has not said, so it is given none.
    faults: wanted.faults ?? (isProgram(system) ? [] : (system.claims[0]?.under.slice(0, 1) ?? [])),
    callTimeoutMs: wanted.callTimeoutMs ?? timeoutFor(durationMs, defaults),
    ...rhythmOf(wanted, system),
    ...(fsync === undefined ? {} : { fsync }),
    ...(claims === undefined ? {} : { claims }),
    ...(programs === undefined ? {} : { programs }),
    ...(wanted.network === undefined ? {} : { network: wanted.network }),
    ...(wanted.disk === undefined ? {} : { disk: wanted.disk }),
    ...(maelstrom === undefined ? {} : { maelstrom }),
  };
}

/** Real software notices a fault after its own timeouts: its faults outlast those, and do not fall on each other. */
function rhythmOf({ rhythm }: Wanted, system: System): Pick<Setting, 'rhythm'> {
  if (!isDatabase(system)) return rhythm === undefined ? {} : { rhythm };
  const { noticesMs } = system;
  const own = { everyMs: 3 * noticesMs, forMs: [noticesMs, 2 * noticesMs], quietMs: noticesMs } as const;
  return { rhythm: { name: 'single', ...own, ...rhythm } };
}

/** These options, those that are there. */
function given(options: Partial<WorkloadOptions>, names: readonly (keyof WorkloadOptions)[]): Partial<WorkloadOptions> {
  return Object.fromEntries(names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
}

function mixOf(system: System, workload: Workload, given: WorkloadOptions['mix'] | undefined): WorkloadOptions['mix'] {
  if (given) return given;
  return Object.fromEntries(Object.entries(workload.mix).filter(([f]) => !system.without?.includes(f)));
}

function refuseImpossible(setting: Setting, workload: Workload): void {
  const { nodes, options, faults, callTimeoutMs, seed } = setting;
  const whole = (what: string, value: number, least = 1) => {
    if (!Number.isSafeInteger(value) || value < least)
      throw new BadInput(`${what} is a whole number from ${least} on, not ${value}`);
  };
  const positive = (what: string, value: number) => {
    if (!(value > 0 && Number.isFinite(value))) throw new BadInput(`${what} is a number above 0, not ${value}`);
  };
  whole('the seed', seed, 0);
  whole('the number of nodes', nodes.length);
  whole('the number of clients', options.clients);
  whole('the number of keys', options.keys);
  if (options.skew !== undefined && !(options.skew >= 0 && Number.isFinite(options.skew)))
    throw new BadInput(`the skew is a number from 0 on, not ${options.skew}`);
  positive('the time', options.durationMs);
  if (options.leaseMs !== undefined) positive('the length of a lease', options.leaseMs);
  if (options.dawdleMs !== undefined) positive('the pause of a holder that dawdles', options.dawdleMs);
  if (!(options.ratePerSecond >= 0 && Number.isFinite(options.ratePerSecond)))
    throw new BadInput(`the rate is a number from 0 on, not ${options.ratePerSecond}`);
  positive('the timeout', callTimeoutMs);
  const odd = nodes.find((node) => !isNodeName(node));
  if (odd !== undefined)
    throw new BadInput(`a node's name is made of at most 64 letters, digits, _ and -, unlike ${odd}`);
  if (new Set(nodes).size < nodes.length) throw new BadInput(`two nodes have one name: ${nodes.join(', ')}`);
  const known = Object.keys(workload.mix);
  for (const [f, share] of Object.entries(options.mix)) {
    if (!known.includes(f)) throw new BadInput(unknownName(`function of ${workload.name}`, f, known));
    if (!(share >= 0)) throw new BadInput(`the share of ${f} is ${share}`);
  }
  if (!Object.values(options.mix).some((share) => share > 0)) throw new BadInput('the mix calls nothing');
  faultNames(faults);
}
