import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { signalChild } from '../../../../harness/clusters/children/signal-child.ts';
import { sourcesOf } from '../../../architecture/sources.ts';

it('ends a child, and is nothing to one that could not be started', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  signalChild(child, 'SIGKILL');
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  const never = spawn('/there/is/no/such/program', { stdio: 'ignore' });
  const failed = once(never, 'error');
  const signals: unknown[] = [];
  never.kill = (name) => signals.push(name) > 0;
  signalChild(never, 'SIGKILL');
  await expect(failed).resolves.toMatchObject([{ code: 'ENOENT' }]);
  expect((never as ChildProcess).pid).toBeUndefined();
  expect(signals).toEqual([]);
});

it('is how the harness signals its children', () => {
  const others = sourcesOf('harness').flatMap(({ path, text }) =>
    /(?<!process)\.kill\(('SIG|name)/.test(text) ? [path] : [],
  );
  expect(others).toEqual(['harness/clusters/children/signal-child.ts']);
});
