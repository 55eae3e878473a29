import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { brief } from '../../../harness/explore/brief.ts';
import { parseCounterexample } from '../../../harness/explore/counterexample.ts';
import { replay } from '../../../harness/explore/replay.ts';
import { story } from '../../../harness/explore/story.ts';
import { folded } from '../../../harness/explore/wrap.ts';
import { ROOT } from '../../docs-blocks.ts';

/** All counterexamples that lie beside the designs. */
const FILES = readdirSync(join(ROOT, 'systems'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /counterexamples.*\.json$/.test(file))
  .sort();

const widest = (lines: readonly string[]) => Math.max(...lines.map((line) => line.length));

describe('what is told of a counterexample', () => {
  it('there are some', () => expect(FILES.length).toBeGreaterThan(20));

  it.each(FILES)('%s is no wider than it may be, and in short no longer', async (file) => {
    const { run } = await replay(parseCounterexample(readFileSync(join(ROOT, 'systems', file), 'utf8'), file));
    for (const columns of [60, 80, 132]) {
      const short = brief(run, columns);
      expect(short.length).toBeGreaterThan(1);
      expect(short.length).toBeLessThanOrEqual(8);
      expect(widest(short)).toBeLessThanOrEqual(columns);
      expect(widest(story(run, columns).split('\n'))).toBeLessThanOrEqual(columns);
    }
  });
});

describe('a sentence that is folded', () => {
  it('keeps its words in order, and says that it is cut', () => {
    const text = 'process 10 read null of key k0 after process 8 had read the newer 13';
    expect(folded(text, 20).join(' ')).toBe(text);
    expect(folded(text, 20, 2)).toEqual(['process 10 read null', 'of key k0 after …']);
  });
});
