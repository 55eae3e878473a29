import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { run } from '../../harness/running/run.ts';
import { describeWith, nodeAt } from './needs.ts';

const cli = new URL('../../bin.mjs', import.meta.url).pathname;
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

describeWith(['go'], 'in Go', () => {
  const env = { ...process.env, GOCACHE: join(folder, 'cache'), GOFLAGS: '-mod=mod', GO111MODULE: 'off' };
  const built = (source: string, name: string) => {
    execFileSync('go', ['build', '-o', name, source], { cwd: folder, env });
    return join(folder, name);
  };

  it('the starter is written, built, and holds; in virtual time it repeats, as it says when it is quiet', async () => {
    init('go');
    const system = `bin:lin-kv:${built('node.go', 'node')}`;
    expect((await held('node')).result.verdict).toBe('valid');
    const options = { durationMs: 2000, ratePerSecond: 100 };
    const faults = ['partition', 'crash', 'pause', 'service-partition'];
    const { result } = await run({ system, cluster: 'simulation', seed: 1, faults, options });
    expect([result.verdict, result.repeated]).toEqual(['valid', 2]);
  });

  it('a program has timers and chance from services, which a clock fault drives apart', async () => {
    const system = `bin:broadcast:${built(nodeAt('gossip.go'), 'gossip')}`;
    const options = { durationMs: 2000, ratePerSecond: 60 };
    const asked = { system, cluster: 'simulation', options } as const;
    const once = await run({ ...asked, seed: 1, faults: ['partition', 'loss', 'clock'] });
    expect([once.result.verdict, once.result.repeated]).toEqual(['valid', 2]);
    const drawn = ({ logs }: typeof once) =>
      [...logs.values()].flatMap((lines) => lines.filter((line) => /drew/.test(line)));
    expect(new Set(drawn(once)).size).toBe(3);
    expect(drawn(await run({ ...asked, seed: 2, faults: [] }))).not.toEqual(drawn(once));
  });

  it('who does not say when he is quiet is refused with the reason', async () => {
    writeFileSync(join(folder, 'deaf.go'), 'package main\n\nfunc main() {}\n');
    const system = `bin:lin-kv:${built('deaf.go', 'deaf')}`;
    await expect(run({ system, cluster: 'simulation' })).rejects.toThrow(/statically linked.*--cluster processes/);
  });

  it('who stops saying it ends the run', async () => {
    const text = readFileSync(join(folder, 'node.go'), 'utf8').replace(
      'if saysQuiet {',
      'if saysQuiet && number == 0 {',
    );
    writeFileSync(join(folder, 'mute.go'), text);
    const system = `bin:lin-kv:${built('mute.go', 'mute')}`;
    await expect(run({ system, cluster: 'simulation' })).rejects.toThrow('did not say that it is quiet within 10 s');
  });
});
