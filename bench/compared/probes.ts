/** What a design costs and keeps, each measured by simulated runs whose calls and faults are laid out for that. */
import { OK } from 'elle-ts';
import { inMacrotask } from '../../harness/clusters/simulation/macrotask.ts';
import { runNow } from '../../harness/explore/trial.ts';
import type { Fault } from '../../harness/faults/fault.ts';
import type { Run } from '../../harness/judging/result.ts';
import type { Design } from '../../systems/system.ts';
import { type Cell, plannedOf, richCell, runOnce } from '../../test/systems/cell.ts';
import { workloads } from '../../workloads/registry.ts';
import type { PlannedCall, Workload } from '../../workloads/workload.ts';
import { type Edits, shownIn } from './edits.ts';

const NODES = ['n1', 'n2', 'n3'] as const;
/** So many that each is done with its last edit when it makes its next. */
const CLIENTS = 24;
/** Whom faults hit: no server, which is the first. */
const AWAY = 'n2';

const workloadsOf = ({ datatype }: Design): readonly Workload[] => workloads.filter((one) => one.datatype === datatype);

/** A run of these calls and faults, and no others. */
function runOf(
  system: Design,
  seed: number,
  durationMs: number,
  calls: readonly Omit<PlannedCall, 'id'>[],
  faults: readonly Fault[],
): Promise<Run> {
  const [workload] = workloadsOf(system);
  const size = { nodes: NODES.length, keys: 1, clients: CLIENTS, ratePerSecond: 1, durationMs };
  const cell: Cell = { system, workload: workload!, faults: [], ...size };
  const planned = plannedOf(cell, seed);
  // What is read in the end is asked for by these calls, whose keys are others than those that were drawn.
  const { final: _, ...drawn } = planned.plan;
  const numbered = calls.map((call, id) => ({ ...call, id })) as readonly PlannedCall[];
  return inMacrotask(() =>
    runNow(cell, { ...planned, plan: { ...drawn, calls: numbered, faults } }, { journal: true }),
  );
}

const cutOff = (id: number, fromMs: number, toMs: number): Fault => ({
  ...{ id, kind: 'partition', fromMs, toMs },
  cut: NODES.filter((node) => node !== AWAY).flatMap((node) => [[node, AWAY] as const, [AWAY, node] as const]),
});

/** Rows of a run as they were answered. */
function answered({ history: { columns } }: Run) {
  return Array.from({ length: columns.length }, (_, row) => ({
    f: columns.fNames[columns.f[row]!]!,
    key: columns.keyNames[columns.key[row]!] ?? '',
    node: columns.nodeNames[columns.node[row]!],
    ok: columns.type[row] === OK,
    startMs: columns.startNs[row]! / 1e6,
    final: columns.final.has(row),
    input: columns.input[row],
    output: columns.output[row],
  }));
}

export interface Verdicts {
  readonly valid: number;
  readonly unknown: number;
  readonly accused: readonly string[];
}

/** Runs under all faults that the design tolerates, of all workloads of its datatype in turn. */
export async function verdictsOf(system: Design, seeds: readonly number[]): Promise<Verdicts> {
  const counts = { valid: 0, unknown: 0, invalid: 0 };
  const accused: string[] = [];
  const fitting = workloadsOf(system);
  for (const seed of seeds) {
    const workload = fitting[seed % fitting.length]!;
    const { result } = await inMacrotask(() => runOnce(richCell(system, workload), seed));
    counts[result.verdict]++;
    if (result.verdict === 'invalid') accused.push(`seed ${seed}: ${result.says}`);
  }
  return { valid: counts.valid, unknown: counts.unknown, accused };
}

export interface Traffic {
  readonly messages: number;
  readonly bytes: number;
}

/** So many edits, twice a second at each node, and what nodes send each other for one, without any fault. */
const TRAFFIC_EDITS = 60;

