import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Capability } from '../../harness/clusters/capabilities.ts';
import { clocksCanBeMoved } from '../../harness/clusters/children/clock-probe.ts';

const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

function doctor(args: readonly string[], path: string): string {
  const env = { ...process.env, PATH: path, NO_COLOR: '1' };
  return execFileSync(process.execPath, [cli, 'doctor', ...args], { encoding: 'utf8', env });
}

it('says of every fault how it is made, or why it cannot be', () => {
  const { faults } = JSON.parse(doctor(['--json'], process.env.PATH ?? '')) as { faults: readonly Capability[] };
  const of = (name: string) => faults.find(({ fault }) => fault === name);
  expect(of('loss')?.whyNot).toMatch(/TCP hides/);
  expect(of('halves')?.by).toMatch(/proxies/);
  expect(of('lose')?.whyNot).toBeTruthy();
  expect(clocksCanBeMoved() === true ? of('step')?.by : of('step')?.whyNot).toBeTruthy();
  for (const { by, whyNot } of faults) expect([by, whyNot].filter(Boolean)).toHaveLength(1);
});

it('says what installs a program that is missing', () => {
  expect(doctor([], '/nowhere')).toMatch(
    /✗ etcd, .*\n {6}etcd needs the program etcd, which is not on this machine: apt-get install etcd-server/,
  );
});
