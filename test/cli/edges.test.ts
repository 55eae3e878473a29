/**
 * Verdicts of `check` at the edges: each input with the exit code
 * that the definitions ask for, beside twins that differ in one thing.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkCommand } from '../../cli/check.ts';
import { calls, edges, HELD, REFUTED, UNKNOWN } from './edges/table.ts';
import { completionsOnly, echoed, edn, json, jsonl, type Mops, type Row, sessionFormats } from './edges/write.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'splitbrain-edges-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `check` in this process: its exit code, and all that it says. */
async function check(text: string, args: readonly string[]): Promise<{ code: unknown; said: string }> {
  const file = join(folder, 'history');
  writeFileSync(file, text);
  let said = '';
  const hear = (chunk: unknown): boolean => {
    said += String(chunk);
    return true;
  };
  const spies = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
  for (const spy of spies) spy.mockImplementation(hear);
  const before = process.exitCode;
  try {
    await checkCommand().parseAsync(['node', 'check', ...args, file]);
    return { code: process.exitCode, said };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}

describe('the same verdict in every format', () => {
  const formats = { jsonl, json, edn, 'a vector of EDN': (rows: readonly Row[]) => `[${edn(rows)}]` };
  it.each(Object.entries(edges))('%s', async (_, { args, exit, rows, says = '' }) => {
    for (const [format, write] of Object.entries(formats)) {
      const { code, said } = await check(write(rows), args.split(' '));
      expect(`${format}: ${code}`, said).toBe(`${format}: ${exit}`);
      expect(said).toMatch(says);
      expect(said).not.toMatch(/undefined|NaN|\[object/);
    }
  });
});

describe('answers that stand in invocations, too', () => {
  const observed: Readonly<
    Record<string, readonly [args: string, f: string, input: unknown, observe: string, right: unknown, wrong: unknown]>
  > = {
    stack: ['--type stack', 'push', 1, 'pop', 1, 2],
    'priority queue': ['--type priority-queue', 'enqueue', 1, 'dequeue', 1, 2],
    'unordered queue': ['--type unordered-queue', 'enqueue', 1, 'dequeue', 1, 2],
    drain: ['--type total-queue', 'enqueue', 1, 'drain', [1], [2]],
    'g-set': ['--type g-set', 'add', 1, 'read', [1], [2]],
    counter: ['--type counter', 'add', 1, 'read', 1, 2],
    cache: ['--type cache', 'set', 1, 'get', 1, 2],
    'texts by key': ['--type kv', 'put', 'a', 'get', 'a', 'b'],
    'multi-value register': ['--type mv-register', 'write', 1, 'read', [1], [2]],
  };
  it.each(Object.entries(observed))('%s', async (_, [args, f, input, observe, right, wrong]) => {
    for (const [answer, exit] of [
      [right, HELD],
      [wrong, REFUTED],
    ] as const) {
      const rows = calls([0, f, input], [1, observe, null, answer]);
      for (const write of [jsonl, edn])
        for (const spelled of [rows, echoed(rows)])
          expect((await check(write(spelled), args.split(' '))).code).toBe(exit);
    }
  });
});

describe('formats that know sessions alone', () => {
  const lost: Mops[][] = [[[['w', 1, 1]], [['r', 1, null]]]];
  const sound: Mops[][] = [
    [[['w', 1, 1]], [['r', 1, 1]]],
    [
      [
        ['w', 2, 5],
        ['r', 1, 1],
      ],
    ],
  ];
  const future: Mops[][] = [[[['r', 1, 1]]], [[['w', 1, 1]]]];
  const asked: readonly [name: string, sessions: Mops[][], model: string, exit: number][] = [
    ['an own write that is not seen', lost, 'causal', REFUTED],
    ['an own write that is not seen, in real time', lost, 'strong-snapshot-isolation', REFUTED],
    ['an own write that is not seen, where sessions do not count', lost, 'serializable', HELD],
    ['a sound history', sound, 'strong-session-serializable', HELD],
    ['a sound history, in real time', sound, 'strict-serializable', UNKNOWN],
    ['what stands later in the file', future, 'causal', HELD],
  ];
  it.each(asked)('%s (%#)', async (_, sessions, model, exit) => {
    for (const write of Object.values(sessionFormats)) {
      const { code, said } = await check(write(sessions), ['--model', model]);
      expect(code, said).toBe(exit);
      if (exit === UNKNOWN) expect(said).toContain('real time');
    }
  });

  it('so do completions alone of objects', async () => {
    const rows = completionsOnly(calls([0, 'write', 1], [0, 'read', null, 1], [1, 'read', null, null]));
    const exits = { linearizable: UNKNOWN, sequential: HELD, PRAM: HELD, 'read-your-writes': HELD };
    for (const [model, exit] of Object.entries(exits))
      expect((await check(edn(rows), ['--type', 'register', '--model', model])).code).toBe(exit);
    const lostUpdate = completionsOnly(calls([0, 'write', 1], [0, 'read', null, null]));
    expect((await check(edn(lostUpdate), ['--type', 'register'])).code).toBe(REFUTED);
  });
});

describe('files that tell nothing', () => {
  const empty: readonly string[] = [
    '',
    '\n \n',
    '[]',
    '[ ]',
    '()',
    '( )',
    '; nothing',
    '[[]]',
    '=====\n',
    'w(1,1,0,-1)\n',
  ];
  const idle = ['{:process :nemesis, :type :info, :f :start, :value nil}', '0\t:invoke\t:read\tnil\n'];
  it.each([...empty, ...idle])('%j', async (text) => {
    const { code, said } = await check(text, []);
    expect(code, said).toBe(UNKNOWN);
    expect(said).toContain('no operation was completed');
  });
});