export async function trafficOf(system: Design, edits: Edits, seed: number): Promise<Traffic> {
  const everyMs = 1000 / 6;
  const calls = Array.from({ length: TRAFFIC_EDITS }, (_, n) => ({
    ...edits.together(n),
    ...{ client: n % 3, node: NODES[n % 3]!, atMs: Math.round(n * everyMs) },
  }));
  const { result } = await runOf(system, seed, TRAFFIC_EDITS * everyMs, calls as never, []);
  const { messages, bytes } = result.traffic;
  return { messages: messages / TRAFFIC_EDITS, bytes: bytes / TRAFFIC_EDITS };
}

/**
 * One node is cut off and edits like the others. How many ms after that all show the same; undefined for never.
 */
const CONVERGES = { untilMs: 2000, watchedMs: 2000, everyMs: 5, edits: 40 };

export async function convergesIn(system: Design, edits: Edits, seed: number): Promise<number | undefined> {
  const { untilMs, watchedMs, everyMs } = CONVERGES;
  const { key } = edits.together(0);
  const made = Array.from({ length: CONVERGES.edits }, (_, n) => ({
    ...edits.together(n),
    ...{ client: n % 3, node: NODES[n % 3]!, atMs: Math.round((n * (untilMs - 100)) / CONVERGES.edits) },
  }));
  const reads = Array.from({ length: watchedMs / everyMs }, (_, i) => untilMs + i * everyMs).flatMap((atMs) =>
    NODES.map((node, i) => ({ f: 'read', input: null, key, client: 3 + i, node, atMs })),
  );
  const run = await runOf(system, seed, untilMs + watchedMs, [...made, ...reads] as never, [cutOff(1, 500, untilMs)]);
  const shows = answered(run).filter(({ f, ok, startMs }) => f === 'read' && ok && startMs >= untilMs);
  const textOf = (output: unknown) => {
    const shown = shownIn(output);
    return JSON.stringify(Array.isArray(shown) && edits.datatype !== 'list' ? [...shown].sort() : shown);
  };
  const end = textOf(shows.at(-1)?.output);
  const last = shows.findLast(({ output }) => textOf(output) !== end);
  if (last && last.startMs >= untilMs + watchedMs - 100) return undefined;
  return last ? last.startMs + everyMs - untilMs : 0;
}

export interface Losses {
  readonly acknowledged: number;
  readonly lost: number;
  /** Edits that were under way when the node crashed, and are there afterwards; and how many there were. */
  readonly open: number;
  readonly kept: number;
}

/** A node that is cut off edits, crashes and starts again: which of its edits are there in the end. */
const LOSES = { edits: 100, everyMs: 7, crashesMs: 700, startsMs: 800, heardMs: 1000 };

export async function losesIn(system: Design, edits: Edits, seed: number): Promise<Losses> {
  const { everyMs, crashesMs, startsMs, heardMs } = LOSES;
  const count = Math.min(LOSES.edits, Math.floor((crashesMs - 1) / everyMs));
  const calls = Array.from({ length: count }, (_, n) => ({
    ...edits.apart(n),
    ...{ client: n % CLIENTS, node: AWAY, atMs: 20 + n * everyMs },
  }));
  const crash: Fault = { id: 2, kind: 'crash', fromMs: crashesMs, toMs: startsMs, targets: [AWAY], disk: 'kept' };
  const run = await runOf(system, seed, heardMs + 200, calls as never, [cutOff(1, 0, heardMs), crash]);
  const rows = answered(run);
  const ends = rows.filter(({ final, node, ok }) => final && ok && node === 'n1');
  const left = new Set(edits.left(count, new Map(ends.map(({ key, output }) => [key, output]))));
  const acknowledged = rows.flatMap(({ f, ok }, n) => (f !== 'read' && n < count && ok ? [n] : []));
  const open = rows.flatMap(({ f, ok }, n) => (f !== 'read' && n < count && !ok ? [n] : []));
  return {
    acknowledged: acknowledged.length,
    lost: acknowledged.filter((n) => !left.has(n)).length,
    open: open.length,
    kept: open.filter((n) => left.has(n)).length,
  };
}
