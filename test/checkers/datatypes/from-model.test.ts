import {
  datatypeFrom,
  datatypes,
  functionsOf,
  type Judgement,
  judge,
  multiRegister,
  readHistory,
  stack,
  text,
} from 'elle-ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

interface Called {
  readonly process: number;
  readonly f: 'get' | 'put' | 'append';
  readonly input: string;
  readonly read: string;
}

const called: fc.Arbitrary<Called> = fc.record({
  process: fc.integer({ min: 0, max: 2 }),
  f: fc.constantFrom('get', 'put', 'append'),
  input: fc.constantFrom('a', 'b'),
  read: fc.constantFrom('', 'a', 'ab', 'ba', 'b'),
});

/** One call after another: what each read shows is drawn, so that some histories hold and others do not. */
function linesOf(calls: readonly Called[]): string {
  const events = calls.flatMap(({ process, f, input, read }) => [
    { process, type: 'invoke', f, key: 'x', value: f === 'get' ? null : input },
    { process, type: 'ok', f, key: 'x', value: f === 'get' ? read : input },
  ]);
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

describe('the datatype that is made of a model', () => {
  it('judges as the built-in datatype of the same model does', () => {
    const seen = new Set<Judgement['valid']>();
    fc.assert(
      fc.property(fc.array(called, { minLength: 1, maxLength: 5 }), (calls) => {
        const { history } = readHistory(linesOf(calls));
        const { valid, models } = judge(history, { type: 'kv' });
        seen.add(valid);
        expect(judge(history, { type: text })).toMatchObject({ type: 'text', valid, models });
        expect(judge(history, { type: datatypeFrom(text) })).toMatchObject({ valid, models });
      }),
      { numRuns: 300, seed: 1 },
    );
    expect([...seen].sort()).toEqual([false, true]);
  });

  it('has the functions of the model, and says which of them tell something', () => {
    expect(Object.keys(datatypeFrom(stack).functions)).toEqual(Object.keys(stack.step));
    expect(functionsOf({ ...stack, observes: ['pop'] })?.functions.push?.returns).toBeUndefined();
    expect(functionsOf(multiRegister)?.name).toBe(multiRegister.name);
  });

  it('may begin in a state that is given', () => {
    const { history } = readHistory(linesOf([{ process: 1, f: 'get', input: '', read: 'ab' }]));
    expect(judge(history, { type: text, initial: 'ab' }).valid).toBe(true);
    expect(judge(history, { type: text }).valid).toBe(false);
  });

  it('leaves built-in datatypes as they are', () => {
    for (const { name, ...record } of datatypes) expect(functionsOf(name)).toEqual({ name, ...record });
  });
});
