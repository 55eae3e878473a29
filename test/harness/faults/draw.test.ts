import { expect, it } from 'vitest';
import { MIXES } from '../../../harness/faults/draw.ts';
import { meanings } from '../../../harness/faults/meanings.ts';

it('gives no name to two faults, of which one could not be asked for', () => {
  const kinds = Object.values(meanings);
  const names = kinds.flatMap(({ kind, names }) => [kind, ...Object.keys(names).filter((name) => name !== kind)]);
  const all = [...Object.keys(MIXES), ...names];
  expect(all.filter((name, i) => all.indexOf(name) !== i)).toEqual([]);
});
