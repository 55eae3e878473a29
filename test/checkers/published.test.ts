/**
 * Whole histories that the authors of other checkers publish, in the formats in which they publish them,
 * with the verdicts that they state. They lie beside the repository, and the test skips where they are absent.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type History, judge } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { historiesIn } from '../../cli/input/histories.ts';
import { EXPANSION } from '../../harness/checking/limits.ts';
import { readSource } from '../../harness/checking/reading.ts';
import { differences } from './published-differences.ts';

/**
 * One file, and what its publisher says of it. `expect` is null where
 * the publisher says nothing, and `observed` is what was found.
 */
interface Row {
  readonly path: string;
  readonly format: string;
  readonly type: string;
  readonly models: readonly string[];
  readonly expect: boolean | null;
  readonly observed?: Readonly<Record<string, boolean>>;
}

const FOLDER = new URL('../../../shared/corpus/published/', import.meta.url);
const isThere = existsSync(new URL('index.jsonl', FOLDER));
if (!isThere) console.warn(`The published histories are absent (${FOLDER.pathname}): their test is skipped.`);

const rows: readonly Row[] = isThere
  ? readFileSync(new URL('index.jsonl', FOLDER), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Row)
  : [];

/** The one history that a path names, whatever it consists of. */
async function read(path: string): Promise<{ readonly history: History; readonly format: string }> {
  const found = [];
  for await (const one of historiesIn(fileURLToPath(new URL(path, FOLDER)), { expansion: EXPANSION }))
    if (!('skipped' in one)) found.push(one);
  const [only] = found;
  if (found.length !== 1 || !only || !('source' in only)) throw new Error(`${path} holds ${found.length} histories`);
  return readSource(only.source, undefined, {}, () => {});
}

describe.skipIf(!isThere)('the published histories of other checkers', () => {
  const paths = [...new Set(rows.map(({ path }) => path))];
  for (const path of paths)
    it(`are judged as published: ${path}`, async () => {
      const those = rows.filter((row) => row.path === path);
      const { history, format } = await read(path);
      expect(format).toBe(those[0]?.format);
      expect(history.length).toBeGreaterThan(0);
      for (const { type, models, expect: stated, observed } of those)
        for (const model of models) {
          const known = differences.find((one) => one.path === path && one.model === model);
          const budget = known?.budget === undefined ? {} : { budget: known.budget };
          const { valid, reason } = judge(history, { type, model, ...budget });
          expect({ model, valid, reason }).toMatchObject({ model, valid: known?.valid ?? stated ?? observed?.[model] });
        }
    });

  it('are all there, and no difference is about none', () => {
    expect(paths.length).toBeGreaterThan(60);
    expect(differences.filter(({ path }) => !paths.includes(path))).toEqual([]);
  });
});
