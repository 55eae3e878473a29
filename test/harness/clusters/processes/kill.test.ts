import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './small-run.ts';

const DIST = fileURLToPath(new URL('../../../../dist/', import.meta.url));

/**
 * A harness that runs for a long time, and soon stops one of its nodes with SIGSTOP. It says what must not outlive it.
 */
const PROGRAM = `
  import { mkdirSync, openSync, writeSync } from 'node:fs';
  const [dist, folder, cause] = process.argv.slice(1);
  const { runProcesses } = await import(dist + 'harness/clusters/processes/run-processes.js');
  const { plan } = await import(dist + 'harness/setting/plan.js');
  const { systemFrom } = await import(dist + 'harness/setting/sources.js');
  const { workloadNamed } = await import(dist + 'harness/setting/workload-source.js');
  const nodes = ['n1', 'n2', 'n3'];
  const options = { clients: 3, nodes, durationMs: 60000, ratePerSecond: 50, keys: 2, mix: { read: 1, write: 1 } };
  const setting = { system: 'quorum/abd', workload: 'register', cluster: 'processes', seed: 1, nodes, options, faults: [], callTimeoutMs: 300 };
  const source = { name: 'quorum/abd' };
  const workload = workloadNamed('register');
  const faults = [{ id: 1, fromMs: 100, toMs: 50000, kind: 'pause', targets: ['n2'] }];
  const history = openSync(folder + '/history.jsonl', 'a');
  const sink = (line) => {
    writeSync(history, line + '\\n');
    if (!line.includes('"begin"')) return;
    if (cause === 'exception') setTimeout(() => { throw new Error('a bug of the harness'); }, 300);
    console.log('paused');
  };
  await runProcesses({ setting, plan: { ...plan(setting, workload), faults }, system: await systemFrom(source), source, workload, sink, logFolder: folder + '/nodes' });
`;

/** The processes that it started itself. */
function childrenOf(pid: number): Promise<readonly number[]> {
  return execa('ps', ['-A', '-o', 'pid=,ppid=']).then(({ stdout }) =>
    stdout.split('\n').flatMap((line) => {
      const [child, parent] = line.trim().split(/\s+/).map(Number);
      return parent === pid && child !== undefined ? [child] : [];
    }),
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that has ended but was not waited for still has its number.
    return !existsSync('/proc') || !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('nothing outlives the harness', () => {
  it.each(['SIGKILL', 'SIGINT', 'SIGTERM', 'exception'] as const)('after %s', async (cause) => {
    const folder = temporaryFolder();
    const env = { TMPDIR: folder };
    const harness = execa(process.execPath, ['--input-type=module', '-e', PROGRAM, DIST, folder, cause], {
      reject: false,
      env,
    });
    await once(harness.stdout, 'data');
    const children = (await childrenOf(harness.pid ?? 0)).filter(isAlive);
    expect(children).toHaveLength(4); // Three nodes and the watchdog.
    if (cause !== 'exception') harness.kill(cause);
    await harness;
    const left = () => children.filter(isAlive);
    const folders = () => readdirSync(folder).filter((name) => name.startsWith('splitbrain-'));
    // The watchdog acts as soon as its pipe closes; how soon it gets its turn the machine decides.
    for (let tries = 0; left().length + folders().length > 0 && tries < 1000; tries++)
      await new Promise((wake) => setTimeout(wake, 50));
    expect(left()).toEqual([]);
    expect(folders()).toEqual([]);
    const lines = readFileSync(join(folder, 'history.jsonl'), 'utf8').split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => (JSON.parse(line) as { index: number }).index)).toEqual(lines.map((_, i) => i));
    if (cause !== 'SIGKILL') return;
    const check = await execa(process.execPath, [join(DIST, '../bin.mjs'), 'check', folder], { reject: false });
    expect(check.exitCode, check.stdout).toBe(0);
  });
});
