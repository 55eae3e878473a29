/** Nothing outlives a harness that is killed, whatever state its nodes are in. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { allProcesses, descendantsOf } from '../../../harness/clusters/children/process-tree.ts';
import { isMissing, POSTGRES } from './needs.ts';

const MAIN = fileURLToPath(new URL('../../../bin.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'killed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
function stop(pid: number): void {
  try {
    process.kill(pid, 'SIGSTOP');
  } catch {
    // A worker of the database that has ended by itself.
  }
}
const alive = (pids: readonly number[]) => allProcesses().filter(({ pid }) => pids.includes(pid)).length;

it.skipIf(isMissing('postgres/serializable', { postgres: POSTGRES }))(
  'PostgreSQL is gone, with its folder, when the harness is killed while every process of it is paused',
  async () => {
    const args = ['run', '--system', 'postgres/serializable', '--workload', 'list-append', '--faults', 'none'];
    const options = ['--time', '60s', '--program', `postgres=${POSTGRES}`, '--out', join(folder, 'out')];
    const harness = spawn(process.execPath, [MAIN, ...args, ...options], { stdio: 'ignore', cwd: folder });
    const history = join(folder, 'out/history.jsonl');
    const isServing = () => existsSync(history) && readdirSync(join(folder, 'out/nodes')).length >= 3;
    while (!isServing() || descendantsOf(harness.pid!).length < 12) await pause(100);
    await pause(2000);
    const below = descendantsOf(harness.pid!);
    const servers = allProcesses().filter(({ pid, parent }) => below.includes(pid) && parent !== harness.pid);
    for (const { pid } of servers) stop(pid);
    const paused = below.filter((pid) => alive([pid]) > 0);
    harness.kill('SIGKILL');
    // The watchdog acts as soon as its pipe closes; how soon it gets its turn the machine decides.
    for (let tries = 0; alive(paused) > 0 && tries < 600; tries++) await pause(100);
    expect(alive(paused)).toBe(0);
    const left = readdirSync(tmpdir()).filter(
      (name) => name.startsWith('splitbrain-') && name.includes(`-${harness.pid}-`),
    );
    expect(left).toEqual([]);
  },
);
