/** Completion as bash does it: the script is read by bash, and asked with what was typed. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../cli/called.ts';
import { commandLine } from '../../cli/program.ts';
import { ROOT } from '../docs-blocks.ts';

const MAIN = join(ROOT, 'bin.mjs');

function printed(shell: string) {
  return spawnSync(process.execPath, [MAIN, 'completion', shell], { encoding: 'utf8' });
}

let script: string;
beforeAll(() => {
  script = printed('bash').stdout;
});

/** What bash offers for the last of these words. */
function offered(...words: readonly string[]): readonly string[] {
  const typed = words.map((word) => `'${word}'`).join(' ');
  const asked = `${script}\nCOMP_WORDS=(splitbrain ${typed}); COMP_CWORD=${words.length}; _splitbrain; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-uc', asked], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter(Boolean);
}

describe('completion in bash', () => {
  it('knows every command and every option of each', async () => {
    expect(offered('')).toEqual([...COMMANDS, '--help', '--version']);
    for (const command of (await commandLine()).commands) {
      const flags = command.options.flatMap(({ long }) => long ?? []);
      expect(offered(command.name(), '--'), command.name()).toEqual([...flags, '--help']);
    }
  });

  it.each([
    [['ca'], ['campaign']],
    [['run', '--sys'], ['--system']],
    [['run', '--system', 'quorum/ab'], ['quorum/abd']],
    [['run', '--seed', '3', '--cluster', 's'], ['simulation']],
    [['run', '--faults', 'partition,pau'], ['partition,pause']],
    [['check', '--model', 'strict-'], ['strict-serializable']],
    [['list', 'anom'], ['anomalies']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    // Names of files, which bash completes by itself where nothing is offered.
    [['check', 'hist'], []],
    [['run', '--out', 'x'], []],
  ])('%j gives %j', (words, expected) => {
    expect(offered(...words)).toEqual(expected);
  });
});

it('other shells have a script with the same commands, and one that there is not is refused', () => {
  expect(printed('zsh').stdout).toBe(`autoload -U +X bashcompinit && bashcompinit\n${script}`);
  const fish = printed('fish').stdout;
  for (const command of COMMANDS) expect(fish).toContain(`-f -a ${command} -d '`);
  expect(printed('tcsh')).toMatchObject({ status: 254, stderr: expect.stringContaining('bash, zsh, fish') });
});
