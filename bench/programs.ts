/**
 * What programs cost: runs a second in virtual time, forked and spawned, as processor time of all that takes part;
 * processor time of the harness for each message in real time, and how long a run takes to its first call beside what
 * the programs take by themselves. `node dist/bench/programs.js`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { minimalEnvironment } from '../harness/clusters/children/environment.ts';
import { inMacrotask } from '../harness/clusters/simulation/macrotask.ts';
import { runNow } from '../harness/explore/trial.ts';
import { run, runPrepared } from '../harness/running/run.ts';
import { prepare } from '../harness/setting/setting.ts';
import { subjectOf } from '../harness/setting/subject.ts';

const nodes = fileURLToPath(new URL('../../test/programs/nodes/', import.meta.url));
const RUNS = 60;

/** Processor time so far, in ms, of this process and of all that it started: those that ended, and those that run. */
function usedMs(): { readonly harness: number; readonly programs: number } {
  const { user, system } = process.cpuUsage();
  const [, , , , , , , , , , , , , ended = 0, endedSystem = 0] = statOf(process.pid);
  const running = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && isOurs(name))
    .reduce((sum, name) => {
      const fields = statOf(Number(name));
      // Its own time, and that of children that it has waited for.
      return sum + (fields[11] ?? 0) + (fields[12] ?? 0) + (fields[13] ?? 0) + (fields[14] ?? 0);
    }, 0);
  return { harness: (user + system) / 1000, programs: (ended + endedSystem + running) * 10 };
}

/** The fields of /proc/PID/stat after the name, in ticks of 10 ms where they are times. */
function statOf(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
  } catch {
    return [];
  }
}

function isOurs(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`SPLITBRAIN_PIPES=`);
  } catch {
    return false;
  }
}

/** Runs of 31 calls on three nodes, one after the other. */
async function virtualRuns(program: string, dialect: string, runs: number): Promise<void> {
  const system = `bin:${dialect}:${nodes}${program}`;
  const options = { durationMs: 1000, ratePerSecond: 28, clients: 5 };
  const { setting, plan } = await prepare({ system, cluster: 'simulation', seed: 1, faults: [], options });
  const subject = await subjectOf(setting);
  const once = () => inMacrotask(() => runNow(subject, { ...setting, plan }));
  for (let i = 0; i < 5; i++) await once();
  const before = usedMs();
  const beganMs = performance.now();
  for (let i = 0; i < runs; i++) await once();
  const wallMs = (performance.now() - beganMs) / runs;
  const after = usedMs();
  const harness = (after.harness - before.harness) / runs;
  const programs = (after.programs - before.programs) / runs;
  const all = harness + programs;
  process.stdout.write(
    `${program}: ${(1000 / all).toFixed(0)} runs a second of one core: ${harness.toFixed(1)} ms harness and ${programs.toFixed(1)} ms programs a run; ${wallMs.toFixed(0)} ms on the wall\n`,
  );
}

async function messagesInRealTime(count: number): Promise<void> {
  const system = `bin:broadcast:${nodes}gossip_once.py`;
  const options = { durationMs: 5000, ratePerSecond: 1000, clients: 30, mix: { add: 1 } };
  const before = process.cpuUsage();
  const { result } = await run({ system, nodes: count, seed: 1, faults: [], options });
  const { user, system: kernel } = process.cpuUsage(before);
  const usedMsInAll = (user + kernel) / 1000;
  const { messages } = result.traffic;
  process.stdout.write(
    `${count} nodes in real time: ${messages} messages, ${(usedMsInAll / messages).toFixed(3)} ms of the harness each, calls and judging included: ${result.verdict}\n`,
  );
}

const NODES = ['n0', 'n1', 'n2'];

/** How long three copies take from their start until each has answered init, with nothing between. */
async function ownStartMs(program: string): Promise<number> {
  const beganMs = performance.now();
  const children = NODES.map((node) => {
    const child = spawn(`${nodes}${program}`, { stdio: ['pipe', 'pipe', 'ignore'], env: minimalEnvironment() });
    const init = { type: 'init', msg_id: 1, node_id: node, node_ids: NODES };
    child.stdin.write(`${JSON.stringify({ src: 'c0', dest: node, body: init })}\n`);
    return child;
  });
  await Promise.all(children.map(({ stdout }) => once(stdout, 'data')));
  const tookMs = performance.now() - beganMs;
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(children.map((child) => once(child, 'exit')));
  return tookMs;
}

/** How long a run takes until its first call, which is planned for its very beginning. */
async function firstCallMs(program: string, dialect: string): Promise<number> {
  const system = `bin:${dialect}:${nodes}${program}`;
  const options = { durationMs: 100, ratePerSecond: 100, clients: 1 };
  const prepared = await prepare({ system, seed: 1, faults: [], options });
  let firstMs = Number.NaN;
  const beganMs = performance.now();
  await runPrepared(prepared, {
    sink: () => {
      if (Number.isNaN(firstMs)) firstMs = performance.now() - beganMs;
    },
  });
  return firstMs - (prepared.plan.calls[0]?.atMs ?? 0);
}

async function startUp(program: string, dialect: string): Promise<void> {
  const own: number[] = [];
  const ours: number[] = [];
  for (let i = 0; i < 7; i++) {
    own.push(await ownStartMs(program));
    ours.push(await firstCallMs(program, dialect));
  }
  const [by, start] = [median(own), median(ours)];
  process.stdout.write(
    `${program}: three nodes start in ${by.toFixed(0)} ms by themselves, a run is at its first call after ${start.toFixed(0)} ms: ${(start - by).toFixed(0)} ms more\n`,
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

await startUp('ids.py', 'unique-ids');
await startUp('ids.cjs', 'unique-ids');
await virtualRuns('ids.py', 'unique-ids', RUNS);
await virtualRuns('gossip_retry.py', 'broadcast', RUNS);
process.env.SPLITBRAIN_NO_FORK = '1';
await virtualRuns('ids.py', 'unique-ids', 8);
await messagesInRealTime(5);
await messagesInRealTime(25);
