/** Bad disks of databases: by strace where there is nothing else, and what is said where there is not even that. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startGuard } from '../../../harness/clusters/children/guard.ts';
import { powerFsWorks } from '../../../harness/clusters/children/power-fs.ts';
import { SyncTracer, straceWorks } from '../../../harness/clusters/children/sync-tracer.ts';
import { isMissing, lacks } from './needs.ts';

const MAIN = fileURLToPath(new URL('../../../bin.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'disk-faults-'));
chmodSync(folder, 0o777);
const guard = startGuard();
guard.remove(folder);
afterAll(() => guard.end().then(() => rmSync(folder, { recursive: true, force: true })));

/** Syncs a file again and again, and says of each how it went, how many ms it took, and when it began, in ns. */
const SYNCS = `
  const fs = require('fs');
  const file = fs.openSync(process.argv[1], 'w');
  setInterval(() => {
    const began = process.hrtime.bigint();
    let code = 'ok';
    try { fs.fsyncSync(file); } catch (error) { code = error.code; }
    console.log(code + ' ' + Number(process.hrtime.bigint() - began) / 1e6 + ' ' + began);
  }, 5);
`;
let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

/** A process that syncs; what it says of the next few that begin. */
function syncing() {
  const said: { readonly code: string; readonly ms: number; readonly began: bigint }[] = [];
  child = spawn(process.execPath, ['-e', SYNCS, join(folder, 'synced')], { stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const [code = '', ms, began = ''] = line.split(' ');
    said.push({ code, ms: Number(ms), began: BigInt(began) });
  });
  const next = async (count: number) => {
    const from = process.hrtime.bigint();
    for (;;) {
      // Processes of one machine have the same clock; what began before may be heard of only now.
      const those = said.filter(({ began }) => began > from).slice(0, count);
      if (those.length === count) return { codes: those.map(({ code }) => code), ms: those.map(({ ms }) => ms) };
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return { pid: child.pid!, next };
}

const times = <T>(count: number, one: T) => Array.from({ length: count }, () => one);

describe.skipIf(lacks('strace') || straceWorks() !== true)('syncs of a process that strace is attached to', () => {
  it('fail, all or every second, and are what they are once it is detached', async () => {
    const { pid, next } = syncing();
    expect((await next(5)).codes).toEqual(times(5, 'ok'));
    const all = await SyncTracer.attach([pid], { how: 'io-error', every: 1 }, guard);
    expect((await next(5)).codes).toEqual(times(5, 'EIO'));
    await all.detach();
    expect(all.hits).toBeGreaterThan(4);
    const some = await SyncTracer.attach([pid], { how: 'io-error', every: 2 }, guard);
    expect(new Set((await next(4)).codes)).toEqual(new Set(['EIO', 'ok']));
    await some.detach();
    expect((await next(5)).codes).toEqual(times(5, 'ok'));
  });

  it('take long, and are counted', async () => {
    const { pid, next } = syncing();
    await next(1);
    const tracer = await SyncTracer.attach([pid], { how: 'slow', every: 1 }, guard);
    for (const ms of (await next(2)).ms) expect(ms).toBeGreaterThan(199);
    await tracer.detach();
    expect(tracer.hits).toBeGreaterThan(1);
  });

  it('are said not to be changed where somebody else is attached already', async () => {
    const { pid, next } = syncing();
    await next(1);
    const first = await SyncTracer.attach([pid], { how: 'slow', every: 1 }, guard);
    await expect(SyncTracer.attach([pid], { how: 'lose', every: 1 }, guard)).rejects.toThrow(
      /strace was not attached to process \d+: strace: attach: .*not permitted/,
    );
    await first.detach();
  });
});

interface Told {
  readonly verdict: string;
  readonly says: string;
  readonly faults: readonly { readonly ended: { readonly writes: number } }[];
}

const QUICK = ['--rate', '40', '--fault-every', '3s', '--fault-for', '1s', '--quiet', '1s', '--seed', '1', '--json'];
const splitbrain = (before: readonly string[], args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const [command = '', ...rest] = [...before, process.execPath, MAIN, ...args];
  const home = { HOME: folder, XDG_CACHE_HOME: folder };
  return spawnSync(command, rest, { encoding: 'utf8', cwd: '/', env: { ...process.env, ...home, ...env } });
};
const OWN_FUSE = 'mount --bind "$0" /dev/fuse && exec "$@"';
/** Without /dev/fuse, and without loop devices. */
const PLAIN =
  process.getuid?.() === 0
    ? [
        ...['unshare', '-m', 'sh', '-c', OWN_FUSE, join(folder, 'fuse')],
        ...['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'],
      ]
    : [];

describe.skipIf(isMissing('etcd') || lacks('strace', 'setpriv') || process.getuid?.() !== 0)('a plain user', () => {
  // A device that root alone may open.
  beforeAll(() => {
    execFileSync('mknod', ['-m', '600', join(folder, 'fuse'), 'c', '10', '229']);
  });

  it('has disks that are slow by strace, where it has no file system of ours', () => {
    const out = ['--out', join(folder, 'slow')];
    const { status, stdout, stderr } = splitbrain(PLAIN, [
      'run',
      '--system',
      'etcd/set',
      '--faults',
      'slow',
      '--time',
      '6s',
      ...QUICK,
      ...out,
    ]);
    expect(status, stderr).toBeLessThan(3);
    const { verdict, says, faults } = JSON.parse(stdout) as Told;
    expect(verdict, says).not.toBe('invalid');
    for (const { ended } of faults) expect(ended.writes, JSON.stringify(faults)).toBeGreaterThan(0);
  });

  it('is told what is missing, for each fault, where strace is missing as well', () => {
    const bare = join(folder, 'bin');
    spawnSync('sh', [
      '-c',
      `mkdir -p ${bare} && for c in sh sleep mount unshare setpriv nsenter ip nft cc; do ln -sf $(command -v $c) ${bare}/; done`,
    ]);
    expect(existsSync(join(bare, 'sh'))).toBe(true);
    const told = splitbrain(PLAIN, ['doctor'], { PATH: bare });
    const { stdout } = told;
    expect([told.status, told.signal, told.stderr]).toEqual([0, null, '']);
    expect(stdout).toMatch(/✗ slow, io-error: syncs of processes are changed by strace: apt-get install strace/);
    expect(stdout).toMatch(/✗ lose: lose needs a file system of ours or a loop device: .*this user is not root/);
    expect(stdout).toMatch(/✗ tear: tear needs a file system of ours: /);
    const run = [
      'run',
      '--system',
      'etcd',
      '--program',
      'etcd=/usr/bin/etcd',
      '--faults',
      'io-error',
      '--out',
      join(folder, 'no'),
    ];
    const { status, stderr } = splitbrain(PLAIN, run, { PATH: bare });
    expect([status, stderr]).toEqual([254, expect.stringMatching(/by strace: apt-get install strace/)]);
  });
});

describe.skipIf(isMissing('redis/sentinel-set-fsync') || powerFsWorks() !== true)('Redis that syncs always', () => {
  it('loses what it acknowledged where its disk lies about syncs', () => {
    const what = ['--system', 'redis/sentinel-set-fsync', '--faults', 'lose', '--nodes', '1', '--mix', 'add=1'];
    const { stdout, stderr } = splitbrain(
      [],
      ['run', ...what, '--time', '6s', ...QUICK, '--out', join(folder, 'lose')],
    );
    const { verdict, says, faults } = JSON.parse(stdout || `{"says":${JSON.stringify(stderr)}}`) as Told;
    expect([verdict, says]).toEqual(['invalid', expect.stringMatching(/acknowledged elements are lost/)]);
    for (const { ended } of faults) expect(ended.writes).toBeGreaterThan(0);
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(folder);
  });
});
