import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runPrepared } from '../../../harness/running/run.ts';
import { prepare } from '../../../harness/setting/setting.ts';
import { newFolder, readRun, storeRun } from '../../../harness/store/store.ts';

let place: string;
const before = process.cwd();
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'splitbrain-store-'));
});
afterAll(() => {
  process.chdir(before);
  rmSync(place, { recursive: true, force: true });
});

async function stored(out: string) {
  const wanted = { system: 'quorum/abd', cluster: 'simulation', seed: 3, options: { durationMs: 2000 } } as const;
  const prepared = await prepare({ ...wanted, faults: ['partition', 'crash'] });
  const folder = storeRun(newFolder(out, 'run'), prepared);
  const run = await runPrepared(prepared, { sink: (line) => folder.sink(line) });
  folder.finish(run, 'the command');
  return run;
}

describe("a run's folder", () => {
  it('gives back what was put into it', async () => {
    const out = join(place, 'deep', 'one');
    const run = await stored(out);
    const again = await readRun(out);
    const asJson = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;
    expect(again.result).toEqual(asJson(run.result));
    expect(again.calls).toEqual(run.calls);
    expect(again.messages).toEqual(asJson(run.messages));
    expect(again.command).toBe('the command');
    expect([...again.history].map(({ outcome, ...rest }) => ({ ...rest, type: outcome.type }))).toEqual(
      [...run.history].map(({ outcome, ...rest }) => ({ ...rest, type: outcome.type })),
    );
    expect(readdirSync(out).sort()).toEqual(
      [
        'calls.json',
        'history.jsonl',
        'messages.jsonl',
        'meta.json',
        'nodes',
        'plan.json',
        'setting.json',
        'verdict.json',
      ].sort(),
    );
  });

  it('holds the same bytes for the same setting, but for meta.json', async () => {
    const [a, b] = [join(place, 'a'), join(place, 'b')];
    await stored(a);
    await stored(b);
    for (const file of ['setting.json', 'plan.json', 'history.jsonl', 'calls.json', 'messages.jsonl', 'verdict.json'])
      expect(readFileSync(join(a, file), 'utf8') === readFileSync(join(b, file), 'utf8'), file).toBe(true);
  });

  it('is never one that exists', () => {
    const out = join(place, 'taken');
    expect(newFolder(out, 'run')).toBe(out);
    expect(() => newFolder(out, 'run')).toThrow(/taken cannot be made: it exists/);
  });

  it('says which path cannot be written', () => {
    writeFileSync(join(place, 'a-file'), '');
    expect(() => newFolder(join(place, 'a-file', 'out'), 'run')).toThrow(/a-file.* cannot be made: .*a-file is a file/);
  });

  it('lies in results by default, where latest points at the newest', () => {
    process.chdir(place);
    newFolder(undefined, 'run');
    const newest = newFolder(undefined, 'run');
    expect(newest).toMatch(/^results\/\d{4}-.*-run-/);
    expect(join('results', readlinkSync('results/latest'))).toBe(newest);
  });

  it('is read only where a run has ended in it', async () => {
    await expect(readRun(join(place, 'nothing'))).rejects.toThrow(/is not a finished run/);
  });
});
