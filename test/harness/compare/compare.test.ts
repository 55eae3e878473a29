import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addFigures, figureSumOf, NO_FIGURES } from '../../../harness/campaign/figure-sum.ts';
import type { Figures } from '../../../harness/campaign/figures.ts';
import type { Matrix } from '../../../harness/campaign/matrix.ts';
import { type Compared, runComparison } from '../../../harness/compare/compare.ts';
import { comparisonCsv } from '../../../harness/compare/csv.ts';
import { defaultComparison } from '../../../harness/compare/default.ts';
import { consistencyOf, FIGURES } from '../../../harness/compare/figures.ts';
import { type Side, sideBySide } from '../../../harness/compare/side-by-side.ts';
import { Histogram } from '../../../harness/judging/metrics/histogram.ts';
import { systems } from '../../../systems/registry.ts';

const matrix: Matrix = {
  systems: ['quorum/abd', 'async-replication/sound', 'quorum/dynamo-removals'],
  workloads: ['register', 'removals'],
  faults: ['none', 'partition'],
  ...{ seeds: 3, seed: 1, cluster: 'simulation', nodes: 3, clients: 5 },
  ...{ durationMs: 3000, ratePerSecond: 50, keys: 2, callTimeoutMs: 500, expectations: [] },
};

let folder: string;
let compared: Compared;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'splitbrain-compare-'));
  compared = await runComparison(matrix, { out: join(folder, 'a'), command: 'splitbrain compare' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cellOf = (system: string, group: string) =>
  compared.comparison.datatypes
    .flatMap((one) => one.systems)
    .find((row) => row.system === system)!
    .cells.find((cell) => cell.group === group)!;

describe('a comparison', () => {
  it('groups systems by datatype, with one workload each', () => {
    expect(compared.comparison.datatypes.map(({ datatype, workload }) => [datatype, workload])).toEqual([
      ['register', 'register'],
      ['lww-map', 'removals'],
    ]);
    expect(compared.comparison.runs).toHaveLength(18);
    expect(compared.unmade).toBe(0);
  });

  it('orders models from the weakest to the strongest', () => {
    const { models } = compared.comparison.datatypes[0]!;
    expect(models.at(-1)).toBe('linearizable');
    expect(models.indexOf('causal')).toBeGreaterThan(models.indexOf('monotonic-reads'));
  });

  it('shows what a design gives up under a partition', () => {
    const abd = cellOf('quorum/abd', 'partition');
    const shipped = cellOf('async-replication/sound', 'partition');
    expect(abd.models.linearizable).toMatchObject({ held: 3, violated: 0, ratio: { value: 1 } });
    expect(shipped.models.linearizable!.violated).toBeGreaterThan(0);
    expect(shipped.models.linearizable!.ratio!.value).toBeLessThan(1);
    expect(shipped.models['monotonic-reads']).toMatchObject({ held: 3, violated: 0 });
    expect(abd.values['available-hit']!.value).toBeLessThan(shipped.values['available-hit']!.value);
    expect(abd.values.stale!.value).toBe(0);
    expect(shipped.values.stale!.value).toBeGreaterThan(0);
    expect(abd.values.messages!.value).toBeGreaterThan(shipped.values.messages!.value);
    expect(cellOf('quorum/dynamo-removals', 'none').values.stale).toBeUndefined();
  });

  it('keeps a whole run for each violation it shows, and that run shows it', () => {
    const { runs } = compared.comparison;
    for (const { systems } of compared.comparison.datatypes)
      for (const { cells } of systems)
        for (const cell of cells)
          for (const [model, { violated, witness }] of Object.entries(cell.models)) {
            expect(witness === undefined, `${cell.group} ${model}`).toBe(violated === 0);
            if (witness === undefined) continue;
            const run = runs[witness]!;
            expect(run.kept).toBe(true);
            const stored = JSON.parse(readFileSync(join(compared.folder, run.id, 'verdict.json'), 'utf8')) as {
              checkers: Record<string, { type: string }>;
            };
            expect(stored.checkers[model]!.type).toBe('invalid');
          }
    expect(runs.some(({ kept }) => !kept)).toBe(true);
  });

  it('is the same for the same seeds', async () => {
    const again = await runComparison(matrix, { out: join(folder, 'b'), command: 'splitbrain compare' });
    expect({ ...again.comparison, startedAt: '' }).toEqual({ ...compared.comparison, startedAt: '' });
  });

  it('as CSV has a line a figure, each with the run that stands behind it', () => {
    const lines = comparisonCsv(compared.comparison).trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/^datatype,workload,system,faults,figure,unit,value,low,high,note,runs,run$/);
    const ids = new Set(compared.comparison.runs.map(({ id }) => id));
    const p99 = lines.filter((line) => line.includes(',latency p99,'));
    expect(p99).toHaveLength(6);
    for (const line of p99) expect(ids.has(line.split(',').at(-1)!)).toBe(true);
  });

  it('is by default of every sound design, under six groups of faults and ten seeds', () => {
    const all = defaultComparison();
    expect(all.faults).toHaveLength(6);
    expect([all.seeds, all.cluster]).toEqual([10, 'simulation']);
    for (const { name, flaw } of systems) if (flaw) expect(all.systems).not.toContain(name);
    expect(new Set(all.workloads).size).toBe(all.workloads!.length);
  });
});

describe('a figure', () => {
  const latency = (...ms: number[]) => {
    const histogram = new Histogram();
    for (const one of ms) histogram.add(one);
    return { read: String(histogram) };
  };
  const run = (more: Partial<Figures>): Figures => ({
    ...{ models: {}, sides: {}, recoveriesMs: [], unrecovered: 0, latencyMs: {}, answered: 0, messages: 0, bytes: 0 },
    ...more,
  });
  const sumOf = (runs: readonly Figures[]) => runs.map(figureSumOf).reduce(addFigures, NO_FIGURES);
  const value = (key: string, ...runs: readonly Figures[]) =>
    FIGURES.find((figure) => figure.key === key)!.of(sumOf(runs));

  it('adds up over runs, and does not average quantiles', () => {
    const runs = [run({ latencyMs: latency(1, 1, 1) }), run({ latencyMs: latency(100) })];
    expect(value('latency-p50', ...runs)!.value).toBeCloseTo(1, 1);
    expect(value('latency-p99', ...runs)!.value).toBeGreaterThanOrEqual(100);
    const messages = [run({ answered: 10, messages: 30 }), run({ answered: 30, messages: 30 })];
    expect(value('messages', ...messages)!.value).toBe(1.5);
  });

  it('is absent where nothing was measured', () => {
    for (const { key } of FIGURES) expect(value(key), key).toBeUndefined();
    expect(consistencyOf(sumOf([run({})]), 'causal')).toBeUndefined();
  });

  it('takes a run without faults as a whole, and of others only the time of faults', () => {
    const calm = run({ sides: { calm: { called: 10, answered: 10, committed: 10 } } });
    const cut = run({
      sides: {
        calm: { called: 10, answered: 10, committed: 10 },
        majority: { called: 4, answered: 4, committed: 4 },
        minority: { called: 4, answered: 0, committed: 0 },
      },
    });
    expect(value('available', calm)!.value).toBe(1);
    expect(value('available', cut)!.value).toBe(0.5);
    expect(value('available-healthy', cut)!.value).toBe(1);
    expect(value('available-hit', cut)!.value).toBe(0);
  });

  it('says how often nobody recovered', () => {
    expect(value('recovery', run({ recoveriesMs: [10, 30], unrecovered: 1 }), run({ recoveriesMs: [20] }))).toEqual({
      value: 30,
      note: 'median 20.09 ms of 3 faults; after 1 some node never answered again',
    });
  });

  it('of consistency counts windows over all decided runs', () => {
    const of = (type: 'valid' | 'invalid' | 'unknown', dirty: number) =>
      run({ models: { causal: { type, windows: 4, dirty } } });
    expect(consistencyOf(sumOf([of('valid', 0), of('invalid', 2), of('unknown', 0)]), 'causal')).toMatchObject({
      ...{ held: 1, violated: 1, unknown: 1 },
      ratio: { value: 0.75 },
    });
  });
});

const GATED = { verdict: 'valid', shown: {}, judged: 1, isSurprise: false };

describe('two results side by side', () => {
  const side = (name: string): Side => {
    const cells = compared.summary.cells.filter(
      ({ system, faults }) => system === name && faults.includes('partition'),
    );
    return {
      name,
      cells: new Map(
        cells.map((cell) => [
          'the cell',
          {
            ...{ verdict: cell.verdict, anomalies: [], gated: GATED },
            figures: compared.summary.figures[compared.summary.cells.indexOf(cell)]!,
          },
        ]),
      ),
    };
  };

  it('differ in nothing from themselves', () => {
    expect(sideBySide(side('quorum/abd'), side('quorum/abd'))).toMatchObject({
      changes: [],
      onlyBefore: [],
      onlyAfter: [],
    });
  });

  it('say what got worse and what got better', () => {
    const { changes } = sideBySide(side('quorum/abd'), side('async-replication/sound'));
    const way = (figure: string) => changes.find((change) => change.figure === figure)?.way;
    expect(way('linearizable')).toBe('worse');
    expect(way('stale reads')).toBe('worse');
    expect(way('messages per operation')).toBe('better');
    expect(way('lost writes')).toBeUndefined();
    const back = sideBySide(side('async-replication/sound'), side('quorum/abd')).changes;
    expect(back.find(({ figure }) => figure === 'linearizable')?.way).toBe('better');
  });

  it('name the cells that only one has', () => {
    const two = (names: readonly string[]): Side => ({
      name: 'x',
      cells: new Map(
        names.map((name) => [name, { verdict: 'valid', anomalies: [], figures: NO_FIGURES, gated: GATED }]),
      ),
    });
    expect(sideBySide(two(['a', 'b']), two(['b', 'c']))).toMatchObject({
      onlyBefore: ['a'],
      onlyAfter: ['c'],
      changes: [],
    });
  });
});
