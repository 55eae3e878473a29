/** What somebody reads who mistypes something: what was wrong, and what there is. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { commandLine } from '../../cli/program.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'splitbrain-wrong-'));
  writeFileSync(join(folder, 'one.mjs'), 'export const mine = {};\n');
  const calls = ['invoke', 'ok'].flatMap((type) => [{ process: 0, type, f: 'write', key: 'x', value: 1 }]);
  const reads = ['invoke', 'ok'].map((type) => ({ process: 1, type, f: 'read', key: 'x', value: null }));
  writeFileSync(join(folder, 'h.json'), JSON.stringify([...calls, ...reads]));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Parses the words, `./` being the folder; what it says, or why it refuses. */
async function said(words: readonly string[]): Promise<string> {
  const code = process.exitCode;
  let text = '';
  const hear = (chunk: unknown): boolean => {
    text += String(chunk);
    return true;
  };
  const spies = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
  for (const spy of spies) spy.mockImplementation(hear);
  try {
    const whole = await commandLine(words[0]);
    await whole.parseAsync(
      words.map((word) => (word.startsWith('./') ? join(folder, word) : word)),
      { from: 'user' },
    );
    return text;
  } catch (error) {
    return text + (error as Error).message;
  } finally {
    process.exitCode = code;
    for (const spy of spies) spy.mockRestore();
  }
}

const WRONG: readonly (readonly [words: string, says: RegExp])[] = [
  ['run', /^a system is needed: --system NAME \(splitbrain list systems\), --system \.\/my\.mjs#export/],
  ['run --system ./none.mjs#x', /none\.mjs cannot be loaded: there is no such file$/],
  ['run --system ./one.mjs#nope', /no export is called "nope": there is only mine$/],
  ['run --system quorum/abb', /did you mean quorum\/abd\?$/],
  ['run --system zzzzzz', /there are single-copy, (\S+, ){3}\S+ and \d+ more: see splitbrain list systems$/],
  ['check --type foo ./h.json', /^no datatype is called "foo": there are (?!.*did you mean)/],
  [
    'check --model elle-list-append ./h.json',
    /^elle-list-append is a checker of Jepsen: here it is --type list-append$/,
  ],
  ['replay ./none.json', /^there is no file .*none\.json$/],
  ['campaign ./none.yaml', /^there is no file .*none\.yaml$/],
  ['compare ./a ./b', /is not a result folder: it has no summary\.json and no verdict\.json$/],
  ['list foo', /^no list is called "foo": there are designs, /],
];

it.each(WRONG)('splitbrain %s', async (words, says) => {
  expect(await said(words.split(' '))).toMatch(says);
});

it('check writes the report of a history: its anomalies, and nothing of a run that nobody made', async () => {
  const text = await said(['check', '--report', './h.html', './h.json']);
  expect(text).toMatch(/report: .*h\.html/);
  const page = readFileSync(join(folder, 'h.html'), 'utf8');
  expect(page).toContain('"isHistory":true');
  expect(page).toMatch(/"says":"register, 2 operations: not linearizable: process 1 read null/);
  expect(await said(['check', '--report', './h.html', './h.json', './h.json'])).toMatch(
    /^--report draws one history, and these are 2$/,
  );
});

it('check judges a history for several models, by Elle’s name of the option too', async () => {
  for (const option of ['--model', '--consistency-models']) {
    const text = await said(['check', option, 'linearizable,sequential', './h.json']);
    expect(text).toMatch(/h\.json: register, not linearizable/);
    expect(text).toMatch(/h\.json: register, sequential/);
  }
});
