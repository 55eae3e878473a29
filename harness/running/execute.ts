/**
 * How a run goes: main phase with faults, heal, recovery, convergence, final calls. Written once,
 * on the cluster's clock: whether that runs in real or in virtual time, nothing here knows.
 */
import type { Verdict } from 'elle-ts';
import type { System } from '../../systems/system.ts';
import type { PlannedCall, Workload } from '../../workloads/workload.ts';
import type { Cluster, Starved } from '../clusters/cluster.ts';
import { Defects, type Thrown } from '../node/thrown.ts';
import { finalCalls, type Plan, type Setting } from '../setting/plan.ts';
import { Client, type RunContext } from './clients.ts';
import { type Final, Finals, finalIds, Known, type Until } from './finals.ts';
import { type InjectedFault, injectFaults } from './nemesis.ts';
import { Recorder } from './recorder.ts';
import { settle } from './settling.ts';
import { Patience } from './starved.ts';

/** How the nodes came back after heal: what each was asked first, and until when that was. */
interface Recovery {
  readonly final: readonly Final[];
  /** From heal until every node had answered, or nobody waited any more. */
  readonly waitedMs: number;
  /** What was starved in that time, of the harness and all nodes together. */
  readonly starvedMs: number;
}

/** What was executed, before anything is judged. */
export interface Executed {
  readonly recorder: Recorder;
  readonly faults: readonly InjectedFault[];
  /** Planned calls that were made; the rest found their client busy until the end. */
  readonly made: number;
  readonly healedMs: number;
  readonly recovery: Recovery;
  /** What every node was asked in the last round. */
  readonly final: readonly Final[];
  readonly convergence?: Verdict;
  /** What was starved in the main phase, and in all. Absent where time is virtual. */
  readonly starved?: { readonly main: Starved; readonly all: Starved };
  /**
   * The errors of the system's code that clients were told, and those that made its nodes keep silent to each other.
   */
  readonly thrown: { readonly atClients: readonly Thrown[]; readonly inHandlers: readonly Thrown[] };
}

/** Final calls are tried again until they are answered, but not for ever. */
const FINAL_DEADLINE_MS = 5000;

export async function execute(
  cluster: Cluster,
  {
    setting,
    plan,
    system,
    workload,
    sink,
  }: { setting: Setting; plan: Plan; system: System; workload: Workload; sink?: (line: string) => void },
): Promise<Executed> {
  const zeroMs = cluster.elapsed();
  const elapsed = () => cluster.elapsed() - zeroMs;
  const recorder = new Recorder(elapsed, sink);
  const { callTimeoutMs, options } = setting;
  const workers = options.clients + setting.nodes.length;
  const context: RunContext = { cluster, recorder, callTimeoutMs, workers, elapsed };

  // Together: a fault that cannot be made ends the run at once, while clients still call.
  const [faults, made] = await Promise.all([
    injectFaults(cluster, recorder, plan.faults, elapsed, options.durationMs),
    Promise.all(
      byClient(plan.calls).map(([client, calls]) => new Client(context, client).follow(calls, options.durationMs)),
    ),
  ]);
  await cluster.heal();
  recorder.nemesis('heal', null);
  const healedMs = elapsed();

  const known = new Known(recorder);
  const finals = setting.nodes.map((node, i) => {
    const client = new Client(context, options.clients + i);
    return new Finals(context, client, node, finalIds(i), known, workload);
  });
  const patience = await Patience.begin(cluster, elapsed);
  const until = { patience, ms: Math.max(FINAL_DEADLINE_MS, ...system.claims.map(({ recoversMs }) => recoversMs)) };
  const calls = finalCalls(plan, workload) as readonly PlannedCall[];
  const recovery = await recover(finals, calls.slice(0, 1), until);
  const rest = workload.finalOnce ? calls.slice(1) : calls;
  const recovered = recovery.final.every(({ ok }) => ok);
  const ending = { cluster, nodes: setting.nodes, system, workload, recorder, finals, calls: rest, until, recovered };
  const settled = await settle(ending);
  await showStates(cluster, recovery);
  const starved = cluster.starved && { main: patience.before, all: await cluster.starved() };
  return {
    recorder,
    faults,
    made: made.reduce((sum, count) => sum + count, 0),
    healedMs,
    recovery,
    final: workload.finalOnce ? [...recovery.final, ...settled.final] : settled.final,
    ...(settled.convergence ? { convergence: settled.convergence } : {}),
    ...(starved ? { starved } : {}),
    thrown: { atClients: thrownAtClients(recorder), inHandlers: cluster.thrown ?? [] },
  };
}

/**
 * Reads the state of every node that answers, so that one that
 * cannot be read ends the run whether or not anybody needs it.
 */
async function showStates(cluster: Cluster, { final }: Recovery): Promise<void> {
  await Promise.all(final.flatMap(({ ok, node }) => (ok ? [cluster.state?.(node)] : [])));
}

function thrownAtClients({ threw, history: { columns } }: Recorder): readonly Thrown[] {
  const defects = new Defects();
  for (const row of threw)
    defects.note(columns.nodeNames[columns.node[row]!]!, columns.fNames[columns.f[row]!]!, columns.error.get(row)!);
  return defects.all;
}

/** Asks every node its first final call until all have answered or patience ends. */
async function recover(finals: readonly Finals[], calls: readonly PlannedCall[], until: Until): Promise<Recovery> {
  const final = (await Promise.all(finals.map((one) => one.ask(calls, until, false)))).flat();
  const { waitedMs } = until.patience;
  await until.patience.look();
  return { final, waitedMs, starvedMs: until.patience.starvedMs };
}

function byClient(calls: readonly PlannedCall[]): readonly (readonly [number, readonly PlannedCall[]])[] {
  const lists = new Map<number, PlannedCall[]>();
  for (const call of calls) {
    const list = lists.get(call.client);
    if (list) list.push(call);
    else lists.set(call.client, [call]);
  }
  for (const list of lists.values()) list.sort((a, b) => a.atMs - b.atMs || a.id - b.id);
  return [...lists];
}
