/** What the tour says of the slides is what their chapters say, and whether one broke as told can be told. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Block } from '../../../playground/tour/chapter.ts';
import { slideChapters } from '../../../playground/tour/chapters.mjs';
import { toldBy } from '../../../playground/tour/example.ts';
import { systemScore } from '../../../playground/tour/score.ts';
import { systems } from '../../../systems/registry.ts';
import { ROOT } from '../../docs-blocks.ts';

const chapters = slideChapters();
const textOf = (blocks: readonly Block[]) =>
  blocks.map((block) => (block.kind === 'text' ? block.parts.map(({ text }) => text).join('') : '')).join(' ');

describe('the chapters of the tour', () => {
  it('are those of the slides 1 to 12, in their order', () => {
    expect(chapters.map(({ slide }) => slide)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it.each(chapters.map((chapter) => [chapter.folder, chapter] as const))('say all of %s', (folder, chapter) => {
    const { says, shows, sound, costs } = chapter;
    const words = (text: string) => text.replaceAll(/[*`]/g, '').split(/\s+/).filter(Boolean).join(' ');
    const prose = readFileSync(join(ROOT, 'systems', folder, 'chapter.md'), 'utf8').replaceAll(/^(##|<!--).*$/gm, '');
    expect(words([says, shows, sound, costs].map(textOf).join(' '))).toBe(words(prose));
    expect(textOf(says)).toMatch(/^The slide /);
    expect(textOf(shows)).toMatch(/^splitbrain shows /);
    expect(textOf(sound)).toMatch(/^The sound version/);
    expect(textOf(costs)).toMatch(/^(It|They) costs?:? /);
    const examples = shows.flatMap((block) => (block.kind === 'example' ? [block] : []));
    expect(examples.map(({ system }) => system)).toContain(`${folder}/slide${SUFFIX[folder] ?? ''}`);
    for (const { system, anomaly } of examples)
      expect(systems.find(({ name }) => name === system)?.flaw?.anomaly, system).toBe(anomaly.name);
    expect(costs.some(({ kind }) => kind === 'costs')).toBe(true);
  });
});

/** Slides that have several designs, of which none has the plain name. */
const SUFFIX: Readonly<Record<string, string>> = { 'conflict-resolution': '-lww', cap: '-cp' };

describe('whether it broke as told', () => {
  const example = chapters[0]!.shows.find((block) => block.kind === 'example')!;
  const { name, message } = example.anomaly;
  const made = (anomalies: readonly object[], trace: string) =>
    ({ page: { anomalies }, trace }) as unknown as Parameters<typeof toldBy>[1];

  it('is told from the anomaly and the trace', () => {
    expect(toldBy(example, made([{ name, message }], example.trace))).toBe('same');
    expect(toldBy(example, made([{ name, message }], 'another'))).toBe('occurred');
    expect(toldBy(example, made([{ name: 'another', message }], example.trace))).toBe('missing');
    expect(toldBy(example, made([], example.trace))).toBe('missing');
  });
});

describe("the slide's score", () => {
  it("is what the slide's own example prints", () => {
    const each = <T>(value: T) => ({ node_0: [value], node_1: [value], node_2: [value] });
    const healthy = { node_0: true, node_1: true, node_2: true };
    // 0.4 + 0.3 * min(1, 1 / 0.05) + 0.3 * 0.95
    expect(systemScore({ healthy, writeLatencies: each(0.05), consistencyScores: each(0.95) })).toBeCloseTo(0.985, 10);
  });

  it('leaves out what nothing was recorded of, and counts slow writes and nodes that are down', () => {
    expect(systemScore({ healthy: { a: true, b: false }, writeLatencies: {}, consistencyScores: {} })).toBeCloseTo(0.2);
    expect(systemScore({ healthy: { a: true }, writeLatencies: { a: [2] }, consistencyScores: {} })).toBeCloseTo(0.55);
  });
});
