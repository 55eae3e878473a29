import { describe, expect, it } from 'vitest';
import { systemIn } from '../../../harness/setting/validate-system.ts';
import { asyncStyle } from '../scenes.ts';

const [claim] = asyncStyle.claims;
const claiming = (change: object) => ({ ...asyncStyle, claims: [{ ...claim, ...change }] });

describe("what a user's module exports", () => {
  it('is a system where nothing is missing', () => {
    expect(systemIn(asyncStyle, 'x of my.js')).toBe(asyncStyle);
  });

  const bad: readonly (readonly [string, unknown, RegExp])[] = [
    ['nothing at all', null, /^x of my\.js is not a system: it needs a name$/],
    ['one without a datatype', { ...asyncStyle, datatype: undefined }, /it needs a datatype/],
    ['one that cannot start', { ...asyncStyle, start: 'now' }, /it needs a function start\(node\)/],
    ['one that says not what it claims', { ...asyncStyle, claims: undefined }, /it needs claims/],
    ['a claim of no model', claiming({ model: '' }), /claims\[0\]\.model: the name of a model is needed/],
    ['a claim under no known fault', claiming({ under: ['crsh'] }), /claims\[0\]\.under: no kind of fault.*mean crash/],
    ['a claim of odd availability', claiming({ available: 'most' }), /claims\[0\]\.available: no availability/],
    ['a claim of odd durability', claiming({ durable: true }), /claims\[0\]\.durable: no durability is called "true"/],
    // Without a bound, a run would wait for ever.
    ['a claim without a time', claiming({ recoversMs: undefined }), /claims\[0\]\.recoversMs: a number of ms above 0/],
  ];
  it.each(bad)('is refused where it is %s', (_, value, message) => {
    expect(() => systemIn(value, 'x of my.js')).toThrow(message);
  });
});
