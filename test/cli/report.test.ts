import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reportCommand } from '../../cli/report.ts';
import { runPrepared } from '../../harness/run.ts';
import { prepare } from '../../harness/setting.ts';
import { newFolder, storeRun } from '../../harness/store.ts';

describe('splitbrain report', () => {
  it('draws the same report again for a stored run, and refuses a folder that is none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'splitbrain-report-'));
    try {
      const prepared = await prepare({
        system: 'quorum/abd',
        cluster: 'simulation',
        seed: 1,
        faults: ['partition'],
        options: { durationMs: 1000 },
      });
      const stored = storeRun(newFolder(join(folder, 'run'), 'run'), prepared);
      const run = await runPrepared(prepared, { sink: (line) => stored.sink(line) });
      stored.finish(run, 'splitbrain run --seed 1');
      const html = async () => {
        await reportCommand().parseAsync([join(folder, 'run')], { from: 'user' });
        return readFileSync(join(folder, 'run/report.html'), 'utf8');
      };
      const first = await html();
      expect(first).toContain('splitbrain run --seed 1');
      expect(await html()).toBe(first);
      await expect(reportCommand().parseAsync([folder], { from: 'user' })).rejects.toThrow(
        'no folder of a finished run',
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
      process.exitCode = 0;
    }
  });
});
