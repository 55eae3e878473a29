/** `serve` survives hostile clients, answers others meanwhile, and holds no more files open than before. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { serve } from '../../cli/serve.ts';
import { until } from './commands.ts';
import { attackServer } from './requests.ts';
import { randomFrom } from './spoil.ts';

const files = () => readdirSync('/proc/self/fd').length;

it('whatever its clients do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-requests-'));
  writeFileSync(join(folder, 'big.log'), 'x'.repeat(10_000_000));
  const served = await serve(folder, 0);
  try {
    const port = Number(new URL(served.url).port);
    const before = files();
    for (let seed = 0; seed < 2000; seed += 20)
      await Promise.all(Array.from({ length: 20 }, (_, i) => attackServer(port, randomFrom(seed + i))));
    // What is open is closed by the event loop, which needs turns for it.
    expect(await until(() => files() <= before + 5, 20_000), `${before} files before, ${files()} after`).toBe(true);
    const got = await fetch(`${served.url}results/big.log`);
    expect((await got.text()).length).toBe(10_000_000);
    const head = await fetch(`${served.url}results/big.log`, { method: 'HEAD' });
    expect([head.status, (await head.text()).length]).toEqual([200, 0]);
  } finally {
    await served.close();
    rmSync(folder, { recursive: true });
  }
});
