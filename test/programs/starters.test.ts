import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { run } from '../../harness/running/run.ts';
import { describeWith } from './needs.ts';

const cli = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'starters-'));
afterAll(() => rmSync(folder, { recursive: true }));

const init = (language: string) =>
  execFileSync(process.execPath, [cli, 'init', '--program', language], { cwd: folder, encoding: 'utf8' });

function held(bin: string) {
  const options = { durationMs: 3000, ratePerSecond: 100 };
  return run({ system: `bin:lin-kv:${join(folder, bin)}`, seed: 1, faults: ['partition', 'crash'], options });
}

describeWith(['python3'], 'the starter in Python', () => {
  it('is written, and holds', async () => {
    expect(init('python')).toContain('npx splitbrain run --bin ./node.py --workload lin-kv');
    expect((await held('node.py')).result.verdict).toBe('valid');
  });
});

describeWith(['node'], 'the starter in JavaScript', () => {
  it('is written, and holds', async () => {
    init('javascript');
    expect((await held('node.mjs')).result.verdict).toBe('valid');
    expect(() => init('javascript')).toThrow('node.mjs exists already');
  });
});

describeWith(['go'], 'the starter in Go', () => {
  it('is written, built, and holds; and cannot be put into virtual time', async () => {
    init('go');
    const env = { ...process.env, GOCACHE: join(folder, 'cache'), GOFLAGS: '-mod=mod', GO111MODULE: 'off' };
    execFileSync('go', ['build', '-o', 'node', 'node.go'], { cwd: folder, env });
    expect((await held('node')).result.verdict).toBe('valid');
    const system = `bin:lin-kv:${join(folder, 'node')}`;
    await expect(run({ system, cluster: 'simulation' })).rejects.toThrow('statically linked');
  });
});
