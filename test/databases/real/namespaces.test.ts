/** The second network, as root and as a plain user; and what is said where it cannot be. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { isMissing, lacks } from './needs.ts';

const dist = (file: string) => fileURLToPath(new URL(`../../../dist/${file}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'namespaces-'));
chmodSync(folder, 0o777);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const AS_NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
const isRoot = process.getuid?.() === 0;
const users: readonly (readonly [name: string, command: readonly string[]])[] = isRoot
  ? [
      ['root', []],
      ['a plain user', AS_NOBODY],
    ]
  : [['a plain user', []]];

function node(before: readonly string[], args: readonly string[]) {
  const [program = '', ...rest] = [...before, process.execPath, ...args];
  return spawnSync(program, rest, { encoding: 'utf8', env: { ...process.env, HOME: folder }, cwd: '/' });
}

interface Seen {
  readonly upMs: number;
  readonly whole: number;
  readonly oneWay: { readonly there: number; readonly back: number; readonly cut: number };
  readonly halves: { readonly across: number; readonly within: number; readonly cut: number };
  readonly lossy: { readonly heard: number; readonly touched: number };
  readonly doubled: { readonly among: number; readonly beside: number; readonly touched: number };
  readonly healed: number;
  readonly escape: number;
}

describe.skipIf(lacks('ip', 'nft', 'unshare', 'nsenter', 'setpriv'))('a lab of five nodes', () => {
  it.each(users)('is cut exactly, and has no way out, as %s', (_, before) => {
    const { stdout, stderr } = node(before, [dist('test/databases/real/lab.js')]);
    const seen = JSON.parse(stdout || `{"error":${JSON.stringify(stderr)}}`) as Seen;
    expect(seen).toMatchObject({ oneWay: { there: 0 }, halves: { across: 0 }, escape: 7 });
    for (const some of [seen.whole, seen.oneWay.back, seen.oneWay.cut, seen.halves.within, seen.halves.cut])
      expect(some, stdout).toBeGreaterThan(0);
    for (const some of [seen.lossy.heard, seen.lossy.touched, seen.healed]) expect(some, stdout).toBeGreaterThan(0);
    // Nine of ten come twice, and those to others once.
    expect(seen.doubled.among, stdout).toBeGreaterThan(1.4 * seen.doubled.beside);
    for (const some of [seen.doubled.beside, seen.doubled.touched]) expect(some, stdout).toBeGreaterThan(0);
    // On an idle machine it is up in a third of a second; this one may have other things to do.
    expect(seen.upMs).toBeLessThan(5000);
  });

  it('leaves no interface and no process', () => {
    const links = spawnSync('ip', ['-o', 'link'], { encoding: 'utf8' }).stdout;
    expect(links).not.toMatch(/splitbrain|v\d+@/);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('lab-'))).toEqual([]);
  });

  it('is refused in words where namespaces are not allowed', () => {
    // In a user namespace of its own the limit is its own, too.
    const without =
      'echo 0 > /proc/sys/user/max_user_namespaces; exec setpriv --bounding-set -all --inh-caps -all "$@"';
    const before = ['unshare', '-U', '-r', 'sh', '-c', without, 'sh'];
    const run = ['run', '--system', 'etcd', '--network', 'namespaces', '--faults', 'loss', '--out', join(folder, 'no')];
    const { status, stderr } = node(before, [dist('../bin.mjs'), ...run]);
    expect(stderr).toMatch(/network namespaces need iproute2, .* root or user namespaces that are allowed: unshare/);
    expect(status).toBe(254);
  });

  it('says why packets are not late there', () => {
    const run = [
      'run',
      '--system',
      'etcd',
      '--network',
      'namespaces',
      '--faults',
      'delay',
      '--out',
      join(folder, 'no'),
    ];
    const { status, stderr } = node([], [dist('../bin.mjs'), ...run]);
    expect(stderr).toMatch(
      /packets are late between namespaces by tc's netem, which .*: take --network proxies for delay/,
    );
    expect(status).toBe(254);
  });
});

describe.skipIf(isMissing('etcd') || lacks('nft'))('etcd in namespaces', () => {
  it.each(users.slice(-1))('keeps its claim while packets are lost, as %s', (_, before) => {
    const run = [
      'run',
      '--system',
      'etcd',
      '--network',
      'namespaces',
      '--faults',
      'loss',
      '--time',
      '6s',
      '--rate',
      '60',
    ];
    const out = ['--seed', '1', '--json', '--out', join(folder, `out-${before.length}`)];
    const { status, stdout, stderr } = node(before, [dist('../bin.mjs'), ...run, ...out]);
    expect(status, stderr).toBeLessThan(3);
    const { verdict, faults } = JSON.parse(stdout) as {
      readonly verdict: string;
      readonly faults: readonly { readonly ended: { readonly touched: number } }[];
    };
    expect(verdict).not.toBe('invalid');
    expect(Math.max(...faults.map(({ ended }) => ended.touched))).toBeGreaterThan(0);
  });
});
