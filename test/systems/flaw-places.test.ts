/** Every flaw has one place in the sources. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { flawPlaces } from '../../playground/flaw-place.ts';
import { systems } from '../../systems/registry.ts';
import { ROOT } from '../docs-blocks.ts';

const sources = Object.fromEntries(
  readdirSync(join(ROOT, 'systems'), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [path, readFileSync(join(ROOT, 'systems', path), 'utf8')]),
);
const flawed = systems.filter(({ flaw }) => flaw);

describe('the place of a flaw', () => {
  it.each(flawed.map((system) => [system.name, system] as const))('%s', (_, system) => {
    const { flaw } = system;
    const places = flawPlaces(system, sources);
    expect(places.length, `${flaw!.at} in ${flaw!.in ?? 'the folder of the design'}`).toBe(1);
    const [{ file, line, column, from, to }] = places as [(typeof places)[0]];
    expect(sources[file]!.slice(from, to)).toBe(flaw!.at);
    expect(sources[file]!.split('\n')[line - 1]!.slice(column - 1)).toContain(flaw!.at!.split('\n')[0]);
    // What is code is wrong, and no comment on it.
    expect(sources[file]!.split('\n')[line - 1]!.trim()).not.toMatch(/^(\*|\/\/|\/\*)/);
  });

  const flaw = { says: '', anomaly: '', at: 'a < b' };
  it.each([
    ['nowhere but where it is told', { 'x/one.ts': "at: 'a < b'" }, 0],
    ['once', { 'x/one.ts': "at: 'a < b'\nif (a < b) return;" }, 1],
    ['in two files of its folder', { 'x/one.ts': 'a < b', 'x/two.ts': 'a < b' }, 2],
    ['in another folder', { 'y/one.ts': 'a < b' }, 0],
    ['within a longer literal', { 'x/one.ts': "'a < b is meant'" }, 1],
  ])('is found %s', (_, texts, count) => {
    expect(flawPlaces({ name: 'x/z', flaw }, texts).length).toBe(count);
  });
});
