import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { libraryDesigns } from '../../harness/setting/libraries.ts';

await libraryDesigns();
const { SOUND_OPTIONS, WAYS, MISTAKES } = await import('../designs.ts');
const pouch = await import('../pouchdb/designs.ts').then(({ SOUND_OPTIONS, WAYS, MISTAKES }) => ({
  ...{ SOUND_OPTIONS, WAYS, MISTAKES },
}));

/** Of each kind of designs: what differs between them, and the files that ask for it. */
const KINDS = {
  'of documents': { SOUND_OPTIONS, WAYS, MISTAKES, files: ['storage.ts', 'sync.ts', 'replicas.ts'] },
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

/**
 * Lines of code that ask for an option, as `option` or by its value, and those that follow from an `if` that does:
 * without comments, brackets alone, types and tables of options.
 */
function linesOf(files: readonly string[], option: string, value: unknown): readonly string[] {
  const asks = new RegExp(option === 'style' ? `'${value}'` : `\\b${option}\\b`);
  const tells = new RegExp(`^\\s*(//|readonly |options: |export const SOUND|export type |${option}: |.*Pick<)`);
  const indent = (line: string) => line.search(/\S/);
  return files.flatMap((file) => {
    const code = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');
    const lines = code.split('\n').filter((line) => /\w/.test(line));
    return lines.flatMap((line, at) => {
      if (!asks.test(line) || tells.test(line)) return [];
      const rest = lines.slice(at + 1);
      const end = rest.findIndex((next) => indent(next) <= indent(line));
      return /^\s*if \(.*[){]$/.test(line) ? [line, ...rest.slice(0, end)] : [line];
    });
  });
}

describe.each(Object.entries(KINDS))('a mistake in designs %s', (_, kind) => {
  const sound = Object.values(kind.WAYS).map((way) => ({ ...kind.SOUND_OPTIONS, ...way }) as Values);

  it.each(Object.entries(kind.MISTAKES))('%s is one option with a value that no sound design has', (_, { options }) => {
    expect(wrongIn(options as Values, sound)).toHaveLength(1);
  });

  it.each(Object.entries(kind.MISTAKES))('%s is at most five lines of code', (_, { options }) => {
    for (const [option, value] of wrongIn(options as Values, sound)) {
      const lines = linesOf(kind.files, option, value);
      expect(lines.length, lines.join('\n')).toBeGreaterThan(0);
      expect(lines.length, lines.join('\n')).toBeLessThanOrEqual(MOST_LINES);
    }
  });
});
