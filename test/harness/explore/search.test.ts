import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { search } from '../../../harness/explore/search.ts';
import { strategyNamed } from '../../../harness/explore/strategies.ts';
import { sourceOf, systemFrom } from '../../../harness/setting/sources.ts';
import { workloadNamed } from '../../../harness/setting/workload-source.ts';

/** It takes its thread along when it is to write 3, past the fence. */
const MORTAL = `export const mortal = {
  name: 'mortal',
  datatype: 'register',
  without: ['cas'],
  claims: [],
  start: () => ({
    api: {
      read: async () => null,
      write: async (value) => {
        if (value === 3) process.reallyExit(5);
        return null;
      },
    },
    state: {},
  }),
};`;

it('a thread that dies costs a search the run in hand, which is told, and no other', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-search-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'mortal.mjs'), MORTAL);
  const name = `${folder}/mortal.mjs#mortal`;
  const what = { subjects: [{ system: name, workload: 'register' }], seed: 1, strategy: 'uniform', threads: 2 };
  const { runs, errors } = await search({ ...what, runs: 24, stopAtFirst: false, verify: false });
  const system = await systemFrom(sourceOf(name));
  const isDeadly = (seed: number) => {
    const learnt = { kinds: new Set<string>(), novel: [] };
    const { plan } = strategyNamed('uniform').draw(seed, system, workloadNamed('register'), learnt);
    return plan.calls.some(({ f, input }) => f === 'write' && (input as unknown) === 3);
  };
  expect(errors.length).toBeGreaterThan(3);
  expect(errors.filter(({ seed }) => !isDeadly(seed))).toEqual([]);
  expect(new Set(errors.map(({ says }) => says))).toEqual(
    new Set(['the thread that made it was ended with code 5, as by process.exit']),
  );
  expect(runs + errors.length).toBe(24);
  expect(runs).toBeGreaterThan(5);
});
