import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { libraryDesigns } from '../../harness/setting/libraries.ts';

await libraryDesigns();
const ours = await import('../designs.ts');
const pouch = await import('../pouchdb/designs.ts');

/** Of each kind of designs: what differs between them, and the files that ask for it. */
const KINDS = {
  'of documents': { ...ours, files: ['storage.ts', 'sync.ts', 'replicas.ts'] },
  'of PouchDB': {
    ...pouch,
    files: ['pouchdb/designs.ts', 'pouchdb/database.ts', 'pouchdb/store.ts'],
  },
};
const MOST_LINES = 5;

type Values = Readonly<Record<string, unknown>>;

/** The values of options that no sound design has. */
function wrongIn(mistake: Values, sound: readonly Values[]): readonly (readonly [option: string, value: unknown])[] {
  return Object.entries(mistake).filter(([option, value]) => sound.every((one) => one[option] !== value));
}

/** Lines of code that ask for an option, as `option` or by its value: without comments, types and tables of options. */
function linesOf(files: readonly string[], option: string, value: unknown): readonly string[] {
  const asks = option === 'style' ? `'${value}'` : `\\b${option}\\b`;
  const lines = files.flatMap((file) =>
    readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
      .replaceAll(/\/\*[\s\S]*?\*\//g, '')
      .split('\n'),
  );
  const tells = new RegExp(`^\\s*(//|readonly |options: |export const SOUND|export type |${option}: |.*Pick<)`);
  return lines.filter((line) => new RegExp(asks).test(line) && !tells.test(line));
}

describe.each(Object.entries(KINDS))('a mistake in designs %s', (_, { SOUND_OPTIONS, WAYS, MISTAKES, files }) => {
  const sound = Object.values(WAYS).map((way) => ({ ...SOUND_OPTIONS, ...way }) as Values);

  it.each(Object.entries(MISTAKES))('%s is one option with a value that no sound design has', (_, { options }) => {
    expect(wrongIn(options as Values, sound)).toHaveLength(1);
  });

  it.each(Object.entries(MISTAKES))('%s is at most five lines of code', (_, { options }) => {
    for (const [option, value] of wrongIn(options as Values, sound)) {
      const lines = linesOf(files, option, value);
      expect(lines.length, lines.join('\n')).toBeGreaterThan(0);
      expect(lines.length, lines.join('\n')).toBeLessThanOrEqual(MOST_LINES);
    }
  });
});
