/** Adapters keep what the harness relies on: that of etcd all that `splitbrain conform` checks, of others a part. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Line } from '../../../harness/clusters/databases/conform/line.ts';
import { isMissing, lacks } from './needs.ts';

const MAIN = fileURLToPath(new URL('../../../bin.mjs', import.meta.url));

function failuresOf(args: readonly string[]): { readonly failed: readonly Line[]; readonly passed: number } {
  // It exits with 1 where a check failed, whose line says more than the code.
  const told = spawnSync(process.execPath, [MAIN, 'conform', ...args, '--json'], { encoding: 'utf8' });
  if (told.status !== 0 && told.status !== 1) throw new Error(`conform ended with ${told.status}: ${told.stderr}`);
  const lines = JSON.parse(told.stdout) as readonly Line[];
  const those = (verdict: Line['verdict']) => lines.filter((line) => line.verdict === verdict);
  return { failed: those('failed'), passed: those('passed').length };
}

it.skipIf(isMissing('etcd'))('etcd passes conformance', () => {
  const { failed, passed } = failuresOf(['etcd']);
  expect(failed).toEqual([]);
  expect(passed).toBeGreaterThan(17);
});

it.skipIf(isMissing('nats/jetstream'))(
  'NATS takes writes at every node, and its adapter tells the truth of them',
  () => {
    const { failed, passed } = failuresOf(['nats/jetstream', '--only', 'C2,C14']);
    expect(failed).toEqual([]);
    expect(passed).toBe(6);
  },
);

it.skipIf(isMissing('redis/cluster'))(
  'Redis Cluster takes writes at every node, and its adapter tells the truth',
  () => {
    const { failed, passed } = failuresOf(['redis/cluster', '--only', 'C2,C14']);
    expect(failed).toEqual([]);
    expect(passed).toBe(6);
  },
);

it.skipIf(isMissing('ovsdb/set') || lacks('nft'))(
  'OVSDB takes writes at every node, and its adapter tells the truth',
  () => {
    const { failed, passed } = failuresOf(['ovsdb/set', '--only', 'C2,C14']);
    expect(failed).toEqual([]);
    expect(passed).toBe(7);
  },
);

it.skipIf(isMissing('openldap/entries'))('OpenLDAP takes writes at every node, and its adapter tells the truth', () => {
  const { failed, passed } = failuresOf(['openldap/entries', '--only', 'C2,C14']);
  expect(failed).toEqual([]);
  expect(passed).toBe(6);
});
