/**
 * Real processes: how soon five nodes are ready, how many operations a second pass through the
 * switch with the recorder on, and what memory a run of a million operations takes in the harness.
 * `node dist/bench/processes.js [SYSTEM]`, and `memory [OPERATIONS] [processes]` for the last alone:
 * with nodes that answer at once, or with real ones, which takes a second for a thousand operations.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cluster, SessionCall } from '../harness/clusters/cluster.ts';
import { Processes } from '../harness/clusters/processes/cluster.ts';
import { judge } from '../harness/judging/judge.ts';
import { execute } from '../harness/running/execute.ts';
import { runPrepared } from '../harness/running/run.ts';
import type { Prepared } from '../harness/setting/prepared.ts';
import { prepare, type Wanted } from '../harness/setting/setting.ts';
import { designFrom } from '../harness/setting/sources.ts';

const READY_GOAL_MS = 2000;
const RATE_GOAL = 2000;
const MEMORY_GOAL_BYTES = 1.5e9;
const MIX = { read: 1, write: 1 };

async function readyMs(): Promise<number> {
  const { source, plan, setting } = await prepare({ system: 'quorum/abd', nodes: 5, faults: [] });
  const system = await designFrom(source);
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-bench-'));
  const { nodes } = setting;
  const places = { logFolder: folder, diskFolder: folder, temporary: folder };
  const began = performance.now();
  const cluster = await Processes.launch({
    system,
    source,
    nodes,
    links: plan.links,
    journal: true,
    fsync: false,
    ...places,
  });
  const took = performance.now() - began;
  await cluster.stop();
  return took;
}

/** A run whose clients never wait: each has its next call due when the last is answered. */
function closedLoop(system: string, operations: number, durationMs: number): Wanted {
  const options = { clients: 32, durationMs, ratePerSecond: (operations * 1000) / durationMs, keys: 100, mix: MIX };
  return { system, seed: 1, nodes: 3, faults: [], options };
}

async function throughput(system: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-bench-'));
  const file = openSync(join(folder, 'history.jsonl'), 'w');
  const prepared = await prepare(closedLoop(system, 90_000, 5000));
  const { result } = await runPrepared(prepared, { sink: (line) => void writeSync(file, `${line}\n`) });
  rmSync(folder, { recursive: true });
  const succeeded = Object.values(result.tally.succeeded).reduce((sum, count) => sum + count, 0);
  console.log(`  ${result.says}; ${(result.traffic.messages / succeeded).toFixed(1)} messages an operation`);
  return (succeeded / result.healedMs) * 1000;
}

/**
 * A register that answers at once, in the harness itself: what
 * is left is the memory of plan, clients, recorder and checkers.
 */
function instant(nodes: readonly string[]): Cluster & Required<Pick<Cluster, 'traffic'>> {
  const values = new Map<string, unknown>();
  let turn = 0;
  const call = async ({ f, input, key = '' }: SessionCall) => {
    // Now and then the event loop must turn, or nobody's timers would run.
    if (turn++ % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
    if (f === 'read') return values.get(key) ?? null;
    values.set(key, input);
    return null;
  };
  return {
    nodes,
    elapsed: () => performance.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    open: () => ({ call, close() {} }),
    begin: async () => 'indeterminate',
    end: async () => 'indeterminate',
    heal: async () => {},
    state: async () => null,
    traffic: () => ({ messages: 0, bytes: 0, kinds: {}, marks: {} }),
    stop: async () => {},
  };
}

async function manyOperations(count: number, real: boolean): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-bench-'));
  const file = openSync(join(folder, 'history.jsonl'), 'w');
  const sink = (line: string) => void writeSync(file, `${line}\n`);
  // Real nodes are given the time that they need; the rest of the calls would not be made.
  const prepared = await prepare(closedLoop('quorum/abd', count, real ? count : 60_000));
  const result = real ? (await runPrepared(prepared, { sink })).result : await answeredAtOnce(prepared, sink);
  rmSync(folder, { recursive: true });
  const made = Object.values(result.tally.called).reduce((sum, count) => sum + count, 0);
  console.log(JSON.stringify({ made, bytes: process.resourceUsage().maxRSS * 1024, says: result.says }));
}

async function answeredAtOnce(prepared: Prepared, sink: (line: string) => void) {
  // All are due from the first moment on: nobody waits.
  const plan = { ...prepared.plan, calls: prepared.plan.calls.map((call) => ({ ...call, atMs: 0 })) };
  const cluster = instant(prepared.setting.nodes);
  const executed = await execute(cluster, { ...prepared, plan, sink });
  return judge({ ...prepared, plan, executed, traffic: cluster.traffic(), claimsOnly: false });
}

function line(what: string, measured: string, ratio: number): void {
  console.log(`${what}: ${measured} (${ratio.toFixed(2)} of the goal, above 1 is better)`);
}

const [first = 'sync-replication/sound', second = '1000000', third = ''] = process.argv.slice(2);
if (first === 'memory-of') await manyOperations(Number(second), third === 'processes');
else {
  console.log(`${cpus().length} processors, ${cpus()[0]?.model ?? ''}, Node.js ${process.version}`);
  if (first !== 'memory') {
    const times = [];
    for (let i = 0; i < 5; i++) times.push(await readyMs());
    const median = times.sort((a, b) => a - b)[2]!;
    line('five nodes ready', `${Math.round(median)} ms`, READY_GOAL_MS / median);
    const rate = await throughput(first);
    line(`${first}, 3 nodes, 32 clients`, `${Math.round(rate)} operations a second`, rate / RATE_GOAL);
  }
  const self = fileURLToPath(import.meta.url);
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [self, 'memory-of', first === 'memory' ? second : '1000000', third],
    { encoding: 'utf8' },
  );
  const { made, bytes, says } = JSON.parse(stdout || JSON.stringify({ made: 0, bytes: 0, says: stderr })) as {
    made: number;
    bytes: number;
    says: string;
  };
  console.log(`  ${says}`);
  line(`memory for ${made} operations`, `${Math.round(bytes / 1e6)} MB`, MEMORY_GOAL_BYTES / bytes);
}
