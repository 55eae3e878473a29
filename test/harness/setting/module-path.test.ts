import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileText, namedHere, namedIn } from '../../../harness/setting/module-path.ts';
import { sourceOf } from '../../../harness/setting/sources.ts';

const step = fc.constantFrom('a', 'b b', 'c.d', '.e', '..', '#f');
const path = fc.array(step, { maxLength: 4 }).map((steps) => steps.join('/'));
const named = fc.oneof(
  path.map((steps) => `./${join(steps, 'my.js')}`),
  path.map((steps) => `../${join(steps, 'my.js')}`),
  path.map((steps) => resolve(steps, 'my.js')),
  path.map((steps) => pathToFileURL(resolve(steps, 'my.js')).href),
);
const system = fc.tuple(named, fc.constantFrom('#x', '#backup')).map((parts) => parts.join(''));
const folder = path.map((steps) => join('results', steps));

describe('a module as a file names it', () => {
  it('is the same module when the file is read, from wherever', () => {
    fc.assert(
      fc.property(system, folder, (says, file) => {
        const written = namedIn(file, says);
        expect(written).toMatch(/^\.{1,2}\//);
        expect(sourceOf(namedHere(file, written))).toEqual(sourceOf(says));
      }),
      { numRuns: 2000 },
    );
  });

  it('has a part in the name of a file that hides nothing, leads nowhere else, and is no longer than its own name', () => {
    fc.assert(
      fc.property(system, (says) => {
        const text = fileText(says);
        expect(text).toMatch(/^[\w-][\w.-]*$/);
        expect(isAbsolute(text)).toBe(false);
        expect(fileText(namedHere('.', says))).toBe(text);
      }),
      { numRuns: 2000 },
    );
    expect(fileText('./my.js#backup')).toBe('my.js-backup');
    expect(fileText('../../far/my.js#backup')).toBe('far-my.js-backup');
    expect(fileText('quorum/no-write-back')).toBe('quorum-no-write-back');
  });

  it('is the name itself where it is no module', () => {
    expect([namedIn('a/b', 'quorum/abd'), namedHere('a/b', 'quorum/abd')]).toEqual(['quorum/abd', 'quorum/abd']);
  });
});
