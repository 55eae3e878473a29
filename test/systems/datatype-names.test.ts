import { functionsOf } from 'elle-ts';
import { expect, it } from 'vitest';
import type { Design } from '../../systems/system.ts';
import type { Workload } from '../../workloads/workload.ts';

it('a misspelt datatype of a system or a workload does not compile', () => {
  const right: Design['datatype'] = 'register';
  // @ts-expect-error: there is no such datatype.
  const ofSystem: Design['datatype'] = 'registre';
  // @ts-expect-error: there is no such datatype.
  const ofWorkload: Workload['datatype'] = 'registre';
  expect([right, ofSystem, ofWorkload].map((name) => functionsOf(name)?.name)).toEqual([
    'register',
    undefined,
    undefined,
  ]);
});
