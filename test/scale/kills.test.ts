/** What CI makes of the chaos in queue.test.ts, which takes minutes: a worker, the server and the coordinator die. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { chaos, expectEveryRunOnce } from './chaos.ts';
import { hasRedis } from './servers.ts';

it.skipIf(!hasRedis)('a worker, the server and the coordinator are killed, and every run counts once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-kills-'));
  try {
    const survived = await chaos(folder, 15, 5, ['w1', 'server', 'coordinator']);
    expect(survived.planned).toBe(60);
    expectEveryRunOnce(survived, 3);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
