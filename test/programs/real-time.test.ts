import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { clocksCanBeMoved } from '../../harness/clusters/children/clock-probe.ts';
import type { Run } from '../../harness/judging/result.ts';
import { run } from '../../harness/running/run.ts';
import type { Wanted } from '../../harness/setting/setting.ts';
import { describeWith, nodeAt } from './needs.ts';

/** Runs a program of these tests: its words, and what is asked for besides. */
function ran(dialect: string, words: string, more: Partial<Wanted> = {}, ms = 3000): Promise<Run> {
  const [name, ...args] = words.split(' ');
  return run({
    ...{ system: `bin:${dialect}:${[nodeAt(name!), ...args].join(' ')}`, seed: 1, cluster: 'processes' },
    ...more,
    options: { durationMs: ms, ...more.options },
  });
}

const missing = ({ result }: Pick<Run, 'result'>) => result.evidence.filter(({ enough }) => !enough);

/** Processes of the tests' programs that run now. */
function left(): readonly string[] {
  const all = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  return all.filter((line) => line.includes(nodeAt('')) && !line.includes('vitest'));
}

describeWith(['python3'], 'right programs hold under faults that had an effect', () => {
  it.each([
    ['echo', 'echo.py', ['partition', 'crash']],
    ['unique-ids', 'ids.py', ['partition', 'pause']],
    ['broadcast', 'gossip_retry.py', ['partition', 'loss', 'pause']],
    ['g-set', 'g_set_threads.py', ['partition', 'loss']],
    ['g-counter', 'g_counter_seq.py', ['partition', 'pause']],
    ['pn-counter', 'pn_counter_async.py', ['partition', 'loss', 'pause']],
    ['lin-kv', 'kv_service.cjs', ['partition', 'crash', 'pause']],
    ['lin-kv', 'kv_service.cjs', ['service-partition', 'service-slow']],
    ['lin-kv', 'forward_kv.py', ['partition', 'pause']],
    ['txn-list-append', 'txn_root.py', ['partition']],
    ['txn-rw-register', 'txn_rw_leader.cjs', ['partition']],
    ['kafka', 'kafka_leader.cjs', ['partition']],
  ] as const)('%s: %s', async (dialect, program, faults) => {
    const rate = dialect === 'txn-list-append' ? 50 : 100;
    const done = await ran(dialect, program, { faults, options: { ratePerSecond: rate } });
    expect([done.result.says, missing(done)]).toEqual([expect.stringMatching(/the claim of .* held/), []]);
    expect(done.result.verdict).toBe('valid');
    // What a program sends by itself nobody can trace back for certain.
    if (program === 'gossip_retry.py') expect(done.messages.some(({ cause }) => cause.endsWith('?'))).toBe(true);
    expect(left()).toEqual([]);
  });
});

describeWith(['python3'], 'clocks of programs in real time', () => {
  it.skipIf(clocksCanBeMoved() !== true)('are moved, as the programs themselves see', async () => {
    const { result, logs } = await ran('echo', 'clock_echo.py', { faults: ['step'], seed: 2 }, 3000);
    expect(missing({ result })).toEqual([]);
    const told = [...logs].flatMap(([node, lines]) => {
      const times = lines.flatMap((line) => /^wall (\S+) monotonic (\S+)/.exec(line)?.slice(1).map(Number) ?? []);
      const ahead = times.flatMap((wall, i) => (i % 2 === 0 ? [Math.round((wall - times[i + 1]!) * 1000)] : []));
      return ahead.map((ms) => [node, ms - ahead[0]!] as const);
    });
    for (const { began } of result.faults) {
      const { targets, offsetMs } = began as { targets: readonly string[]; offsetMs: readonly number[] };
      const seen = told.filter(([node]) => node === targets[0]).map(([, ms]) => ms);
      // To the ms, which is how exactly it was told.
      expect(seen.some((ms) => Math.abs(ms - offsetMs[0]!) <= 2)).toBe(true);
      expect(Math.abs(seen.at(-1)!)).toBeLessThanOrEqual(2);
    }
  });

  it.skipIf(clocksCanBeMoved() === true)('are refused with the reason where the machine cannot', async () => {
    await expect(ran('echo', 'clock_echo.py', { faults: ['step'] })).rejects.toThrow(/clock.*--cluster simulation/);
  });
});

describeWith(['python3'], 'wrong programs are refuted', () => {
  it('who reads 0 where nobody wrote', async () => {
    const { result } = await ran('lin-kv', 'zero_kv.py', {}, 1500);
    expect(result.says).toMatch(/read 0 of .*no operation ever wrote 0/);
    expect(result.verdict).toBe('invalid');
  });

  it('who keeps everything in memory, when all crash', async () => {
    const { result } = await ran('broadcast', 'memory_gossip.py', { faults: ['crash-all'] });
    expect(result.verdict).toBe('invalid');
    expect(result.says).toMatch(/was in the set and is gone|agree/);
  });

  it('a stale store whose messages take long', async () => {
    const maelstrom = { latency: { meanMs: 20, shape: 'constant' } } as const;
    const { result } = await ran('lin-kv', 'stale_kv.py', { faults: ['delay', 'partition'], maelstrom });
    expect(result.verdict).toBe('invalid');
  });
});

