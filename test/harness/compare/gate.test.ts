import { expect, it } from 'vitest';
import { gateOf, type Side } from '../../../harness/compare/side-by-side.ts';

/** A result with cells of these verdicts; what else a cell has decides nothing. */
function side(verdicts: Readonly<Record<string, string>>): Side {
  const cells = Object.entries(verdicts).map(([cell, verdict]) => [cell, { verdict, anomalies: [] }] as const);
  return { name: 'a result', cells: new Map(cells) as unknown as Side['cells'] };
}

it.each([
  [{ x: 'valid', y: 'invalid' }, { x: 'valid', y: 'invalid' }, 'held'],
  [{ x: 'invalid', y: 'valid' }, { x: 'valid', y: 'valid' }, 'held'],
  [{ x: 'valid', y: 'valid' }, { x: 'valid', y: 'invalid' }, 'worse'],
  [{ x: 'unknown', y: 'valid' }, { x: 'invalid', y: 'unknown' }, 'worse'],
  [{ x: 'valid', y: 'valid' }, { x: 'valid', y: 'valid', z: 'invalid' }, 'worse'],
  [{ x: 'valid', y: 'valid' }, { x: 'valid', y: 'valid', z: 'unknown' }, 'held'],
  [{ x: 'valid', y: 'valid', z: 'invalid' }, { x: 'valid', y: 'valid' }, 'held'],
  [{ x: 'valid', y: 'valid' }, { x: 'unknown', y: 'valid' }, 'unknown'],
  [{ x: 'valid', y: 'valid' }, { x: 'not run', y: 'valid' }, 'unknown'],
  [{ x: 'unknown', y: 'valid' }, { x: 'not run', y: 'valid' }, 'held'],
  [{ x: 'valid', y: 'valid' }, { v: 'valid', w: 'valid' }, 'unknown'],
])('%j and then %j is %s for a build', (before, after, gate) => {
  expect(gateOf(side(before), side(after))).toBe(gate);
});
