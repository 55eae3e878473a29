/** The adapter of etcd keeps what the harness relies on: all that `splitbrain conform etcd` checks. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Line } from '../../../harness/clusters/databases/conform/line.ts';
import { isMissing } from './needs.ts';

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

describe.skipIf(isMissing('etcd'))('etcd', () => {
  it('passes conformance', () => {
    const told = execFileSync(process.execPath, [MAIN, 'conform', 'etcd', '--json'], { encoding: 'utf8' });
    const lines = JSON.parse(told) as readonly Line[];
    expect(lines.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
    expect(lines.filter(({ verdict }) => verdict === 'passed').length).toBeGreaterThan(17);
  });
});
