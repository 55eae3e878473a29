import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimIn, compareWith, expectationIn, judgeClaims } from '../../isolation/claims.ts';
import { measure } from '../../isolation/measure.ts';
import { measurementPage } from '../../isolation/page.ts';
import type { Measurement } from '../../isolation/result.ts';
import { tableMarkdown, tableText, witnessesText } from '../../isolation/text.ts';
import { toyStore } from './toy.ts';

const folder = mkdtempSync(join(tmpdir(), 'claims-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let measurement: Measurement;
beforeAll(async () => {
  const only = ['none', 'serial'];
  measurement = await measure({
    store: toyStore(),
    only,
    seed: 1,
    searchMs: 0,
    connections: 4,
    times: 1,
    patienceMs: 3,
  });
});

describe('claims', () => {
  it.each([
    ['serial=strict-serializable', 'kept'],
    ['serial=read-committed', 'kept'],
    ['none=read-uncommitted', 'refuted'],
    ['none=serializable', 'refuted'],
  ] as const)('%s is %s', (claim, where) => {
    expect(judgeClaims(measurement, [claimIn(claim)])[where].length).toBe(1);
  });

  it('is not decided where a round was not', () => {
    const [level] = measurement.levels.slice(1);
    const unsure = { ...measurement, levels: [{ ...level!, held: [], undecided: ['serializable'] }] };
    expect(judgeClaims(unsure, [claimIn('serial=serializable')]).undecided.length).toBe(1);
  });

  it('says what is wrong with them', () => {
    expect(() => claimIn('serial')).toThrow(/takes LEVEL=MODEL/);
    expect(() => claimIn('serial=perfect')).toThrow(/no consistency model is called perfect/);
    expect(() => judgeClaims(measurement, [{ level: 'seriall', model: 'serializable' }])).toThrow(
      /did you mean serial/,
    );
  });
});

describe('expectations', () => {
  const stored = (change: (text: string) => string): string => {
    const file = join(folder, 'expected.json');
    writeFileSync(file, change(JSON.stringify(measurement)));
    return file;
  };

  it('are kept by the same measurement', () => {
    expect(compareWith(measurement, expectationIn(stored((text) => text)))).toMatchObject({ refuted: [], notes: [] });
  });

  it('are broken by what is seen anew, and what is not seen any more is a note', () => {
    const other = (name: string) => ({
      ...measurement,
      levels: [{ ...measurement.levels.find((one) => one.name === name)!, name: 'x' }],
    });
    const now = compareWith(other('none'), expectationIn(stored(() => JSON.stringify(other('serial')))));
    expect(now.refuted).toContain('x: P4 is seen, and was expected to be prevented');
    const before = compareWith(other('serial'), expectationIn(stored(() => JSON.stringify(other('none')))));
    expect(before.refuted).toEqual([]);
    expect(before.notes).toContain('x: P4 was seen once and is prevented now');
  });

  it.each([
    ['{', /is no JSON/],
    ['{"isolation":2}', /isolation.*what --json wrote/],
    ['{"isolation":1,"database":"x","levels":[{"name":1}]}', /levels.0.name/],
  ])('%s is refused', (text, says) => {
    expect(() => expectationIn(stored(() => text))).toThrow(says);
  });
});

describe('what is written', () => {
  const hostile = (): Measurement => ({ ...measurement, database: '<script>alert(1)</script>|`x`', notes: ['<b>&"'] });

  it('has every cell as text', () => {
    const text = tableText(measurement);
    expect(text).toMatch(/^P4 +seen +prevented \(wait\)$/m);
    expect(text).toMatch(/^strongest model +none +strict-serializable$/m);
    expect(witnessesText(measurement)).toMatch(/^P4 at none: lost update/m);
  });

  it('calls a transaction by one name in the transcript and in the ring', () => {
    for (const { witness } of measurement.levels[0]!.cells) {
      if (!witness?.anomaly.cycle) continue;
      const { outcomes, sent } = witness.recorded;
      const starts = witness.anomaly.cycle.map(({ from }) => from);
      // The history's places are those of the recording, two later.
      expect(outcomes.slice(0, starts.length).map(({ begin }) => begin + 2)).toEqual(starts);
      expect(sent.every(({ txn }) => txn < outcomes.length)).toBe(true);
    }
  });

  it('escapes what a server says', () => {
    expect(tableMarkdown(hostile())).toContain('\\<script\\>alert(1)\\</script\\>\\|\\`x\\`');
    const page = measurementPage(hostile(), 'splitbrain isolation "<i>"');
    expect(page).not.toMatch(/<script|<b>|<i>/);
    expect(page).toContain('&lt;script&gt;');
    expect(page.match(/<svg/g)?.length).toBe(10);
  });
});
