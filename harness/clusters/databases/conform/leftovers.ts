/** Whether a run leaves anything behind, however it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isStopped } from '../../children/launch.ts';
import { allProcesses, descendantsOf, markedProcesses } from '../../children/process-tree.ts';
import { signalChild } from '../../children/signal-child.ts';
import { isFree } from '../ports.ts';
import type { Line } from './line.ts';

/** How long the watchdog has to do its work. */
const CLEAN_MS = 20_000;
const LOOK_MS = 100;
/** A mark begins with the namespace of the harness's process, and its number. */
const OWNER = /^\d+-(\d+)-/;

export interface Stopped {
  /** The mark of the run that was stopped as usual, and its folder. */
  readonly mark: string;
  readonly folder: string;
  /** Where its nodes listened. */
  readonly ports: readonly number[];
}

/** The command that makes a run of the same database, as long as nobody ends it. */
export type RunCommand = readonly [program: string, ...args: string[]];

export async function nothingIsLeft(
  { mark, folder, ports }: Stopped,
  command: RunCommand,
  readyMs: number,
): Promise<Line> {
  const failed = (detail: string): Line => ({ id: 'C13', verdict: 'failed', detail });
  if (!(await until(() => markedProcesses((one) => one === mark).length === 0, CLEAN_MS)))
    return failed('processes are left after the run was stopped');
  if (existsSync(folder)) return failed(`the folder ${folder} is left`);
  for (const port of ports)
    if (!(await isFree(port))) return failed(`something listens on port ${port} after the run was stopped`);
  const harness = spawn(command[0], command.slice(1), { stdio: 'ignore', detached: true });
  harness.on('error', () => {}); // It has no id then, which is told.
  try {
    return await afterKill(harness, readyMs, failed);
  } finally {
    signalChild(harness, 'SIGKILL');
  }
}

async function afterKill(harness: ChildProcess, readyMs: number, failed: (detail: string) => Line): Promise<Line> {
  const owner = harness.pid;
  if (owner === undefined) return failed('the run that is to be killed could not be started');
  const isOurs = (mark: string) => Number(OWNER.exec(mark)?.[1]) === owner;
  // Some write over the environment in which their mark is: those are known by who started them, while that one lives.
  const known = new Map<number, string>();
  const started = () => {
    const seen = [...markedProcesses(isOurs), ...descendantsOf(owner)];
    const alive = new Map(allProcesses().map((one) => [one.pid, one.started]));
    for (const pid of seen) if (!known.has(pid) && alive.has(pid)) known.set(pid, alive.get(pid)!);
    return [...known].flatMap(([pid, since]) => (alive.get(pid) === since ? [pid] : []));
  };
  // What has just been forked has the command line of the harness still: what the watchdog is, is asked each time.
  const nodes = () => started().filter((pid) => !commandOf(pid).includes('watchdog'));
  const folders = () => readdirSync(tmpdir()).filter((name) => isOurs(name.replace(/^splitbrain-/, '')));
  if (!(await until(() => nodes().length > 0, readyMs))) return failed('the run that is to be killed never began');
  await steady(nodes, harness);
  const pids = nodes();
  if (pids.length === 0) return failed('the run that is to be killed ended by itself');
  for (const pid of pids) signal(pid, 'SIGSTOP');
  await until(() => nodes().every(isStopped), CLEAN_MS);
  signalChild(harness, 'SIGKILL');
  if (await until(() => started().length + folders().length === 0, CLEAN_MS))
    return { id: 'C13', verdict: 'passed', detail: `${pids.length} paused processes ended after kill -9` };
  const left = nodes();
  for (const pid of started()) signal(pid, 'SIGKILL');
  if (left.length > 0)
    return failed(`${left.length} of ${pids.length} processes are left after the harness was killed`);
  if (folders().length > 0) return failed(`folders are left after the harness was killed: ${folders().join(', ')}`);
  return failed('the watchdog is left after the harness was killed');
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

/** Waits until no more are started: programs that only told their versions are gone again before the first node is. */
async function steady(nodes: () => readonly number[], harness: ChildProcess): Promise<void> {
  for (let [before, same] = [0, 0]; same < 10; ) {
    const now = nodes().length;
    if (harness.exitCode !== null || harness.signalCode !== null) return;
    same = now === before && now > 0 ? same + 1 : 0;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 2 * LOOK_MS));
  }
}

async function until(holds: () => boolean, withinMs: number): Promise<boolean> {
  for (let leftMs = withinMs; leftMs > 0; leftMs -= LOOK_MS) {
    if (holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return holds();
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}
