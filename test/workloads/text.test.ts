import { describe, expect, it } from 'vitest';
import { run } from '../../harness/running/run.ts';
import { systems } from '../../systems/registry.ts';

const lists = systems.filter(({ datatype }) => datatype === 'list');
const cases = [...lists.map(({ name }) => ({ name, workload: 'text' })), { name: 'rga/op', workload: 'typing' }];
const options = { durationMs: 4000, ratePerSecond: 200, clients: 10, keys: 10 };

describe.each(cases)('edits of $workload at $name', ({ name, workload }) => {
  it.each([[[]], [['partition']], [['link']], [['crash']], [['pause']], [['clock']]])(
    'mostly succeed, all the time, under %j',
    async (faults) => {
      const { history } = await run({ system: name, workload, cluster: 'simulation', faults, seed: 7, options });
      const edits = [...history].filter(({ f, startNs }) => f !== 'read' && startNs < options.durationMs * 1e6);
      // What a node answers that is down says nothing of the edit.
      const answered = edits.filter(({ outcome }) => outcome.type === 'ok' || !/down|answer|broke/.test(outcome.error));
      const done = answered.filter(({ outcome }) => outcome.type === 'ok');
      expect(done.length / answered.length).toBeGreaterThan(0.8);
      const quarters = done.map(({ startNs }) => Math.floor((startNs / 1e6 / options.durationMs) * 4));
      for (const quarter of [0, 1, 2, 3])
        for (const f of ['insert', 'remove'])
          expect(
            done.some((one, i) => one.f === f && quarters[i] === quarter),
            `${f} in quarter ${quarter}`,
          ).toBe(true);
      // Several go to one place: some elements are put after one that another is put after, too.
      const places = done
        .filter(({ f }) => f === 'insert')
        .map(({ key, input }) => `${key} ${JSON.stringify((input as { after?: unknown }).after)}`);
      expect(new Set(places).size).toBeLessThan(places.length * 0.95);
    },
  );
});
