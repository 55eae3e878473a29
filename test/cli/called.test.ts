import { describe, expect, it } from 'vitest';
import { called, typed } from '../../cli/called.ts';

describe('commands in texts', () => {
  it('begin as one types them here, however often a text was changed, and words that are no commands stay', () => {
    expect(typed('Repeat it: splitbrain run --system x')).toBe(`Repeat it: ${called} run --system x`);
    expect(typed(typed('splitbrain replay a.json'))).toBe(`${called} replay a.json`);
    expect(typed('Usage: npx splitbrain run')).toBe(`Usage: ${called} run`);
    expect(typed('splitbrain is a harness; node_modules/.bin/splitbrain run')).toBe(
      'splitbrain is a harness; node_modules/.bin/splitbrain run',
    );
  });
});
