import { expect, it } from 'vitest';
import { faultNames } from '../../../harness/faults/draw.ts';
import type { Fault } from '../../../harness/faults/fault.ts';
import { possibleFaults } from '../../../harness/faults/possible.ts';
import { drawsFrom } from '../../../harness/setting/random.ts';

const scene = { nodes: ['n1', 'n2', 'n3'], durationMs: 10_000, callTimeoutMs: 1000, shortestMs: 1 };
/** As TCP has it: nothing is lost or doubled. Disks are out of reach. */
const can = (fault: Fault) => {
  if (fault.kind === 'disk') return 'no disk can be reached';
  return fault.kind !== 'link' || fault.drop + fault.duplicate === 0 || 'TCP hides it';
};

it('leaves all names as they are where all can be made', () => {
  for (const given of [['all'], ['everything'], ['link', 'loss'], ['none'], ['./mine.js#one', 'crash']])
    expect(possibleFaults(given, scene, () => true)).toEqual({ names: faultNames(given), own: {}, leftOut: [] });
});

it('draws a kind among what can be made', () => {
  const { names, own, leftOut } = possibleFaults(['link', 'crash'], scene, can);
  expect([names, Object.keys(own), leftOut]).toEqual([['link', 'crash'], ['link'], []]);
  for (let seed = 0; seed < 50; seed++) {
    const draw = drawsFrom(seed);
    const sort = own.link!.draw(() => draw('link'), scene) as Fault;
    expect([sort.kind, can(sort)]).toEqual(['link', true]);
  }
});

it('says what a mix left out, and keeps a name that cannot be made: whoever gave it is told', () => {
  const { names, leftOut } = possibleFaults(['everything'], scene, can);
  expect(names).toEqual(['partition', 'link', 'crash', 'pause', 'clock']);
  expect(leftOut).toEqual(['link (loss, duplication, reordering): TCP hides it', 'disk: no disk can be reached']);
  expect(possibleFaults(['disk', 'loss'], scene, can).names).toEqual(['disk', 'loss']);
  expect(possibleFaults(['loss'], scene, can)).toEqual({ names: ['loss'], own: {}, leftOut: [] });
});
