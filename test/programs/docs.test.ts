import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { describeWith } from './needs.ts';

const cli = new URL('../../bin.mjs', import.meta.url).pathname;
const page = readFileSync(new URL('../../docs/programs.md', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'programs-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The blocks of the page, each with the file that the text before it names last. */
function blocks(): readonly { readonly mark: string; readonly text: string; readonly file: string }[] {
  return [...page.matchAll(/^```(\S+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map((match) => {
    const before = page.slice(0, match.index);
    const file = [...before.matchAll(/`(\w+\.py)`/g)].at(-1)?.[1] ?? '';
    return { mark: match[1] === 'py' ? 'file' : (match[2] ?? 'unmarked'), text: match[3]!, file };
  });
}

describeWith(['python3', 'cc'], 'the page on programs', () => {
  it('marks every block', () => {
    expect(blocks().filter(({ mark }) => mark === 'unmarked')).toEqual([]);
    expect(blocks().filter(({ mark }) => mark.startsWith('run')).length).toBeGreaterThan(3);
  });

  it.each(blocks().map((block) => [block.text.trim().split('\n')[0], block] as const))('%s', (_, block) => {
    if (block.mark === 'file') {
      writeFileSync(join(folder, block.file), block.text, { mode: 0o755 });
      return;
    }
    const code = Number(/^run(?::(\d+))?$/.exec(block.mark)?.[1] ?? 0);
    for (const line of block.text.trim().split('\n')) {
      const words = line.split(' ');
      expect(words[0]).toBe('splitbrain');
      const done = spawnSync(process.execPath, [cli, ...words.slice(1)], { cwd: folder, encoding: 'utf8' });
      expect([line, done.status, done.status === code ? '' : done.stdout + done.stderr]).toEqual([line, code, '']);
    }
  });
});
