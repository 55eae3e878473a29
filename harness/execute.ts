/**
 * How a run goes: main phase with faults, heal, recovery, convergence, final calls. Written once, on the cluster's clock: whether that
 * runs in real or in virtual time, nothing here knows.
 */
import type { Verdict } from 'elle-ts';
import type { NodeId } from '../systems/node.ts';
import type { System } from '../systems/system.ts';
import type { PlannedCall, Workload } from '../workloads/workload.ts';
import { finalIds } from './call-ids.ts';
import { Client, type Stage } from './clients.ts';
import type { Cluster } from './cluster.ts';
import { awaitConvergence } from './convergence.ts';
import { type Struck, strike } from './nemesis.ts';
import type { Plan } from './plan.ts';
import { Recorder } from './recorder.ts';
import type { Setting } from './result.ts';

/** What was executed, before anything is judged. */
export interface Executed {
  readonly recorder: Recorder;
  readonly faults: readonly Struck[];
  /** Planned calls that were made; the rest found their client busy until the end. */
  readonly made: number;
  readonly healedMs: number;
  /** From heal until every node had answered a final call, without what the harness could not see in time; absent where one never did. */
  readonly recoveryMs?: number;
  readonly final: readonly { readonly node: NodeId; readonly key?: string; readonly f: string; readonly ok: boolean }[];
  readonly convergence?: Verdict;
}

/** Final calls are tried again until they are answered, but not for ever. */
const FINAL_DEADLINE_MS = 5000;
const RETRY_MS = 25;

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
  const stage: Stage = { cluster, recorder, callTimeoutMs, workers, elapsed };

  const striking = strike(cluster, recorder, plan.faults, elapsed, options.durationMs);
  const made = await Promise.all(
    byClient(plan.calls).map(([client, calls]) => new Client(stage, client).follow(calls, options.durationMs)),
  );
  const faults = await striking;
  await cluster.heal();
  recorder.nemesis('heal', null);
  const healedMs = elapsed();
  const starvedMs = cluster.starvedMs ?? 0;

  const calls = workload.final(keysOf(plan.calls), plan.calls);
  const finals = setting.nodes.map(
    (node, i) => new Finals(stage, new Client(stage, options.clients + i), node, finalIds(i)),
  );
  const deadlineMs = healedMs + Math.max(FINAL_DEADLINE_MS, ...system.claims.map((claim) => claim.recoversMs));
  const first = calls.slice(0, 1) as PlannedCall[];
  const recovered = await Promise.all(finals.map((final) => final.ask(first, deadlineMs)));
  // A busy machine is not the system's doing.
  const recoveryMs = Math.max(0, elapsed() - healedMs - ((cluster.starvedMs ?? 0) - starvedMs));
  const convergence = await awaitConvergence(cluster, system, setting.nodes, deadlineMs, elapsed);
  // Where nothing was waited for since, the first answers are final already.
  const rest = convergence ? calls : calls.slice(1);
  const asked = await Promise.all(finals.map((final) => final.ask(rest as PlannedCall[], deadlineMs)));
  return {
    recorder,
    faults,
    made: made.reduce((sum, count) => sum + count, 0),
    healedMs,
    ...(recovered.flat().every(({ ok }) => ok) ? { recoveryMs } : {}),
    final: convergence ? asked.flat() : [...recovered.flat(), ...asked.flat()],
    ...(convergence ? { convergence } : {}),
  };
}

/** A worker that asks one node the final calls. */
class Finals {
  private readonly stage: Stage;
  private readonly client: Client;
  private readonly node: NodeId;
  private id: number;

  constructor(stage: Stage, client: Client, node: NodeId, id: number) {
    this.stage = stage;
    this.client = client;
    this.node = node;
    this.id = id;
  }

  async ask(calls: readonly PlannedCall[], deadlineMs: number): Promise<Executed['final']> {
    const answers: Executed['final'][number][] = [];
    for (const call of calls) {
      const ok = await this.untilOk(call, deadlineMs);
      answers.push({ node: this.node, f: call.f, ok, ...(call.key === undefined ? {} : { key: call.key }) });
    }
    return answers;
  }

  private async untilOk(call: PlannedCall, deadlineMs: number): Promise<boolean> {
    for (;;) {
      const place = { id: this.id++, client: -1, node: this.node, atMs: this.stage.elapsed() };
      const outcome = await this.client.make({ ...call, ...place });
      if (outcome.type === 'ok') return true;
      if (this.stage.elapsed() >= deadlineMs) return false;
      await this.stage.cluster.sleep(RETRY_MS);
    }
  }
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

function keysOf(calls: readonly PlannedCall[]): readonly string[] {
  return [...new Set(calls.flatMap((call) => (call.key === undefined ? [] : [call.key])))].sort();
}
