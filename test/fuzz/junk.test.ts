import { datatypes } from 'elle-ts';
import { expect, test } from 'vitest';
import { judgeJunk } from './hostile.ts';

test('junk is a verdict or a named error of every datatype, never a crash', () => {
  const said = new Map<unknown, number>();
  for (let seed = 0; seed < 150; seed++)
    for (const { name, functions } of datatypes) {
      const answer = judgeJunk(seed, name, Object.keys(functions));
      said.set(answer, (said.get(answer) ?? 0) + 1);
    }
  for (const answer of [false, 'unknown', 'refused']) expect(said.get(answer)).toBeGreaterThan(100);
});
