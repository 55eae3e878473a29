import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDisk } from '../../../../harness/clusters/processes/child-disk.ts';
import type { Entry } from '../../../../harness/node/disk.ts';
import { temporaryFolder } from './small-run.ts';

function notExpected(error: Error): never {
  throw error;
}

function put(file: string, entries: readonly (readonly [string, Entry])[], fsync = false): Promise<unknown> {
  const disk = openDisk(file, fsync, notExpected);
  const one = ([key, entry]: readonly [string, Entry]) => new Promise<void>((resolve) => disk.put(key, entry, resolve));
  return Promise.all(entries.map(one));
}

describe('the disk of a child', () => {
  it.each([false, true])('keeps what was written for the next life, the last of each key (fsync %s)', async (fsync) => {
    const file = join(temporaryFolder(), 'disk');
    await put(
      file,
      [
        ['a', { value: 1 }],
        ['b', { value: [2] }],
        ['a', { value: 3 }],
      ],
      fsync,
    );
    const next = openDisk(file, fsync, notExpected);
    expect([next.get('a'), next.get('b'), next.get('c')]).toEqual([{ value: 3 }, { value: [2] }, undefined]);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(3);
  });

  it('shows an entry once it is durable, and not before', async () => {
    const disk = openDisk(join(temporaryFolder(), 'disk'), false, notExpected);
    const durable = new Promise<void>((resolve) => disk.put('a', { value: 1 }, () => resolve()));
    expect(disk.get('a')).toBeUndefined();
    await durable;
    expect(disk.get('a')).toEqual({ value: 1 });
  });

  it('forgets at a crash what a lying disk had acknowledged', async () => {
    const file = join(temporaryFolder(), 'disk');
    await put(file, [
      ['a', { value: 2, forgets: { value: 1 } }],
      ['b', { value: 1, forgets: 'nothing' }],
    ]);
    const next = openDisk(file, false, notExpected);
    expect([next.get('a'), next.get('b')]).toEqual([{ value: 1 }, undefined]);
  });

  it('leaves out a last line that a crash cut short', async () => {
    const file = join(temporaryFolder(), 'disk');
    await put(file, [['a', { value: 1 }]]);
    appendFileSync(file, '["a",{"val');
    expect(openDisk(file, false, notExpected).get('a')).toEqual({ value: 1 });
  });

  it('names a line that is broken', () => {
    const file = join(temporaryFolder(), 'disk');
    writeFileSync(file, '["a",{"value":1}]\nnonsense\n["b",{"value":1}]\n');
    expect(() => openDisk(file, false, notExpected)).toThrow(/broken in line 2/);
  });
});
