/** Every way to end a command wrongly ends it by a code of the table, in words, without a stack. */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, newPlace, type Place, shell, splitbrain } from './commands.ts';

const HELD = 0;
const REFUTED = 1;
const USAGE = 254;
const FAILED = 255;

let place: Place;
beforeAll(() => {
  place = newPlace();
  for (const [name, [before, inRead]] of Object.entries(MODULES))
    writeFileSync(join(place.cwd, `${name}.mjs`), moduleOf(before, inRead));
});
afterAll(() => place.remove());

/** A register without replicas on one node, with code at the top of the module and in its read. */
function moduleOf(before: string, inRead: string): string {
  return `${before};
export const own = {
  name: 'own', datatype: 'register', without: ['cas'],
  claims: [{ model: 'monotonic-writes', under: [], available: 'none', durable: 'no', converges: false, recoversMs: 3000 }],
  start: () => {
    const values = {};
    const read = async (_, key) => { ${inRead}; return values[key] ?? null; };
    return { state: values, api: { read, write: async (value, key) => { values[key] = value; return null; } } };
  },
};`;
}

const LOOPS = 'for (;;);';
const MODULES = {
  sound: ['', ''],
  never: ['await new Promise(() => {})', ''],
  'never-busy': ['setInterval(() => {}, 1000); await new Promise(() => {})', ''],
  'loops-at-load': [LOOPS, ''],
  'waits-at-load': ['Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)', ''],
  exits: ['process.exit(1)', ''],
  'exits-held': ['process.exit(0)', ''],
  throws: [`throw new Error('mine')`, ''],
  'throws-later': [`setTimeout(() => { throw new Error('mine'); }, 0); await new Promise(() => {})`, ''],
  'rejects-later': [`void Promise.reject(new Error('mine')); await new Promise(() => {})`, ''],
  'leaves-open': ['setInterval(() => {}, 1000)', ''],
  'sets-code': ['process.exitCode = 1', ''],
  'loops-in-read': ['', LOOPS],
  'throws-in-tick': ['', `process.nextTick(() => { throw new Error('mine'); })`],
  'prints-commands': [
    '',
    `console.log('::error::forged'); throw new Error('\\u001b[2J\\n::error::forged\\n##[error]x')`,
  ],
} as const;

