import { datatypes } from 'elle-ts';
import { expect, test } from 'vitest';
import { judgeFile } from './files.ts';
import { judgeJunk } from './hostile.ts';

test('junk is a verdict or a named error of every datatype, never a crash', () => {
  const said = new Map<unknown, number>();
  for (let seed = 0; seed < 150; seed++)
    for (const { name, functions } of datatypes) {
      const result = judgeJunk(seed, name, Object.keys(functions));
      said.set(result, (said.get(result) ?? 0) + 1);
    }
  for (const result of [false, 'unknown', 'refused']) expect(said.get(result)).toBeGreaterThan(100);
});

test('a file of any format, spoilt in any way, is a verdict or a named error, never a crash', () => {
  const said = { judged: 0, refused: 0 };
  for (let seed = 0; seed < 4000; seed++) said[judgeFile(seed)]++;
  expect(Math.min(said.judged, said.refused)).toBeGreaterThan(500);
});
