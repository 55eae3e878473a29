import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { tableOf } from '../cli/list.ts';
import { campaignSchema } from '../harness/campaign/file.ts';
import { run } from '../harness/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const TABLES = /<!-- list (\w+) -->\n([\s\S]*?)<!-- end -->/g;

/** The table of designs with what the recorded exploration found of each (bench/exploration.ts). */
function explored(table: string): string {
  const verdicts = JSON.parse(readFileSync(join(root, 'systems/exploration.json'), 'utf8')) as Record<string, string>;
  const [headings, line, ...rows] = table.split('\n');
  const found = (row: string) => {
    const design = row.split('|')[1]!.trim();
    const of = Object.keys(verdicts).filter((name) => name.split('/')[0] === design);
    const count = (verdict: string) => of.filter((name) => verdicts[name]!.startsWith(verdict)).length;
    const texts = ['kept', 'refuted'].flatMap((verdict) =>
      count(verdict) > 0 ? [`${count(verdict)} ${verdict}`] : [],
    );
    return texts.join(', ') || 'not explored yet';
  };
  return [`${headings} exploration |`, `${line}---|`, ...rows.map((row) => `${row} ${found(row)} |`)].join('\n');
}

describe('README.md', () => {
  it('shows the tables that `splitbrain list` prints (UPDATE_README=1 writes them)', () => {
    const printed = readme.replaceAll(
      TABLES,
      (_, what: string) =>
        `<!-- list ${what} -->\n${what === 'designs' ? explored(tableOf(what)) : tableOf(what)}\n<!-- end -->`,
    );
    if (process.env.UPDATE_README) writeFileSync(join(root, 'README.md'), printed);
    else expect(readme).toBe(printed);
  });

  it('comes with the schema of campaign files as the registries have it (UPDATE_README=1 writes it)', () => {
    const file = join(root, 'campaign.schema.json');
    const printed = `${JSON.stringify(campaignSchema(), null, 2)}\n`;
    if (process.env.UPDATE_README) writeFileSync(file, printed);
    else expect(readFileSync(file, 'utf8')).toBe(printed);
  });

  it('names only commands that exist', () => {
    const help = execFileSync(process.execPath, [join(root, 'dist/cli/main.js'), '--help'], { encoding: 'utf8' });
    const named = [...readme.matchAll(/^splitbrain (\w+)/gm)].map(([, command]) => command!);
    expect(named.length).toBeGreaterThan(5);
    for (const command of new Set(named)) expect(help).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  it('has a system of one’s own that runs, and whose mistake is found', async () => {
    const [, code] = /```js\n([\s\S]*?)```/.exec(readme)!;
    const folder = mkdtempSync(join(tmpdir(), 'splitbrain-readme-'));
    try {
      writeFileSync(join(folder, 'my.mjs'), code!);
      const verdicts = [];
      for (const seed of [1, 2, 3]) {
        const { result } = await run({
          system: `${join(folder, 'my.mjs')}#backup`,
          cluster: 'simulation',
          faults: ['crash'],
          seed,
        });
        verdicts.push(result.verdict);
      }
      expect(verdicts).toContain('invalid');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

it('ARCHITECTURE.md names only files that exist', () => {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const files = [...text.matchAll(/\b((?:systems|harness|test)\/[\w/.-]+\.ts)\b/g)].map(([, file]) => file!);
  expect(files.length).toBeGreaterThan(5);
  for (const file of new Set(files)) expect(() => readFileSync(join(root, file)), file).not.toThrow();
});
