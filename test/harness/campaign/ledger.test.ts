/** What of a campaign is on disk while it lasts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Journal, partsIn } from '../../../harness/campaign/journal.ts';
import { Ledger } from '../../../harness/campaign/ledger.ts';
import { makeRun } from '../../../harness/campaign/make.ts';
import { Plan, planOf, runsOf } from '../../../harness/campaign/matrix.ts';
import type { CellRun } from '../../../harness/campaign/sum.ts';
import { matrixOf } from './made-up.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('writes a piece down as soon as its last run is made, whichever of them failed', async () => {
  const small = await planOf({ ...matrixOf(['quorum/abd'], ['none'], 1), cluster: 'simulation', durationMs: 500 });
  const made = await makeRun([...runsOf(small)][0]!, undefined);
  const error: CellRun = { run: { ...made.run, verdict: 'error' } };
  const plan = new Plan(small.cells, { seeds: 1_000_000, seed: 1, cluster: 'simulation' });
  expect(plan.pieceSize).toBeGreaterThan(3);
  const ledger = new Ledger(plan, (known) => Journal.open(folder, known));
  for (const [piece, failing] of [0, plan.pieceSize - 1].entries())
    for (const [i, place] of [...plan.placesOf(piece)].entries()) ledger.addRun(place, i === failing ? error : made);
  const written = [...partsIn(folder)].reduce((sum, part) => sum + part.sum.runs, 0);
  expect(written).toBe(2 * plan.pieceSize);
  ledger.close();
});
