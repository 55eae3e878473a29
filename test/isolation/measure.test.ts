import { beforeAll, describe, expect, it } from 'vitest';
import { COLUMNS } from '../../isolation/columns.ts';
import { only, standsAlone } from '../../isolation/judge-round.ts';
import { measure } from '../../isolation/measure.ts';
import type { Cell, Measurement } from '../../isolation/result.ts';
import { roundOf, scripts } from '../../isolation/scripts.ts';
import { drawOf, drawRound, shapes } from '../../isolation/shapes.ts';
import { toyStore } from './toy.ts';

const options = { seed: 1, connections: 8, times: 1, patienceMs: 3 };
const columnsWith = (cells: readonly Cell[], state: Cell['state']) =>
  cells.filter((cell) => cell.state === state).map(({ column }) => column);

describe('a store in memory', () => {
  let measurement: Measurement;
  beforeAll(async () => {
    measurement = await measure({ ...options, store: toyStore(), searchMs: 150 });
  });
  const cells = (name: string) => measurement.levels.find((level) => level.name === name)!;

  it('without isolation shows every anomaly; staleness too where an abort undoes what was written since', () => {
    const seen = columnsWith(cells('none').cells, 'seen').filter((column) => column !== 'real time');
    expect(seen).toEqual(COLUMNS.filter((column) => column !== 'real time'));
    expect(cells('none').strongest).toEqual([]);
  });

  it('that makes one transaction at a time shows none, and says that they wait', () => {
    const { cells: shown, strongest, rounds } = cells('serial');
    expect(columnsWith(shown, 'seen')).toEqual([]);
    expect(strongest).toEqual(['strict-serializable']);
    expect(shown.find(({ column }) => column === 'P4')?.by).toEqual(['wait']);
    expect(rounds).toBeGreaterThan(scripts.length);
  });

  it('whose reads are old shows staleness, and is serializable', () => {
    const { cells: shown, held } = cells('stale');
    expect(columnsWith(shown, 'seen')).toContain('real time');
    expect(held).not.toContain('strict-serializable');
  });

  it('proves every anomaly by its transactions alone, and by no fewer', () => {
    const witnesses = measurement.levels.flatMap((level) =>
      level.cells.flatMap(({ witness, column }) => (witness ? [{ witness, column }] : [])),
    );
    expect(witnesses.length).toBeGreaterThan(9);
    for (const { witness, column } of witnesses) {
      const txns = witness.recorded.outcomes.map((_, txn) => txn);
      expect(standsAlone(witness.recorded, { column, txns }), column).toBe(true);
      const without = txns.slice(1);
      if (txns.length === 2) expect(standsAlone(only(witness.recorded, txns), { column, txns: without })).toBe(false);
    }
  });

  it('is measured without the search, too: scripts alone show what they are for', async () => {
    const found = await measure({ ...options, store: toyStore(), searchMs: 0, only: ['none'] });
    expect(columnsWith(found.levels[0]!.cells, 'seen')).toEqual(COLUMNS.filter((column) => column !== 'real time'));
  });

  it('stops where it is told to', async () => {
    const controller = new AbortController();
    const measuring = measure({ ...options, store: toyStore(), searchMs: 60_000, signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await expect(measuring).rejects.toThrow(/abort/);
  });
});

it('every script is written as it should be: what begins ends, and only then', () => {
  for (const script of scripts) {
    const { drafts, order } = roundOf(script);
    for (const [txn, { steps }] of drafts.entries())
      expect(order.filter((one) => one === txn).length, script.name).toBe(steps.length + 1);
  }
});

it('draws the same rounds of the same chance, of every shape, with rollbacks and races', () => {
  const rounds = () => {
    let seed = 1;
    // A generator of Park and Miller: any will do.
    const draw = drawOf(() => {
      seed = (seed * 48271) % 2147483647;
      return seed / 2147483647;
    });
    return Array.from({ length: 400 }, (_, at) => drawRound(shapes[at % shapes.length]!, draw));
  };
  const drawn = rounds();
  expect(rounds()).toEqual(drawn);
  expect(drawn.some(({ drafts }) => drafts.some(({ aborts }) => aborts))).toBe(true);
  expect(new Set(drawn.map(({ isScheduled }) => isScheduled)).size).toBe(2);
  for (const { drafts, order } of drawn) {
    expect(drafts.length).toBeLessThanOrEqual(4);
    for (const [txn, { steps }] of drafts.entries())
      expect(order.filter((one) => one === txn).length).toBe(steps.length + 1);
  }
});
