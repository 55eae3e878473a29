/** What a link carries comes back as it was; anything else is refused in words. */
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadInput } from '../../harness/failure.ts';
import { NAMED } from '../../harness/faults/draw.ts';
import { prepare } from '../../harness/setting/setting.ts';
import { catalogue } from '../../playground/engine/catalogue.ts';
import { plannedOf } from '../../playground/engine/planned.ts';
import type { Scenario } from '../../playground/engine/scenario.ts';
import { scenarioOf } from '../../playground/engine/scenario.ts';
import { subjectOf } from '../../playground/engine/subjects.ts';
import { linkText, shownIn } from '../../playground/link/codec.ts';
import { firstScenario, withNodes, withOptions } from '../../playground/page/choices.ts';
import { placed } from '../../playground/plan/placing.ts';

const all = catalogue();
const names = Object.keys(NAMED).filter((name) => all.faults.some((fault) => fault.name === name && !fault.isKind));

/** Any design with any numbers, with faults that are drawn, placed, or of a whole plan. */
const scenarios: fc.Arbitrary<Scenario> = fc
  .record({
    design: fc.constantFrom(...all.designs.map(({ name }) => name)),
    seed: fc.nat(),
    nodes: fc.integer({ min: 3, max: 9 }),
    clients: fc.integer({ min: 1, max: 100 }),
    durationMs: fc.integer({ min: 100, max: 3000 }),
    placed: fc.option(
      fc.array(
        fc.record({ name: fc.constantFrom(...names), from: fc.nat(2000), length: fc.integer({ min: 10, max: 900 }) }),
        { maxLength: 4 },
      ),
    ),
    isWhole: fc.boolean(),
  })
  .map((drawn) => {
    const first = withNodes(firstScenario(all, drawn.design, drawn.seed), drawn.nodes);
    const { setting } = withOptions(first, { clients: drawn.clients, durationMs: drawn.durationMs });
    const faults = drawn.placed?.map(({ name, from, length }, id) =>
      placed(name, { at: setting.nodes.slice(0, 2), fromMs: from, toMs: from + length, id }, setting),
    );
    const scenario = { setting, given: faults ? { faults } : {} };
    if (!drawn.isWhole || faults) return scenario;
    return scenarioOf(plannedOf(scenario, subjectOf(setting)));
  });

const link = (value: unknown) => deflateRawSync(JSON.stringify(value)).toString('base64url');

describe('a link', () => {
  it('carries a scenario and a moment there and back', async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, fc.option(fc.nat(3000), { nil: undefined }), async (scenario, atMs) => {
        const shown = { scenario, ...(atMs === undefined ? {} : { atMs }) };
        const text = await linkText(shown);
        expect(text).toMatch(/^[\w-]+$/);
        expect(await shownIn(text)).toEqual(JSON.parse(JSON.stringify(shown)));
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it('is refused in words where it is garbage, whatever garbage it is', async () => {
    const garbage = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.json().map((text) => link(JSON.parse(text))),
    );
    await fc.assert(
      fc.asyncProperty(garbage, async (text) => {
        await expect(shownIn(text)).rejects.toBeInstanceOf(BadInput);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('is refused in words, or still a scenario, where one of its values is another', async () => {
    const { setting, given } = firstScenario(all, 'quorum/abd');
    const fields = Object.keys(setting) as (keyof typeof setting)[];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...fields), fc.jsonValue(), async (field, value) => {
        const read = shownIn(link({ v: 1, setting: { ...setting, [field]: value }, given }));
        const outcome = await read.then(
          ({ scenario }) => scenario.setting[field],
          (error: unknown) => (error instanceof BadInput ? undefined : Promise.reject(error)),
        );
        if (outcome !== undefined) expect(outcome).toEqual(value);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  const { setting, given } = firstScenario(all, 'quorum/abd');
  it.each([
    ['a module', { system: './mine.js' }, /carries no code/],
    ['a URL as module', { system: 'file:///mine.js' }, /carries no code/],
    ['a program', { system: 'bin:lin-kv:rm' }, /carries no code/],
    ['a module of a workload', { workload: '../w.mjs#x' }, /carries no code/],
    ['a module of faults', { faults: ['./fault.js'] }, /carries no code/],
    ['real processes', { cluster: 'processes' }, /simulates/],
    ['a fault that is none', { faults: ['earthquake'] }, /no fault earthquake|fault.*earthquake/],
    ['more calls than a page runs', { options: { ...setting.options, ratePerSecond: 1e6 } }, /20000/],
  ])('is refused where it names %s', async (_, part, says) => {
    await expect(shownIn(link({ v: 1, setting: { ...setting, ...part }, given }))).rejects.toThrow(says);
  });

  it('is not unpacked without end', async () => {
    const bomb = deflateRawSync(Buffer.alloc(50_000_000, 32)).toString('base64url');
    await expect(shownIn(bomb)).rejects.toThrow(/longer than/);
  });
});

describe('a scenario', () => {
  it.each(all.designs.filter((_, i) => i % 8 === 0).map(({ name }) => name))(
    'of %s is what splitbrain run makes',
    async (name) => {
      const scenario = firstScenario(all, name, 7);
      const { plan } = plannedOf(scenario, subjectOf(scenario.setting));
      expect((await prepare(scenario.setting)).plan).toEqual(plan);
    },
  );
});