describeWith(['python3'], 'what programs do wrong', () => {
  const asked = { options: { ratePerSecond: 50, clients: 3 } };

  it.each([
    ['print', 'not JSON', /n\d \(.*bad.py\) wrote line 2, which is not JSON .*: hello, I am up. Write to stderr/],
    ['nobody', 'to no node', /wrote line 2, which is to n77, which is no node, client or service \(n0, n1, n2; c/],
    ['impostor', 'in the name of another node', /has the src n\d, which is another node/],
    ['latin', 'not JSON', /is not JSON \(it is no UTF-8\)/],
  ])('%s is counted and told, and ends nothing', async (mode, sort, says) => {
    const { result, logs } = await ran('echo', `bad.py ${mode}`, asked, 1500);
    expect(result.verdict).toBe('valid');
    expect(result.traffic.marks[`protocol error: ${sort}`]).toBeGreaterThan(0);
    const told = result.protocol?.find((one) => one.sort === sort);
    expect(told?.says[0]).toMatch(says);
    expect(told?.says.length).toBeLessThanOrEqual(5);
    expect([...logs.values()].flat().join('\n')).toMatch(says);
  });

  it.each([
    ['wrong-id', /answers c\d in_reply_to 10\d\d, which c\d never asked \(it asked \d+\)/],
    ['no-id', /answers c\d without in_reply_to/],
    ['wrong-type', /answers echo with ekko_ok; echo_ok or error is needed/],
    ['no-field', /wrote line 2, which answers echo with .*: the field "echo" is needed/],
    ['exit', /n\d \(.*bad.py\) ended by itself \(exit code 3\). Its last lines:\n\| cannot go on/],
    ['raise', /ended by itself \(exit code 1\)[\s\S]*RuntimeError: what is this/],
    ['wrong-init', /answered init with .*hello.*, and not with init_ok/],
    ['no-init', /did not answer init within 10 s/],
    ['flood', /wrote more than 100000 lines in one moment/],
  ])('%s ends the run', async (mode, says) => {
    await expect(ran('echo', `bad.py ${mode}`, asked, 1500)).rejects.toThrow(says);
    expect(left()).toEqual([]);
  });

  it('a second reply and one that comes late are nobody’s fault', async () => {
    const { result } = await ran('echo', 'bad.py twice', asked, 1500);
    expect(result.verdict).toBe('valid');
    expect(result.protocol).toBeUndefined();
  });

  it('a long line is warned of once', async () => {
    const { logs } = await ran('echo', 'bad.py long', asked, 1500);
    const warnings = logs.get('n1')!.filter((line) => line.includes('warning:'));
    expect(warnings).toEqual([expect.stringMatching(/n1 is sent a line of \d+ characters.*64 KiB/)]);
  });

  it('one that ends by itself may count as a crash', async () => {
    const maelstrom = { exitsAreCrashes: true } as const;
    const { result } = await ran('echo', 'bad.py exit-once', { ...asked, maelstrom }, 3000);
    // Its folder is kept, by which it knows that it was there before.
    expect(result.traffic.marks['protocol error: ended by itself']).toBe(3);
    // Three programs that start twice leave a busy machine little time for calls: too few accuse nobody.
    expect(result.verdict, result.says).not.toBe('invalid');
  });
});

describeWith(['python3'], 'command lines of Maelstrom', () => {
  it.each([
    ['test -w echo --node-count 1 --time-limit 2 --rate 50', 'echo.py', 0],
    ['test -w echo --nodes n1,n2 --time-limit 1 --rate 0 --log-stderr', 'echo.py', 2],
    ['test -w lin-kv --node-count 3 --concurrency 2n --time-limit 2 --nemesis partition', 'zero_kv.py', 1],
  ])('%s', (line, program, code) => {
    const cli = new URL('../../bin.mjs', import.meta.url).pathname;
    const folder = mkdtempSync(join(tmpdir(), 'programs-test-'));
    const words = [...line.split(' '), '--bin', nodeAt(program)];
    const done = spawnSync(process.execPath, [cli, ...words], { cwd: folder, encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect([done.status, done.status === code ? '' : done.stdout + done.stderr]).toEqual([code, '']);
  });
});

describeWith(['python3'], 'what is left behind', () => {
  it('is nothing where the harness is killed', async () => {
    const cli = new URL('../../bin.mjs', import.meta.url).pathname;
    const words = ['run', '--bin', nodeAt('gossip_retry.py'), '--workload', 'broadcast', '--time', '60s'];
    const harness = spawn(process.execPath, [cli, ...words], { cwd: '/tmp', stdio: 'ignore' });
    while (left().filter((line) => !line.includes('bin.mjs')).length < 3)
      await new Promise((resolve) => setTimeout(resolve, 50));
    harness.kill('SIGKILL');
    await once(harness, 'exit');
    while (left().length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  });
});
