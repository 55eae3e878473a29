/** What a page shows of real software, from what was looked at while it ran. */
import { describe, expect, it } from 'vitest';
import type { Result } from '../../harness/judging/result.ts';
import { logAround, softwareOf } from '../../report/software.ts';

const NODES = ['n1', 'n2'];
const faults = [
  { fault: { id: 1, kind: 'pause' }, began: { targets: ['n2'] }, ended: { targets: ['n2'] }, fromMs: 1500, toMs: 2500 },
  { fault: { id: 2, kind: 'partition' }, began: { targets: ['n1'] }, ended: { targets: ['n1'] }, fromMs: 0, toMs: 9 },
];
const watched = {
  stepMs: 1000,
  leaders: ['n1', 'n1', null, 'n2'],
  links: {
    'n2 n1 sql': { bytes: [0, 0, 0, 9], held: [0, 0, 0, 0] },
    'n1 n2 sql': { bytes: [10, 20, 99_000, 5], held: [0, 0, 0, 7] },
    'n1 n1 sql': { bytes: [1, 1, 1, 1], held: [0, 0, 0, 0] },
  },
  logBytes: { n1: [10, 20, 30, 40], n2: [0, 0, 0, 0] },
};
const result = { programs: { postgres: 'PostgreSQL 18.4' }, watched, faults, notes: [] } as unknown as Result;

describe('what is shown of nodes and links', () => {
  it('has a lane for each node: when it led, and what faults made of it', () => {
    expect(softwareOf(result, NODES, 1200)?.lanes).toEqual([
      { node: 'n1', pieces: [{ kind: 'leads', fromMs: 0, toMs: 2000 }] },
      {
        node: 'n2',
        pieces: [
          { kind: 'leads', fromMs: 3000, toMs: 4000 },
          { kind: 'paused', fromMs: 1500, toMs: 2500 },
        ],
      },
    ]);
  });

  it('has a row for each link between nodes: how much came, and when a cut held it back', () => {
    const { links = [] } = softwareOf(result, NODES, null) ?? {};
    expect(links.map(({ from, to, bytes, held }) => [from, to, bytes, held])).toEqual([
      ['n1', 'n2', 99_035, 7],
      ['n2', 'n1', 9, 0],
    ]);
    expect(links[0]?.pieces).toEqual([
      { kind: 'level-1', fromMs: 0, toMs: 2000 },
      { kind: 'level-3', fromMs: 2000, toMs: 3000 },
      { kind: 'held', fromMs: 3000, toMs: 4000 },
    ]);
  });

  it('has nothing for what is no real software', () => {
    expect(softwareOf({ faults: [] } as unknown as Result, NODES, null)).toBe(null);
  });
});

describe('a log around the moment', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, i) => `line ${i}`);

  it('keeps 200 lines, half of them before it, and marks it', () => {
    const text = lines(1000).join('\n');
    const upTo = (line: number) => lines(line).join('\n').length + 1;
    const sizes = [upTo(100), upTo(500), text.length];
    const told = { watched: { ...watched, logBytes: { n1: sizes } } } as unknown as Result;
    const shown = logAround('n1', text, told, 1400).text.split('\n');
    expect(shown).toHaveLength(201);
    expect(shown[0]).toBe('line 400');
    expect(shown[99]).toBe('line 499');
    expect(shown[100]).toMatch(/about 1\.4 s/);
    expect(shown[101]).toBe('line 500');
  });

  it('keeps the last lines where there is no moment, and never more than 64 kB', () => {
    const shown = logAround('n1', lines(1000).join('\n'), result, null).text.split('\n');
    expect([shown.length, shown.at(-1)]).toEqual([200, 'line 999']);
    expect(logAround('n1', 'x'.repeat(1e6), result, null).text.length).toBe(64_000);
  });

  it.each([
    ['nats://me:secret@127.0.0.1:4222 is up', 'nats://me:***@127.0.0.1:4222 is up'],
    ['requirepass "a b" is set', 'requirepass *** is set'],
    ['primary_conninfo = host=a password=geheim user=b', 'primary_conninfo = host=a password=*** user=b'],
    ['http://127.0.0.1:2380 at 12:30@', 'http://127.0.0.1:2380 at 12:30@'],
  ])('hides passwords: %s', (line, shown) => {
    expect(logAround('n1', line, result, null).text).toBe(shown);
  });
});
