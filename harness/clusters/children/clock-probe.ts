/** Whether the clocks of children can be moved on this machine: tried on one, once. */
import { spawn } from 'node:child_process';
import { signalChild } from './signal-child.ts';
import { ProcessClocks } from './vdso.ts';

let known: true | string | undefined;

/** True, or why not. It takes a few ms the first time. */
export function clocksCanBeMoved(): true | string {
  known ??= probe();
  return known;
}

function probe(): true | string {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return `clocks can be moved on Linux on x64 only, not on ${process.platform} on ${process.arch}`;
  // It reads from a pipe that nobody writes to, and ends with it.
  const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] }).on('error', () => {});
  try {
    if (child.pid === undefined) return 'no process could be started to try it on';
    const clocks = ProcessClocks.of(child.pid);
    clocks.move({ realtimeMs: 60_000, monotonicMs: 0 });
    const { realtimeMs } = clocks.skew;
    clocks.close();
    return realtimeMs === 60_000 || 'this kernel lets no process write to a vDSO';
  } catch (error) {
    return `the clock of a process cannot be moved: ${(error as Error).message}`;
  } finally {
    signalChild(child, 'SIGKILL');
  }
}