/** No stack, nothing of Node.js, no control characters, and no line that a build server would obey. */
function expectWords({ stderr, stdout }: Ended): void {
  for (const text of [stderr, stdout]) {
    expect(text).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
    expect(text).not.toMatch(/Node\.js v|Unhandled 'error'|Cannot read properties/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
    expect(text).not.toMatch(/^\s*::|##\[|##vso\[/m);
  }
}

const RUN = '--faults none --time 300ms --rate 50 --keys 2 --seed 1 --patience 1s';

describe('modules of users', () => {
  const simulated: Readonly<Record<keyof typeof MODULES, readonly [code: number, says: RegExp]>> = {
    sound: [HELD, /^$/],
    never: [FAILED, /never\.mjs was not loaded within 1 s \(--patience\)/],
    'never-busy': [FAILED, /was not loaded within 1 s/],
    'loops-at-load': [
      FAILED,
      /loops-at-load\.mjs: no progress for 1 s, and it was stopped \(--patience\), in its code \(file:/,
    ],
    'waits-at-load': [FAILED, /no progress for 1 s/],
    exits: [FAILED, /ended with code 1 before the command was over: a module called process\.exit/],
    'exits-held': [FAILED, /ended with code 0 before the command was over/],
    throws: [USAGE, /throws\.mjs cannot be loaded: mine/],
    'throws-later': [FAILED, /error: mine/],
    'rejects-later': [FAILED, /error: mine/],
    'leaves-open': [HELD, /note: ended with 1 timer \(setTimeout or setInterval\) still open/],
    'sets-code': [HELD, /^$/],
    'loops-in-read': [FAILED, /own with seed 1, at n\d in read \(planned call \d+\): no progress for 1 s/],
    'throws-in-tick': [FAILED, /n\d: own threw an error that was not caught \(after op \d+\): mine/],
    'prints-commands': [FAILED, /^/],
  };
  it.each(Object.entries(simulated))('%s, simulated', async (name, [code, says]) => {
    const ended = await splitbrain(
      ['run', '--system', `./${name}.mjs#own`, '--cluster', 'simulation', ...RUN.split(' ')],
      place,
    );
    if (name === 'prints-commands') expect([FAILED, 2, REFUTED]).toContain(ended.code);
    else expect(ended.code, ended.stderr).toBe(code);
    expect(ended.stderr).toMatch(says);
    expectWords(ended);
  });

  const processes = {
    never: [FAILED, '2s'],
    'loops-at-load': [FAILED, '2s'],
    exits: [FAILED, '30s'],
    'leaves-open': [HELD, '30s'],
  } as const;
  it.each(Object.entries(processes))('%s, with processes', async (name, [code, patience]) => {
    const more = ['--time', '1s', '--patience', patience];
    const ended = await splitbrain(['run', '--system', `./${name}.mjs#own`, ...RUN.split(' '), ...more], place);
    expect(ended.code, ended.stderr).toBe(code);
    expectWords(ended);
  });

  it.each(['loops-in-read', 'throws-in-tick', 'exits', 'leaves-open'] as const)('%s, in a search', async (name) => {
    const args = [
      'explore',
      '--system',
      `./${name}.mjs#own`,
      '--workload',
      'register',
      '--runs',
      '20',
      '--patience',
      '1s',
    ];
    const ended = await splitbrain([...args, '--seed', '1'], place);
    expect(ended.code, ended.stderr).toBe(name === 'leaves-open' ? HELD : FAILED);
    if (name === 'loops-in-read') expect(ended.stderr).toMatch(/seed \d+: own with seed \d+, at n\d in read/);
    expectWords(ended);
  });
});

describe('pipes, devices and limits', () => {
  const sim = 'run --system quorum/slide --cluster simulation --seed 7 --time 1s --faults partition';
  const held = 'run --system quorum/abd --cluster simulation --seed 1 --faults partition --time 3s';
  const search = 'explore --system quorum/no-write-back --runs 100 --seed 1 --threads 1';
  it.each([
    [`$SB ${held} | true; exit \${PIPESTATUS[0]}`, HELD, /^$/],
    [`$SB ${held} --json | head -c 1 >/dev/null; exit \${PIPESTATUS[0]}`, HELD, /^$/],
    [`$SB ${search} --json | true; exit \${PIPESTATUS[0]}`, REFUTED, /^$/],
    [`$SB ${held} --json >/dev/full`, FAILED, /standard output cannot be written: ENOSPC/],
    [`$SB ${held} >/dev/full`, FAILED, /standard output cannot be written: ENOSPC/],
    [`$SB ${held} 2>/dev/full`, HELD, /^$/],
    [`ulimit -n 32; $SB ${held}`, FAILED, /too many open files.*ulimit -n 1024/],
    [`ulimit -n 24; $SB list`, FAILED, /too many open files/],
    [`ulimit -n 22; $SB ${held}`, FAILED, /^error: EMFILE: too many open files/],
    [`$SB run --system quorum/abd --cluster simulation --rate 1000000000`, USAGE, /220,000 million events.*--yes/],
    [`$SB run --system quorum/abd --cluster simulation --time 24h`, USAGE, /396 million events.*--yes/],
    [`$SB run --system quorum/abd --cluster simulation --nodes 200`, USAGE, /10\.4 million events.*--yes/],
    [`$SB ${sim} --debug --out /proc/nowhere`, FAILED, /cannot be made/],
  ] as const)('%s', async (script, code, says) => {
    const ended = await shell(script, place);
    expect(ended.code, ended.stderr).toBe(code);
    expect(ended.stderr).toMatch(says);
    if (!script.includes('--debug')) expectWords(ended);
  });

  const canMount = spawnSync('unshare', ['-m', 'true']).status === 0;
  // Only in a mount namespace of its own can there be a device that is full.
  it.skipIf(!canMount)('a folder on a device that is full: what was found is printed', async () => {
    const script = (args: string) =>
      `unshare -m bash -c 'mkdir -p full && mount -t tmpfs -o size=220k tmpfs full && cd full && exec '"$SB"' ${args}'`;
    const refuted = await shell(
      script('run --system quorum/slide --cluster simulation --seed 601548889 --faults all --out r'),
      place,
    );
    expect([REFUTED, FAILED], refuted.stderr).toContain(refuted.code);
    const searched = await shell(script(`${search} --runs 400 --corpus found`), place);
    expect(searched.stdout).toContain('stale-read');
    expect(searched.code, searched.stderr).toBe(REFUTED);
    const kept = await shell(script(`${held} --out r`), place);
    expect(kept.code, kept.stderr).toBe(FAILED);
    expect(kept.stdout).toContain('valid: no anomaly found');
    expect(kept.stderr).toMatch(/r\/.* cannot be written: ENOSPC/);
    for (const one of [refuted, searched, kept]) expectWords(one);
    expect(existsSync(join(place.cwd, 'full', 'r'))).toBe(false);
  });

  it.skipIf(!canMount)('a disk that is read only', async () => {
    const script = `mkdir -p read && unshare -m bash -c 'mount -t tmpfs -o ro tmpfs read && cd read && exec '"$SB"' ${held}'`;
    const ended = await shell(script, place);
    expect(ended.code, ended.stderr).toBe(FAILED);
    expect(ended.stderr).toMatch(/cannot be made: EROFS/);
    expectWords(ended);
  });
});
