import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { UsageError } from '../../cli/exit.ts';
import { reportCommand } from '../../cli/report.ts';
import { runPrepared } from '../../harness/running/run.ts';
import { prepare } from '../../harness/setting/setting.ts';
import { newFolder, readRun, storeRun } from '../../harness/store/store.ts';
import { toldAnomalies } from '../../report/told.ts';

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
        'is not a finished run: it has no setting.json',
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
      process.exitCode = 0;
    }
  });

  it('draws an anomaly in the formats that others read, and refuses what is none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'splitbrain-report-'));
    const said: string[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    const drawn = async (...options: readonly string[]): Promise<string> => {
      said.length = 0;
      await reportCommand().parseAsync([join(folder, 'run'), ...options], { from: 'user' });
      return said.join('');
    };
    try {
      const prepared = await prepare({
        system: 'mvcc/dirty-reads',
        workload: 'list-append',
        cluster: 'simulation',
        seed: 7,
        faults: ['partition'],
        options: { durationMs: 3000 },
      });
      const stored = storeRun(newFolder(join(folder, 'run'), 'run'), prepared);
      stored.finish(await runPrepared(prepared, { sink: (line) => stored.sink(line) }), 'splitbrain run --seed 7');
      const told = toldAnomalies((await readRun(join(folder, 'run'))).result);
      const at = (wanted: (anomaly: (typeof told)[number]) => boolean): string => String(told.findIndex(wanted) + 1);
      const aborted = at(({ name }) => name === 'G1a');
      expect(Number(aborted)).toBeGreaterThan(0);
      const cycle = told.find((anomaly) => anomaly.cycle !== null);
      expect((await drawn('--as', 'dot')).match(/->/g)).toHaveLength(cycle?.cycle?.length ?? 0);
      expect(await drawn('--as', 'dot', '--anomaly', aborted)).not.toContain('->');
      expect(await drawn('--as', 'svg')).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg".*<\/svg>\n$/s);
      for (const wrong of [
        ['--as', 'png'],
        ['--as', 'dot', '--anomaly', '0'],
        ['--as', 'svg', '--anomaly', `${told.length + 1}`],
        ['--as', 'svg', '--anomaly', '1x'],
        ['--anomaly', '1'],
      ])
        await expect(drawn(...wrong)).rejects.toThrow(UsageError);
    } finally {
      write.mockRestore();
      rmSync(folder, { recursive: true, force: true });
      process.exitCode = 0;
    }
  });
});
