import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { inMacrotask } from '../../harness/clusters/simulation/macrotask.ts';
import type { Run } from '../../harness/judging/result.ts';
import { libraryDesigns } from '../../harness/setting/libraries.ts';
import type { Design } from '../../systems/system.ts';
import { type Cell, runOnce, SMALL, toleratedFaults } from '../../test/systems/cell.ts';
import { workloads } from '../../workloads/registry.ts';

const designs = await libraryDesigns();
const sound = designs.filter(({ flaw }) => !flaw);

function cellOf(system: Design): Cell {
  const workload = workloads.find(({ datatype }) => datatype === system.datatype)!;
  return { system, workload, faults: toleratedFaults(system), ...SMALL };
}

const runsOf = (system: Design, seeds: readonly number[]): Promise<readonly Run[]> =>
  inMacrotask(() => seeds.map((seed) => runOnce(cellOf(system), seed)));

/** All of a run that its seed determines. */
function digest({ history, messages, trace, logs, result }: Run): string {
  const { columns, nemesis } = history;
  const all = [Object.values(columns), nemesis, messages, trace, [...logs], result.verdict, result.says];
  return createHash('sha256').update(JSON.stringify(all)).digest('hex');
}

describe('sound designs of libraries', () => {
  it('are for every library and datatype that it has, with every way to sync and to store', () => {
    const names = sound.map(({ name }) => name.replace(/-(exchange|server|batch|memory)$/, ''));
    expect([...new Set(names)]).toEqual([
      ...['yjs/list', 'yjs/text', 'yjs/map'],
      ...['list', 'text', 'set', 'siblings', 'counter', 'map'].map((one) => `automerge/${one}`),
      ...['loro/list', 'loro/text', 'loro/map', 'loro/counter'],
      'tinybase/map',
      ...['pouchdb/map', 'pouchdb/siblings', 'pouchdb/set'],
    ]);
    for (const name of new Set(names)) expect(names.filter((one) => one === name)).toHaveLength(4);
  });

  it.each(sound)('$name keeps its claim under all faults', async (system) => {
    const few = /-(exchange|server|batch|memory)$/.test(system.name);
    const seeds = system.name.startsWith('pouchdb/') ? [2] : few ? [2, 3] : [1, 2, 3, 4, 5, 6];
    const runs = await runsOf(system, seeds);
    for (const { result, logs } of runs) {
      expect(result.verdict, result.says).not.toBe('invalid');
      // No update is refused where edits bear names of their own.
      expect([...logs.values()].flat().filter((line) => line.includes('was refused'))).toEqual([]);
    }
    expect(runs.some(({ result }) => result.verdict === 'valid')).toBe(true);
  });
});

describe('a run of a library', () => {
  const one = (short: string) => designs.find(({ name, flaw }) => !flaw && name.startsWith(`${short}/`))!;
  it.each(['yjs', 'automerge', 'loro', 'tinybase', 'pouchdb'])(
    'of %s is determined by its seed, whatever ran before',
    async (short) => {
      const seeds = Array.from({ length: short === 'pouchdb' ? 4 : 25 }, (_, i) => i + 1);
      const forwards = (await runsOf(one(short), seeds)).map(digest);
      const backwards = (await runsOf(one(short), [...seeds].reverse())).map(digest);
      expect(backwards.reverse()).toEqual(forwards);
      expect(new Set(forwards).size).toBe(seeds.length);
    },
  );
});
