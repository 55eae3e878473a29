/** Whatever kills a campaign that is resumed, its journal loses nothing: killed at each change of a file in turn. */
import fs, { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Journal, partsIn } from '../../../harness/campaign/journal.ts';
import { NO_RUNS } from '../../../harness/campaign/sum.ts';

const CHANGES = ['writeSync', 'renameSync', 'truncateSync', 'copyFileSync', 'rmSync'] as const;
const { writeSync } = fs;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Does the task, which ends at the nth change of a file, in the middle of what is written. Returns whether it did. */
function killedAt(n: number, task: () => void): boolean {
  const real = CHANGES.map((name) => [name, fs[name]] as const);
  let left = n;
  let isKilled = false;
  for (const [name, change] of real)
    Object.assign(fs, {
      [name]: (...given: readonly unknown[]) => {
        if (left-- > 0) return (change as (...all: readonly unknown[]) => unknown)(...given);
        if (name === 'writeSync' && !isKilled) {
          const [file, bytes] = given as [number, Buffer];
          writeSync(file, bytes, 0, bytes.length >> 1);
        }
        isKilled = true;
        throw new Error('killed');
      },
    });
  syncBuiltinESMExports();
  try {
    task();
  } catch {
    // Killed.
  } finally {
    Object.assign(fs, Object.fromEntries(real));
    syncBuiltinESMExports();
  }
  return isKilled;
}

const PARTS = [
  { piece: 0, lines: ['{"run":"a"}', '{"run":"b"}'] },
  { piece: 1, lines: ['{"run":"c fails"}'], failed: true as const },
  { piece: 2, lines: ['{"run":"ä"}'] },
  { piece: 3, lines: [] },
  { piece: 4, lines: ['{"run":"e fails"}'], failed: true as const },
  { piece: 5, lines: ['{"run":"f"}', '{"run":"g"}', '{"run":"h"}'] },
];
const KEPT = PARTS.filter(({ failed }) => !failed).map(({ piece, lines }) => [piece, lines]);

function begun(at: string): void {
  const journal = Journal.begin(at);
  for (const { lines, ...part } of PARTS) journal.add({ ...part, sum: { ...NO_RUNS, runs: lines.length } }, lines);
  journal.close();
}

/** What stands in a folder, as whoever merges it takes it over. */
function taken(from: string): readonly unknown[] {
  const to = mkdtempSync(join(folder, 'taken-'));
  const journal = Journal.begin(to);
  for (const { end: _, ...part } of partsIn(from)) if (!part.failed) journal.copy(part, from);
  journal.close();
  const runs = readFileSync(join(to, 'runs.jsonl'));
  return [...partsIn(to)].map(({ piece, at }) => [
    piece,
    runs
      .subarray(...at)
      .toString('utf8')
      .split('\n')
      .slice(0, -1),
  ]);
}

it('keeps all that has not failed, at whichever change of a file it is killed', () => {
  begun(folder);
  let n = 0;
  for (let isKilled = true; isKilled; n++) {
    const copy = mkdtempSync(join(tmpdir(), 'journal-killed-'));
    for (const name of ['pieces.jsonl', 'runs.jsonl']) cpSync(join(folder, name), join(copy, name));
    isKilled = killedAt(n, () => Journal.open(copy, () => {}).close());
    expect(taken(copy), `killed at change ${n}`).toEqual(KEPT);
    const known: number[] = [];
    Journal.open(copy, ({ piece }) => known.push(piece)).close();
    expect(known).toEqual(KEPT.map(([piece]) => piece));
    expect(taken(copy)).toEqual(KEPT);
    // And nothing else is left.
    expect(readFileSync(join(copy, 'runs.jsonl'), 'utf8')).not.toContain('fails');
    expect(fs.readdirSync(copy).sort()).toEqual(['pieces.jsonl', 'runs.jsonl']);
    rmSync(copy, { recursive: true });
  }
  expect(n).toBeGreaterThan(10);
});

it('takes half a line away, and runs that nothing counts', () => {
  begun(folder);
  fs.appendFileSync(join(folder, 'runs.jsonl'), '{"run":"x"}\n');
  fs.appendFileSync(join(folder, 'pieces.jsonl'), '{"piece":6,');
  const journal = Journal.open(folder, () => {});
  journal.add({ piece: 7, sum: { ...NO_RUNS, runs: 1 } }, ['{"run":"i"}']);
  journal.close();
  expect(taken(folder)).toEqual([...KEPT, [7, ['{"run":"i"}']]]);
  expect(existsSync(join(folder, 'pieces.next.jsonl'))).toBe(false);
});
