import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inMacrotask } from '../../harness/clusters/simulation/macrotask.ts';
import { runNow } from '../../harness/explore/trial.ts';
import type { Run } from '../../harness/judging/result.ts';
import { run } from '../../harness/running/run.ts';
import { prepare, type Wanted } from '../../harness/setting/setting.ts';
import { subjectOf } from '../../harness/setting/subject.ts';
import { describeWith, nodeAt } from './needs.ts';

const cli = new URL('../../bin.mjs', import.meta.url).pathname;

function ran(dialect: string, words: string, more: Partial<Wanted> = {}): Promise<Run> {
  const options = { durationMs: 1000, ratePerSecond: 60, ...more.options };
  return run({ system: `bin:${dialect}:${nodeAt(words)}`, seed: 1, cluster: 'simulation', ...more, options });
}

/** Processes that this command line names. */
const running = (words: string) =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(words));

describeWith(['python3', 'cc'], 'a program in virtual time', () => {
  it.each([
    ['lin-kv', 'stale_kv.py', ['partition']],
    ['broadcast', 'gossip_retry.py', ['partition', 'loss', 'pause']],
    ['broadcast', 'gossip_retry.py', ['clock']],
    ['unique-ids', 'ids.py', ['crash']],
    ['unique-ids', 'ids.cjs', []],
    ['lin-kv', 'kv_service.cjs', ['partition', 'pause']],
    ['lin-kv', 'kv_service.cjs', ['service-partition']],
    ['pn-counter', 'pn_counter_async.py', ['partition']],
    ['g-set', 'g_set_threads.py', ['loss']],
    ['g-set', 'threads_timed.py', ['partition', 'loss']],
  ] as const)(
    'does the same again, in the run that is made twice and in another: %s %s %o',
    async (dialect, program, faults) => {
      const once = await ran(dialect, program, { faults });
      const again = await ran(dialect, program, { faults });
      expect(once.result.repeated).toBe(2);
      expect([...again.history]).toEqual([...once.history]);
      expect([again.messages, again.trace]).toEqual([once.messages, once.trace]);
      expect(once.history.length).toBeGreaterThan(20);
    },
  );

  it('with another seed does something else', async () => {
    const [a, b] = [await ran('unique-ids', 'ids.py'), await ran('unique-ids', 'ids.py', { seed: 2 })];
    const ids = ({ history }: Run) => [...history].map(({ outcome }) => (outcome as { output?: unknown }).output);
    expect(ids(a).filter((id) => ids(b).includes(id))).toEqual([]);
  });

  it('is seen to be stale where it is', async () => {
    const { result } = await ran('lin-kv', 'stale_kv.py', { options: { keys: 3, ratePerSecond: 200 } });
    expect(result.verdict).toBe('invalid');
    expect(JSON.stringify(result.claims)).toContain('stale-read');
  });

  it('moves no message that a call which is left out did not cause', async () => {
    const wanted = { system: `bin:lin-kv:${nodeAt('stale_kv.py')}`, cluster: 'simulation', faults: ['loss'] } as const;
    let compared = 0;
    for (let seed = 1; seed <= 50; seed++) {
      const options = { durationMs: 500, ratePerSecond: 30 };
      const { setting, plan } = await prepare({ ...wanted, seed, options });
      const subject = await subjectOf(setting);
      const [left, ...rest] = plan.calls;
      const made = (calls: typeof plan.calls) =>
        inMacrotask(() => runNow(subject, { ...setting, plan: { ...plan, calls } }, { journal: true }));
      const [whole, without] = [await made([left!, ...rest]), await made(rest)];
      const names = new Map(whole.messages.map((message) => [message.id, message]));
      for (const { id, delaysMs, sentMs } of without.messages.filter(({ root }) => root.startsWith('operation'))) {
        const same = names.get(id);
        if (!same) continue;
        expect({ delaysMs, sentMs }).toEqual({ delaysMs: same.delaysMs, sentMs: same.sentMs });
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(100);
  });

  it('is searched, shrunk and replayed from another folder, and leaves no process', () => {
    const folder = mkdtempSync(join(tmpdir(), 'programs-test-'));
    try {
      mkdirSync(join(folder, 'nodes'));
      cpSync(nodeAt('stale_kv.py'), join(folder, 'nodes/kv.py'));
      const words = ['explore', '--bin', './nodes/kv.py', '--workload', 'lin-kv', '--runs', '40', '--seed', '1'];
      const explored = spawnSync(process.execPath, [cli, ...words, '--threads', '1', '--corpus', 'found'], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(explored.status, explored.stderr).toBe(1);
      const file = join(folder, 'found/lin-kv-kv.py.stale-read.json');
      const found = JSON.parse(readFileSync(file, 'utf8'));
      expect(found.setting.system).toBe('bin:lin-kv:../nodes/kv.py');
      expect(found.setting.plan.calls.length).toBeLessThanOrEqual(2);
      expect(found.setting.plan.faults).toEqual([]);
      expect(found.shrunk.minimal).toBe(true);
      const elsewhere = mkdtempSync(join(tmpdir(), 'programs-test-'));
      const replayed = spawnSync(process.execPath, [cli, 'replay', file], {
        cwd: elsewhere,
        encoding: 'utf8',
        env: { ...process.env, LARGER: 'x'.repeat(5000) },
      });
      rmSync(elsewhere, { recursive: true });
      expect(replayed.stdout).toContain('stale-read');
      expect(replayed.status, replayed.stderr).toBe(1);
      expect(running('./nodes/kv.py')).toEqual([]);
      expect(running(join(folder, 'nodes/kv.py'))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describeWith(['ruby', 'cc'], 'a program in Ruby', () => {
  it.each(['simulation', 'processes'] as const)('has threads, promises and conditions: %s', async (cluster) => {
    const options = cluster === 'processes' ? { durationMs: 3000, ratePerSecond: 150 } : {};
    const { result } = await ran('lin-kv', 'kv_threads.rb', { faults: ['partition', 'pause'], cluster, options });
    expect([result.verdict, result.repeated]).toEqual(['valid', cluster === 'simulation' ? 2 : undefined]);
  });
});

describeWith(['python3', 'cc'], 'what cannot be put into virtual time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'programs-test-'));
  const program = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o755 });
    return `bin:echo:${join(folder, name)}`;
  };

  it('is refused where it is static, with the way out', async () => {
    writeFileSync(join(folder, 'one.c'), 'int main(void) { return 0; }\n');
    execFileSync('cc', ['-static', '-o', join(folder, 'one'), join(folder, 'one.c')]);
    const system = `bin:echo:${join(folder, 'one')}`;
    await expect(prepare({ system, cluster: 'simulation' })).rejects.toThrow(/statically linked.*--cluster processes/);
  });

  it('is refused where it never comes to wait in a way that is covered', async () => {
    writeFileSync(
      join(folder, 'two.c'),
      '#include <stdio.h>\nint main(void) { char b[99]; return !fgets(b, 99, stdin); }\n',
    );
    execFileSync('cc', ['-o', join(folder, 'two'), join(folder, 'two.c')]);
    const system = `bin:echo:${join(folder, 'two')}`;
    await expect(run({ system, cluster: 'simulation' })).rejects.toThrow(/did not come to wait.*--cluster processes/);
  });

  it('is told of real time where it keeps silent', async () => {
    const system = program('silent.py', '#!/usr/bin/env python3\nimport sys\nfor line in sys.stdin: pass\n');
    await expect(run({ system, cluster: 'simulation' })).rejects.toThrow(
      /did not answer init within 10 s[\s\S]*use --cluster processes/,
    );
  });

  it('ends the run where it never waits again', async () => {
    const system = program('loop.py', '#!/usr/bin/env python3\nimport sys\nsys.stdin.readline()\nwhile True: pass\n');
    await expect(run({ system, cluster: 'simulation', nodes: ['n1'] })).rejects.toThrow(
      'without waiting: it never waits',
    );
  });

  it('is told as an error where it does something else the second time', async () => {
    const text = `#!/usr/bin/env python3
import json, sys
me = None
for line in sys.stdin:
    message = json.loads(line)
    body = message["body"]
    me = body.get("node_id", me)
    answer = {"type": "init_ok"} if body["type"] == "init" else {"type": "generate_ok", "id": open("/dev/urandom", "rb").read(8).hex()}
    print(json.dumps({"src": me, "dest": message["src"], "body": {**answer, "in_reply_to": body["msg_id"]}}), flush=True)
`;
    const system = program('leaks.py', text).replace('bin:echo', 'bin:unique-ids');
    const options = { durationMs: 500, ratePerSecond: 20 };
    await expect(run({ system, cluster: 'simulation', options })).rejects.toThrow('ran differently the second time');
  });
});

describe('a machine without virtual time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'programs-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const node = join(folder, 'node.cjs');
  writeFileSync(node, `#!${process.execPath}\n`, { mode: 0o755 });

  it.each([
    ['no C compiler', [], /needs a C compiler: install gcc or clang; as it is, use --cluster processes/],
    [
      'another system',
      ['--import', 'data:text/javascript,Object.defineProperty(process, "platform", { value: "darwin" })'],
      /needs Linux with glibc; as it is, use --cluster processes, which is real time/,
    ],
  ])('says so with the way out, before anything runs: %s', (_, words, says) => {
    for (const command of [['run', '--cluster', 'simulation'], ['explore']]) {
      const line = [...words, cli, ...command, '--bin', node, '--workload', 'echo'];
      const env = { PATH: folder, XDG_CACHE_HOME: folder, CC: 'no-such-compiler' };
      const done = spawnSync(process.execPath, line, { cwd: folder, encoding: 'utf8', env });
      expect([done.status, done.stderr]).toEqual([254, expect.stringMatching(says)]);
    }
  });

  it.each([
    ['nobody', /cannot be started: no such file/],
    ['text', /cannot be started: it is not executable: chmod \+x/],
    ['noise', /cannot be started: it is neither a binary nor begins with a line such as #!/],
  ])('or with it, what cannot be started is refused: %s', async (name, says) => {
    writeFileSync(join(folder, 'text'), '#!/bin/sh\n', { mode: 0o644 });
    writeFileSync(join(folder, 'noise'), 'echo hello\n', { mode: 0o755 });
    for (const cluster of ['simulation', 'processes'] as const)
      await expect(run({ system: `bin:echo:${join(folder, name)}`, cluster })).rejects.toThrow(says);
  });
});
