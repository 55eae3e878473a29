/**
 * Whether every adapter keeps what the harness relies on, on each network that it names: `splitbrain conform` of one
 * after the other, as a table. It takes a minute or two a row. The exit code is 1 where a check failed.
 *
 *     node dist/test/databases/acceptance/conform.js [--only etcd,redis/lock] [--network namespaces]
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { databases } from '../../../databases/registry.ts';
import type { Line } from '../../../harness/clusters/databases/conform/line.ts';

const MAIN = fileURLToPath(new URL('../../../../bin.mjs', import.meta.url));
const { values: given } = parseArgs({ options: { only: { type: 'string' }, network: { type: 'string' } } });
const names = given.only?.split(',');

const pairs = databases
  .filter(({ name }) => names === undefined || names.includes(name))
  .flatMap(({ name, networks = ['proxies'] }) => networks.map((network) => ({ name, network })))
  .filter(({ network }) => given.network === undefined || network === given.network);
if (pairs.length === 0) throw new Error('no database of that name has such a network');

process.stdout.write('| database | network | passed | skipped | failed |\n|---|---|---|---|---|\n');
for (const { name, network } of pairs) {
  const { stdout, stderr } = spawnSync(process.execPath, [MAIN, 'conform', name, '--network', network, '--json'], {
    encoding: 'utf8',
  });
  process.stdout.write(`| ${name} | ${network} | ${cellsOf(stdout, stderr).join(' | ')} |\n`);
}

/** How many checks passed, which were skipped, and which failed with what; what was said where none was made. */
function cellsOf(stdout: string, stderr: string): readonly string[] {
  if (stdout.trim() === '') {
    process.exitCode = 1;
    return ['0', '', stderr.trim().split('\n')[0] ?? ''];
  }
  const lines = JSON.parse(stdout) as readonly Line[];
  const those = (verdict: Line['verdict']) => lines.filter((line) => line.verdict === verdict);
  const failed = those('failed');
  if (failed.length > 0) process.exitCode = 1;
  const skipped = those('skipped').map(({ id }) => id);
  return [
    String(those('passed').length),
    skipped.join(', '),
    failed.map(({ id, detail }) => `${id}: ${detail}`).join('; ') || 'none',
  ];
}
