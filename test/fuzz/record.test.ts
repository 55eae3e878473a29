import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyOf } from 'elle-ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { begun, type Progress, readRecord, writeRecord } from './record.ts';

describe('the record of a comparison', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fuzz-record-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const tally = { valid: 3, invalid: 4, unjudged: 1, unproved: 0 };
  const some = (done: number, difference: Progress['difference'] = null): Progress => ({
    done,
    spent: 10,
    tallies: new Map([['serializable', tally]]),
    difference,
  });

  it('is empty where there is no file', () => {
    expect(readRecord(join(folder, 'none'), 1)).toEqual(new Map());
  });

  it('says of each subject what was written last, and keeps subjects that were not compared this time', () => {
    const file = join(folder, 'record');
    writeRecord(
      file,
      1,
      new Map([
        ['queue', some(200)],
        ['log', begun()],
      ]),
    );
    writeRecord(file, 1, new Map([['log', some(8)]]));
    expect(readRecord(file, 1)).toEqual(
      new Map([
        ['queue', some(200)],
        ['log', some(8)],
      ]),
    );
  });

  it('begins anew with a history that differed', () => {
    const file = join(folder, 'record');
    const difference = { model: 'log', history: historyOf([]), engine: 'valid', definition: 'invalid', seed: 8 };
    writeRecord(file, 1, new Map([['log', some(8, difference)]]));
    expect(readRecord(file, 1).get('log')).toEqual(some(7));
  });

  it('refuses a file of other histories', () => {
    const file = join(folder, 'record');
    writeRecord(file, 1, new Map());
    expect(() => readRecord(file, 1000)).toThrow('has a comparison from seed 1 on, not 1000: name another file');
  });
});
