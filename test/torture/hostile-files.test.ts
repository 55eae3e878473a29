/** Hostile files of every kind are refused in words, or used: none crashes what reads it, and none hangs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { attacks } from './attacks.ts';
import type { Became } from './files.ts';
import { randomFrom } from './spoil.ts';

const INPUTS: Readonly<Record<string, number>> = {
  'folders of runs': 250,
  counterexamples: 500,
  'campaign files': 300,
};

it('of every kind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-hostile-'));
  try {
    for (const [kind, attack] of Object.entries(await attacks(folder))) {
      const became: Record<Became, number> = { refused: 0, used: 0 };
      for (let seed = 0; seed < (INPUTS[kind] ?? 400); seed++) became[await attack(randomFrom(seed))]++;
      // Where all were refused, or none, it would be the spoiling that was tested.
      expect(Math.min(became.refused, became.used), `${kind}: ${JSON.stringify(became)}`).toBeGreaterThan(0);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
