import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../../../harness/running/run.ts';
import { systems } from '../../../systems/registry.ts';

const folder = mkdtempSync(join(tmpdir(), 'splitbrain-responses-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A register that refuses every write, through another node where it can, and responds to every read. */
function refusing(name: string, answer: boolean): string {
  const file = join(folder, `${name}.mjs`);
  // A class of the module's own: what counts is its name, as a copy of the package may come with the module.
  writeFileSync(
    file,
    `class Refused extends Error { name = 'Refused'; answer = ${answer}; }
    export const own = { name: 'own', datatype: 'register', without: ['cas'], claims: [], async start(node) {
      const no = () => { throw new Refused('not this one'); };
      node.on('no', no);
      const write = async () => node.id === 'n1' ? no() : node.call('n1', 'no');
      return { state: {}, api: { read: async () => null, write } };
    } };\n`,
  );
  return `${file}#own`;
}

const options = { durationMs: 1200, ratePerSecond: 50, clients: 6, keys: 2 };

describe.each(['simulation', 'processes'] as const)('a refusal in a cluster of %s', (cluster) => {
  it.each([true, false])(
    'is an answer or none, as the system says, from whichever node it came: %s',
    async (answer) => {
      const system = refusing(`${cluster}-${answer}`, answer);
      const { result, history } = await run({ system, cluster, faults: [], seed: 1, options });
      const { called, answered, committed } = result.metrics!.availability.calm;
      const writes = [...history].filter(({ f, outcome }) => f === 'write' && outcome.type === 'fail');
      expect(writes.length).toBeGreaterThan(10);
      expect(answered - committed).toBe(answer ? writes.length : 0);
      expect(called - committed).toBe([...history].filter(({ outcome }) => outcome.type !== 'ok').length);
    },
  );
});

describe('without faults', () => {
  const sound = systems.filter(({ flaw }) => !flaw);
  it.each(sound)('every call of $name is answered, whatever became of it', async ({ name }) => {
    // Not every workload has keys.
    const { keys: _, ...plain } = options;
    const { result, history } = await run({ system: name, cluster: 'simulation', faults: [], seed: 1, options: plain });
    const { called, answered } = result.metrics!.availability.calm;
    // A leader is not known from the first moment on.
    const early = [...history].filter(({ startNs, outcome }) => startNs < 0.5e9 && outcome.type !== 'ok').length;
    expect(called - answered).toBeLessThanOrEqual(early);
  });

  it('aborts of mvcc/si are answers, and no commits', async () => {
    const { result } = await run({ system: 'mvcc/si', cluster: 'simulation', faults: [], seed: 7, options });
    const { called, answered, committed } = result.metrics!.availability.calm;
    expect(answered).toBe(called);
    expect(committed).toBeLessThan(called);
    expect(committed).toBeGreaterThan(called / 2);
  });
});
