/** What two results side by side say of themselves is true of their cells. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sideBySideText } from '../../cli/compare-text.ts';
import { NO_FIGURES } from '../../harness/campaign/figure-sum.ts';
import { gateOf } from '../../harness/compare/gate.ts';
import { type Side, sideBySide } from '../../harness/compare/side-by-side.ts';

const VERDICTS = ['valid', 'invalid', 'unknown'] as const;

/** A result of two to five cells, some of which another has, too: one cell each is compared whatever it is of. */
const cells = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.constantFrom(...VERDICTS), { minKeys: 2 });

function sideOf(name: string, verdicts: Readonly<Record<string, string>>): Side {
  const cell = (verdict: string) => ({
    ...{ verdict, anomalies: [], figures: NO_FIGURES },
    gated: { verdict, judged: 1, shown: {}, isSurprise: verdict === 'invalid' },
  });
  return { name, seed: 1, cells: new Map(Object.entries(verdicts).map(([key, verdict]) => [key, cell(verdict)])) };
}

it('nothing changed where the cells and their verdicts are the same, and only there', () => {
  const property = fc.property(cells, cells, (one, other) => {
    const [a, b] = [sideOf('A', one), sideOf('B', other)];
    const gated = ({ cells: all }: Side) => new Map([...all].map(([name, { gated: own }]) => [name, own]));
    const text = sideBySideText(a, b, sideBySide(a, b), gateOf(gated(a), gated(b)));
    const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
    const changed = names.filter((name) => one[name] !== other[name]);
    expect(text.includes('Nothing changed.')).toBe(changed.length === 0);
    for (const name of changed) expect(text).toMatch(new RegExp(`\\| ${name} \\|`));
    expect(text.includes('No cell is in both')).toBe(!names.some((name) => one[name] && other[name]));
  });
  fc.assert(property, { seed: 1, numRuns: 500 });
});
