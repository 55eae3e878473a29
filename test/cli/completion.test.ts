/** Completion as shells do it: the script is read by each, and asked with what was typed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

/** Whether a shell is on this machine; says so where it is not, and fails in CI, which installs it. */
function isMissing(shell: string): boolean {
  if (spawnSync('sh', ['-c', `command -v ${shell}`]).status === 0) return false;
  if (process.env.CI === 'true') throw new Error(`missing: ${shell} (apt-get install ${shell})`);
  console.warn(`SKIPPED: there is no ${shell} (apt-get install ${shell})`);
  return true;
}

/** What is typed, and what any shell offers for it, whatever else it may offer. */
const TYPED: readonly (readonly [typed: string, offered: readonly string[]])[] = [
  ['splitbrain ca', ['campaign']],
  ['splitbrain run --sys', ['--system']],
  ['splitbrain run --system quorum/ab', ['quorum/abd']],
  ['splitbrain run --seed 3 --cluster s', ['simulation']],
  ['splitbrain check --model strict-', ['strict-serializable']],
  ['splitbrain list anom', ['anomalies']],
  ['splitbrain completion ', ['bash', 'zsh', 'fish']],
];

describe.skipIf(isMissing('fish'))('completion in fish', () => {
  let folder: string;
  let file: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'splitbrain-fish-'));
    file = join(folder, 'splitbrain.fish');
    writeFileSync(file, printed('fish').stdout);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(TYPED)('%s', (typed, expected) => {
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', `source ${file}; complete -C '${typed}'`], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout.split('\n').map((line) => line.split('\t')[0])).toEqual(expect.arrayContaining([...expected]));
  });
});

describe.skipIf(isMissing('zsh'))('completion in zsh', () => {
  // What zsh would insert is seen at a terminal alone: `zpty` is one, and \t asks it.
  it.each(TYPED.filter(([, offered]) => offered.length === 1))('%s', (typed, [expected]) => {
    const folder = mkdtempSync(join(tmpdir(), 'splitbrain-zsh-'));
    try {
      writeFileSync(join(folder, 'completion'), printed('zsh').stdout);
      writeFileSync(join(folder, 'ask'), asking(folder, typed));
      const { stdout, stderr } = spawnSync('zsh', ['-f', join(folder, 'ask')], { encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(stdout).toContain(`<${typed.replace(/\S+$/, '')}${expected} >`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** A script that types this at another zsh, presses the tabulator, and prints the line that is there then. */
function asking(folder: string, typed: string): string {
  return `zmodload zsh/zpty
zpty child zsh -f -i
zpty -w child 'PS1= PS2= RPS1=; unsetopt zle_bracketed_paste; autoload -U compinit && compinit -u -d ${folder}/dump'
zpty -w child 'source ${folder}/completion'
zpty -w child 'shown() { print -r -- "SHOWN<$BUFFER>"; }; zle -N shown; bindkey "^X" shown; print READY'
zpty -r -m child line '*READY*READY*'
zpty -w -n child $'${typed}\t\x18'
zpty -r -m child line '*SHOWN<*>*'
print -r -- "$line"
zpty -d child
`;
}

it('other shells have a script with the same commands, and one that there is not is refused', () => {
  expect(printed('zsh').stdout).toBe(`autoload -U +X bashcompinit && bashcompinit\n${script}`);
  const fish = printed('fish').stdout;
  for (const command of COMMANDS) expect(fish).toContain(`-f -a ${command} -d '`);
  expect(printed('tcsh')).toMatchObject({ status: 254, stderr: expect.stringContaining('bash, zsh, fish') });
});
