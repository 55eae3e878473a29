import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = new URL('../../bin.mjs', import.meta.url).pathname;

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'splitbrain-run-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Runs the built command line. */
function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'run', ...args], { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

const SIMULATED = ['--cluster', 'simulation', '--time', '3s'];

describe('splitbrain run', () => {
  it('refutes a slide, shows how, and repeats what it did', () => {
    const { status, stdout } = run('--system', 'no-replication', ...SIMULATED, '--seed', '1', '--out', 'first');
    expect(status).toBe(1);
    expect(stdout).toMatch(/✗ invalid: no-replication claims linearizable, but/);
    expect(stdout).toMatch(/first anomaly\n\s+\S+: /);
    const again = /again\s+npx splitbrain run (.*)/.exec(stdout)?.[1]?.split(' ') ?? [];
    run(...again, '--out', 'second');
    for (const file of ['history.jsonl', 'verdict.json', 'plan.json', 'messages.jsonl'])
      expect(readFileSync(join(cwd, 'second', file), 'utf8'), file).toBe(
        readFileSync(join(cwd, 'first', file), 'utf8'),
      );
  });

  it('makes a stored run again, and tells how often it was refuted', () => {
    expect(run('--system', 'no-replication', ...SIMULATED, '--seed', '1', '--out', 'stored').status).toBe(1);
    const { status, stderr } = run('--again', 'stored', '--times', '3');
    expect(status).toBe(1);
    expect(stderr).toMatch(/3 of 3 runs were refuted: \S+ in 3/);
    expect(run('--again', 'stored', '--system', 'quorum/abd')).toMatchObject({ status: 254 });
    expect(run('--again', 'nowhere')).toMatchObject({ status: 254 });
  });

  it('prints verdict.json alone with --json', () => {
    const { status, stdout, stderr } = run(
      '--system',
      'quorum/abd',
      ...SIMULATED,
      '--seed',
      '1',
      '--json',
      '--out',
      'json',
    );
    expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(join(cwd, 'json', 'verdict.json'), 'utf8')));
    expect(status).toBe({ valid: 0, invalid: 1, unknown: 2 }[(JSON.parse(stdout) as { verdict: 'valid' }).verdict]);
    expect(stderr.replace(/^note: .*\n/, '')).toBe('');
  });

  it('runs a system of one’s own with real processes', () => {
    const own = `export const mine = {
      name: 'mine', datatype: 'register',
      claims: [{ model: 'linearizable', under: [], available: 'total', durable: 'no', converges: false, recoversMs: 5000 }],
      start(node) {
        const values = {};
        const leader = 'n1';
        node.on('read', ({ key }) => values[key] ?? null);
        node.on('write', ({ key, value }) => { values[key] = value; return null; });
        const ask = (kind, message) => node.call(leader, kind, message, 5000);
        const here = node.id === leader;
        return { state: values, api: {
          read: async (_, key) => (here ? values[key] ?? null : ask('read', { key })),
          write: async (value, key) => { if (here) values[key] = value; else await ask('write', { key, value }); return null; },
        } };
      },
      without: ['cas'],
    };\n`;
    writeFileSync(join(cwd, 'my.mjs'), own);
    const { status, stdout, stderr } = run(
      '--system',
      './my.mjs#mine',
      '--time',
      '1s',
      '--timeout',
      '5s',
      '--faults',
      'none',
      '--keep',
      '--out',
      'own',
    );
    expect(`${stdout}${stderr}`).toContain('valid: no anomaly found: the claim of mine held');
    expect(status).toBe(0);
    expect(existsSync(join(cwd, 'own', 'nodes', 'n3.disk'))).toBe(true);
    expect(readFileSync(join(cwd, 'own', 'nodes', 'n1.log'), 'utf8')).toContain('life 1 of n1');
  });

  it('goes by its verdict where nobody reads what it prints', () => {
    const refuted = `run --system no-replication ${SIMULATED.join(' ')} --seed 1`;
    for (const [args, code] of [
      [`${refuted} --json`, '1'],
      ['list models', '0'],
    ]) {
      const script = `"${process.execPath}" "${MAIN}" ${args} | true; echo "$PIPESTATUS"`;
      const { stdout, stderr } = spawnSync('bash', ['-c', script], { cwd, encoding: 'utf8' });
      expect([stdout.trim(), stderr]).toEqual([code, '']);
    }
  });

  it('says in one line what is wrong with its arguments', () => {
    const cases = [
      [['--system', 'quorum/adb'], /did you mean quorum\/abd/],
      [['--system', 'quorum/abd', '--time', 'long'], /--time takes a duration/],
      [['--system', 'quorum/abd', ...SIMULATED, '--out', '.'], /it exists, and results are never overwritten/],
    ] as const;
    for (const [args, message] of cases) {
      const { status, stdout, stderr } = run(...args);
      expect(stderr).toMatch(message);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect([status, stdout]).toEqual([254, '']);
    }
  });

  it('ends with 255 where a node ends by itself, and shows its last words', () => {
    writeFileSync(
      join(cwd, 'bad.mjs'),
      `export default { name: 'bad', datatype: 'register', claims: [], start() { console.log('adieu'); process.exit(4); } };\n`,
    );
    const { status, stdout, stderr } = run('--system', './bad.mjs', '--faults', 'none', '--time', '1s', '--out', 'bad');
    expect([status, stdout]).toEqual([255, '']);
    expect(stderr).toMatch(/n\d \(bad\) ended by itself \(exit code 4\)[\s\S]*adieu[\s\S]*lies in bad/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
