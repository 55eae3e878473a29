import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { descendantsOf, hasEnded, startOf } from '../../../../harness/clusters/children/process-tree.ts';

it.skipIf(process.platform !== 'linux')('knows who lives, who has ended, and whose number is used again', async () => {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const pid = child.pid!;
  const started = startOf(pid)!;
  expect(descendantsOf(process.pid)).toContain(pid);
  expect(hasEnded(pid, started)).toBe(false);
  expect(hasEnded(pid, `${Number(started) - 1}`)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(hasEnded(pid, started)).toBe(true);
});
