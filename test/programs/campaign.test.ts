import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { describeWith, nodeAt } from './needs.ts';

const cli = new URL('../../bin.mjs', import.meta.url).pathname;

describeWith(['python3', 'cc'], 'programs in campaigns and comparisons', () => {
  const folder = mkdtempSync(join(tmpdir(), 'programs-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  for (const part of ['a/nodes', 'b/nodes']) mkdirSync(join(folder, part), { recursive: true });
  for (const part of ['a', 'b']) cpSync(nodeAt('stale_kv.py'), join(folder, part, 'nodes/kv.py'));
  const splitbrain = (cwd: string, ...words: readonly string[]) =>
    spawnSync(process.execPath, [cli, ...words], { cwd: join(folder, cwd), encoding: 'utf8' });
  const campaign = (systems: readonly string[], expectations: readonly object[] = []) =>
    JSON.stringify({
      ...{ systems, faults: ['none'], seeds: 1, cluster: 'simulation', time: '1s', rate: 100, keys: 3 },
      ...{ expectations },
    });

  it('are called by their names in cells, files for tools and expectations, wherever they lie', () => {
    const known = [{ system: 'bin:lin-kv:./nodes/kv.py', anomalies: ['stale-read'], reason: 'known' }];
    for (const part of ['a', 'b'])
      writeFileSync(join(folder, part, 'one.json'), campaign(['bin:lin-kv:./nodes/kv.py'], known));
    const texts = ['a', 'b'].map((part) => {
      const done = splitbrain(part, 'campaign', 'one.json', '--out', 'out');
      expect(done.status, done.stderr).toBe(0);
      const { cells, runs, notes } = JSON.parse(readFileSync(join(folder, part, 'out/summary.json'), 'utf8'));
      expect(cells).toMatchObject([{ system: 'lin-kv/kv.py', verdict: 'invalid', expected: 'known' }]);
      expect([runs[0].id, notes]).toEqual(['lin-kv-kv.py.register.none.1', []]);
      for (const file of ['results.sarif', 'junit.xml']) {
        const text = readFileSync(join(folder, part, 'out', file), 'utf8');
        expect(text).toContain('lin-kv/kv.py');
        // What a person types to repeat it has the path.
        expect(text.replace(/splitbrain run --bin [^ ]*/g, '')).not.toContain('nodes/');
      }
      return JSON.stringify(cells);
    });
    expect(texts[1]).toBe(texts[0]);
  });

  it('are told apart where two have one name, and shards of them merge', () => {
    cpSync(nodeAt('node.cjs'), join(folder, 'a/node.cjs'));
    cpSync(nodeAt('kv_service.cjs'), join(folder, 'a/kv.py'));
    writeFileSync(join(folder, 'a/two.json'), campaign(['bin:lin-kv:./nodes/kv.py', 'bin:lin-kv:./kv.py']));
    for (const shard of ['1/2', '2/2']) {
      const out = join('shards', shard.slice(0, 1));
      const done = splitbrain('a', 'campaign', 'two.json', '--shard', shard, '--no-gate', '--out', out);
      expect(done.status, done.stderr).toBe(0);
    }
    const merged = splitbrain('a', 'merge', 'shards', '--out', 'merged');
    expect([merged.status, merged.stderr]).toEqual([1, '']);
    const { cells } = JSON.parse(readFileSync(join(folder, 'a/merged/summary.json'), 'utf8'));
    expect(cells).toMatchObject([
      { system: 'lin-kv/kv.py', verdict: 'invalid' },
      { system: 'lin-kv/kv.py~2', verdict: 'valid' },
    ]);
    expect(merged.stdout).toMatch(/claims [\s\S]*again {2}npx splitbrain replay/);
  });

  it('stand beside designs', () => {
    const words = ['--bin', './nodes/kv.py', '--workload', 'lin-kv', '--availability', '1', '--systems', 'quorum/abd'];
    const done = splitbrain('a', 'compare', ...words, '--faults', 'none', '--seeds', '1', '--out', 'compared');
    expect(done.status, done.stderr).toBe(1);
    expect(done.stdout).toMatch(/lin-kv\/kv.py +causal\nquorum\/abd +linearizable/);
  });
});
