/**
 * A module of the user's own through every command that finds,
 * keeps and repeats what breaks it, from several working folders.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Counterexample } from '../../harness/explore/counterexample-text.ts';

const MAIN = new URL('../../bin.mjs', import.meta.url).pathname;
const README = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
/** The example that README shows: its own name, my/backup, leads nowhere. */
const MODULE = /^export const backup = \{[\s\S]*?^\};$/m.exec(README)![0];

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'splitbrain-own-'));
  mkdirSync(join(cwd, 'below/deep'), { recursive: true });
  writeFileSync(join(cwd, 'my.mjs'), MODULE);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function splitbrain(args: readonly string[], folder = '.') {
  const env = { ...process.env, GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '' };
  return spawnSync(process.execPath, [MAIN, ...args], { cwd: join(cwd, folder), encoding: 'utf8', env });
}

const json = (file: string) => JSON.parse(readFileSync(join(cwd, file), 'utf8')) as unknown;

describe('explore with a module of one’s own', () => {
  const ways: readonly (readonly [way: string, from: string, system: () => string])[] = [
    ['from the folder that it lies in', '.', () => './my.mjs#backup'],
    ['from below', 'below/deep', () => '../../my.mjs#backup'],
    ['by its whole path', 'below', () => `${join(cwd, 'my.mjs')}#backup`],
    ['by its URL', '.', () => `${pathToFileURL(join(cwd, 'my.mjs')).href}#backup`],
  ];
  it.each(ways)('%s: finds, writes a file that can be seen, and that replays from anywhere', (_, from, system) => {
    const corpus = join(cwd, 'corpus');
    const found = splitbrain(
      ['explore', '--system', system(), '--runs', '60', '--seed', '1', '--corpus', corpus],
      from,
    );
    expect(found.status, found.stderr).toBe(1);
    const [file, ...others] = readdirSync(corpus);
    expect([file, others]).toEqual([expect.stringMatching(/^my\.mjs-backup\.stale-read\.json$/), []]);
    expect(found.stdout).toContain(`Repeat it: npx splitbrain replay ${join(corpus, file!)}`);
    const example = json(`corpus/${file}`) as Counterexample;
    expect(example.setting.system).toBe('../my.mjs#backup');
    for (const place of ['.', 'below/deep']) {
      const again = splitbrain(['replay', join(corpus, file!), '--json'], place);
      expect(again.status, again.stderr).toBe(1);
      expect(JSON.parse(again.stdout)).toMatchObject({ occurred: true, same: true });
    }
    rmSync(corpus, { recursive: true });
  });

  it('keeps what it found where checkout and corpus are moved together', () => {
    mkdirSync(join(cwd, 'repository'));
    writeFileSync(join(cwd, 'repository/my.mjs'), MODULE);
    const args = ['explore', '--system', './my.mjs#backup', '--runs', '60', '--seed', '1', '--corpus', 'kept/here'];
    expect(splitbrain(args, 'repository').status).toBe(1);
    renameSync(join(cwd, 'repository'), join(cwd, 'elsewhere'));
    expect(splitbrain(['replay', 'elsewhere/kept/here']).status).toBe(1);
  });

  it('says commands that a shell repeats, wherever the module lies', () => {
    const folder = "it's my folder";
    mkdirSync(join(cwd, folder));
    writeFileSync(join(cwd, folder, 'my.mjs'), MODULE);
    const system = `./${folder}/my.mjs#backup`;
    const found = splitbrain(['explore', '--system', system, '--runs', '60', '--seed', '1', '--corpus', `${folder}/c`]);
    const made = splitbrain(
      [
        'run',
        '--system',
        system,
        '--faults',
        'crash',
        '--cluster',
        'simulation',
        '--time',
        '3s',
        '--seed',
        '7',
        '--out',
        'quoted',
      ],
      '.',
    );
    for (const [text, says] of [
      [found.stdout, /Repeat it: npx splitbrain (replay .*)/],
      [made.stdout, /again +npx splitbrain (run .*)/],
    ] as const) {
      const [, words] = says.exec(text)!;
      const again = spawnSync('bash', ['-c', `"${process.execPath}" "${MAIN}" ${words}`], { cwd, encoding: 'utf8' });
      expect(again.status, again.stderr).toBe(1);
    }
  });

  it.each(['novelty', 'exhaustive'])('finds it with the strategy %s, too', (strategy) => {
    const args = ['explore', '--system', './my.mjs#backup', '--strategy', strategy, '--runs', '3000', '--seed', '1'];
    const { status, stdout, stderr } = splitbrain([...args, '--stop-at-first', '--json']);
    expect(status, stderr).toBe(1);
    expect((JSON.parse(stdout.split('\n')[0]!) as Counterexample).setting.system).toBe('./my.mjs#backup');
  });
});

describe('shrink and replay --out', () => {
  it('work from another folder than the run was made in', () => {
    const made = splitbrain(
      [
        'run',
        '--system',
        './my.mjs#backup',
        '--faults',
        'crash',
        '--cluster',
        'simulation',
        '--time',
        '3s',
        '--seed',
        '7',
        '--out',
        'run',
      ],
      '.',
    );
    expect(made.status, made.stderr).toBe(1);
    const small = splitbrain(['shrink', '../../run'], 'below/deep');
    expect(small.status, small.stderr).toBe(1);
    const [, file] = /Repeat it: npx splitbrain replay (\S+)/.exec(small.stdout)!;
    expect((json('run/counterexample.json') as Counterexample).setting.system).toBe('../my.mjs#backup');
    const again = splitbrain(['replay', file!, '--out', 'told'], 'below/deep');
    expect(again.status, again.stderr).toBe(1);
    expect(splitbrain(['replay', 'below/deep/told/counterexample.json']).status).toBe(1);
    expect(splitbrain(['shrink', 'below/deep/told']).status).toBe(1);
  });
});

describe('campaign and compare', () => {
  it('tell the smallest story of a module, and its file replays', () => {
    writeFileSync(
      join(cwd, 'campaign.yaml'),
      'systems: [./my.mjs#backup]\nworkloads: [register]\nfaults: [crash]\nseeds: 3\ncluster: simulation\ntime: 2s\n',
    );
    const { status, stdout, stderr } = splitbrain(['campaign', 'campaign.yaml', '--out', 'campaign']);
    expect(status, stderr).toBe(1);
    expect(stdout).toMatch(/✗ .*\n {4}claims linearizable, but /);
    const [, file] = /again {2}npx splitbrain replay (\S+)/.exec(stdout)!;
    expect(splitbrain(['replay', join(cwd, file!)], 'below').status).toBe(1);
  });

  it('keep the witnesses of a module', () => {
    const args = ['compare', '--systems', './my.mjs#backup', '--faults', 'crash', '--seeds', '3', '--out', 'compared'];
    const { status, stderr } = splitbrain([...args, '--seed', '1']);
    expect(status, stderr).toBe(1);
    const witnesses = readdirSync(join(cwd, 'compared')).filter((name) => name.startsWith('my.mjs-backup.'));
    expect(witnesses.length).toBeGreaterThan(0);
    for (const run of witnesses) expect(splitbrain(['shrink', join(cwd, 'compared', run)], 'below').stderr).toBe('');
    const page = readFileSync(join(cwd, 'compared/comparison.csv'), 'utf8');
    expect(page).toContain('./my.mjs#backup');
  });
});
