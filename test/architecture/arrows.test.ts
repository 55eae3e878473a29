import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
let scratch: string;
beforeAll(() => {
  // Below dist, which git, the compiler's projects and the linter leave alone.
  scratch = mkdtempSync(join(root, 'dist', 'arrows-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/**
 * Compiles one file as if it lay in a folder of the project,
 * with that folder's own settings; answers what the compiler says.
 */
function compile(folder: string, source: string): string {
  const config = {
    extends: join(root, folder, 'tsconfig.json'),
    compilerOptions: { rootDir: root, outDir: join(scratch, 'out') },
    include: [join(root, folder)],
    exclude: ['dist', 'page', 'node_modules'].map((name) => join(root, folder, name)),
    references: references(folder),
  };
  const probe = join(root, folder, 'arrow.probe.ts');
  const file = join(scratch, 'tsconfig.json');
  writeFileSync(probe, source);
  writeFileSync(file, JSON.stringify(config));
  try {
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', file], { encoding: 'utf8' });
    return '';
  } catch (error) {
    return String((error as { stdout?: string }).stdout);
  } finally {
    rmSync(probe, { force: true });
  }
}

function references(folder: string): readonly { path: string }[] {
  const text = readFileSync(join(root, folder, 'tsconfig.json'), 'utf8').replaceAll(/^\s*\/\/.*$/gm, '');
  const { references = [] } = JSON.parse(text) as { references?: { path: string }[] };
  return references.map(({ path }) => ({ path: join(root, folder, path) }));
}

describe('an import against the arrows does not compile', () => {
  it.each([
    ['checkers', "import { Refused } from '../systems/node.ts'; new Refused('x');"],
    ['systems', "import { mix } from '../harness/node/identity.ts'; mix(1, 2);"],
    ['systems', "import { registerWorkload } from '../workloads/register.ts'; String(registerWorkload);"],
    ['workloads', "import { judge } from '../harness/judging/judge.ts'; String(judge);"],
    ['harness', "import { report } from '../report/report.ts'; String(report);"],
    ['report', "import { EXIT } from '../cli/exit.ts'; String(EXIT);"],
    ['report', "import { COLUMNS } from '../isolation/columns.ts'; String(COLUMNS);"],
    ['isolation', "import { EXIT } from '../cli/exit.ts'; String(EXIT);"],
  ])('%s: %s', (folder, source) => {
    expect(compile(folder, source)).toMatch(/error TS6307/);
  });
});

describe('what would break replay does not compile in a system', () => {
  it('timers, modules, the process, clocks, chance, the console and the network', () => {
    const sources = [
      'setTimeout(() => {}, 1);',
      "import { readFileSync } from 'node:fs'; readFileSync('x');",
      'process.exit(1);',
      'performance.now();',
      'crypto.randomUUID();',
      "console.log('x');",
      "fetch('x');",
    ];
    const says = compile('systems', sources.join('\n'));
    for (const [i, source] of sources.entries())
      expect(says, source).toMatch(new RegExp(`\\(${i + 1},\\d+\\): error TS(2304|2307|2584|2591|2580)`));
  });

  it('and chance and clocks of the language do not pass the linter', () => {
    const sources = ['Math.random();', 'Date.now();', 'new Date();'];
    const probe = join(root, 'systems', 'lint.probe.ts');
    writeFileSync(probe, sources.map((source, i) => `export const value${i} = ${source}\n`).join(''));
    const biome = [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'lint', '--reporter=github', probe];
    try {
      const { stdout } = spawnSync(process.execPath, biome, { encoding: 'utf8', cwd: root });
      for (const [i, source] of sources.entries())
        expect(stdout, source).toMatch(new RegExp(`line=${i + 1},.*must replay from its seed`));
    } finally {
      rmSync(probe, { force: true });
    }
  });
});

it('a sound file compiles the same way', () => {
  expect(compile('systems', "import { Refused } from './node.ts'; export const refused = new Refused('x');")).toBe('');
});
