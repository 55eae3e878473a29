import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readCounterexample } from '../../harness/explore/counterexample.ts';
import { replay } from '../../harness/explore/replay.ts';
import { libraryDesigns } from '../../harness/setting/libraries.ts';

const FOLDER = fileURLToPath(new URL('../counterexamples/', import.meta.url));
const designs = await libraryDesigns();
const examples = readdirSync(FOLDER).map((file) => ({ file, ...readCounterexample(`${FOLDER}${file}`) }));

/** As `explore` found and shrank them. */
describe('the counterexample of', () => {
  const wrong = designs.filter(({ flaw }) => flaw);
  it.each(wrong)('$name shows its mistake again', async ({ name, flaw }) => {
    const example = examples.find(({ setting }) => setting.system === name);
    expect(example?.anomaly.name, `a counterexample of ${name}`).toBe(flaw?.anomaly);
    expect((await replay(example!)).occurred).toBe(true);
  });

  it('each is of a design that there is', () => {
    expect(examples.map(({ setting }) => setting.system).sort()).toEqual(wrong.map(({ name }) => name).sort());
  });
});
