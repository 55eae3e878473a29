import { describe, expect, it } from 'vitest';
import { parseMatrix } from '../../../harness/campaign/file.ts';
import { planOf } from '../../../harness/campaign/matrix.ts';
import type { RhythmWanted } from '../../../harness/faults/rhythm.ts';
import { run } from '../../../harness/index.ts';
import { commandOf } from '../../../harness/setting/command.ts';
import { spanOf } from '../../../harness/setting/run-keys.ts';
import { prepare } from '../../../harness/setting/setting.ts';

const ABD = { system: 'quorum/abd', cluster: 'simulation', seed: 1, faults: ['all'] } as const;

describe('a rhythm', () => {
  const bad: readonly (readonly [string, RhythmWanted, RegExp])[] = [
    ['an unknown name', { name: 'mixd' as 'mixed' }, /did you mean mixed/],
    ['quiet in a storm', { name: 'storm', quietMs: 9 }, /a storm does not heed --quiet.*--rhythm mixed/],
    ['a share above one', { beyond: 1.5 }, /share from 0 to 1, not 1.5/],
    ['a time of nothing', { everyMs: 0 }, /from one fault to the next is a time above 0/],
    ['lengths the wrong way round', { forMs: [200, 100] }, /at least 200 ms and at most 100 ms/],
    ['faults for which there is no time at all', { forMs: [20_000, 30_000] }, /there is no time for a fault .*--time/],
  ];
  it.each(bad)('is refused for %s', async (_, rhythm, says) => {
    await expect(prepare({ ...ABD, rhythm })).rejects.toThrow(says);
    await expect(prepare({ ...ABD, rhythm })).rejects.toMatchObject({ name: 'BadInput' });
  });

  it('is in the command that makes the same plan again, as far as it was said', async () => {
    const rhythm = { name: 'single', everyMs: 2000, forMs: [500, 1500], beyond: 0.1 } as const;
    const prepared = await prepare({ ...ABD, rhythm });
    expect(commandOf(prepared)).toContain(
      ' --rhythm single --fault-every 2s --fault-for 500ms-1500ms --beyond 0.1 --timeout',
    );
    expect(commandOf(await prepare(ABD))).not.toContain('--rhythm');
  });

  it('is read from a campaign file, and the same there as in run', async () => {
    const file = {
      systems: ['quorum/abd'],
      faults: ['all'],
      cluster: 'simulation',
      rhythm: 'single',
      'fault-for': '1s-2s',
    };
    const first = (await planOf(parseMatrix({ ...file, workloads: ['register'] }, 'campaign.json'))).at(0);
    const { plan } = await prepare(first!.wanted);
    const said = { ...ABD, rhythm: { name: 'single', forMs: [1000, 2000] } } as const;
    expect(plan.faults).toEqual((await prepare(said)).plan.faults);
    expect(() => parseMatrix({ ...file, beyond: 2 }, 'campaign.json')).toThrow(/a share from 0 to 1 is needed, not 2/);
    expect(() => parseMatrix({ ...file, 'fault-for': '2s-1s' }, 'campaign.json')).toThrow(/the least first/);
  });

  it('says which faults had no time, and no run is enough in which one never comes', async () => {
    const { plan, result } = await run({ ...ABD, rhythm: { name: 'single', everyMs: 6000, forMs: [4000, 4000] } });
    expect(plan.leftOut!.length + plan.faults.length).toBe(5);
    for (const name of plan.leftOut!)
      expect(result.evidence).toContainEqual({
        says: `in 1 of 1 runs there was no time for a fault of ${name}`,
        enough: false,
      });
    expect(result.verdict).toBe('unknown');
  });
});

it.each([
  ['500ms-5s', [500, 5000]],
  ['2s', [2000, 2000]],
  ['5s-1s', undefined],
  ['0s', undefined],
  ['1s-2s-3s', undefined],
  ['soon', undefined],
])('a span is two durations: %s', (text, read) => {
  expect(spanOf(text)).toEqual(read);
});
