import { nameOf, type Verdict } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { inMacrotask } from '../../harness/clusters/simulation/macrotask.ts';
import { judgeDurability } from '../../harness/judging/durability.ts';
import { systems } from '../../systems/registry.ts';
import type { Claim } from '../../systems/system.ts';
import { workloads } from '../../workloads/registry.ts';
import { anomaliesOf, runCell, runOnce, SMALL, toleratedFaults } from './cell.ts';
import { HUNTS, huntOf } from './hunts.ts';

/** Runs of a system in all, over its workloads; bench/conformance makes more. */
const RUNS = 60;

const sound = systems.filter(({ flaw }) => !flaw);
const wrong = systems.filter(({ flaw }) => flaw);

describe.each(sound)('$name', (system) => {
  const fitting = workloads.filter(({ datatype }) => datatype === system.datatype);

  it('has a workload', () => {
    expect(fitting).not.toEqual([]);
  });

  it.each(fitting)('keeps its claims under all faults that it tolerates, on $name', async (workload) => {
    const cell = { system, workload, faults: toleratedFaults(system), ...SMALL };
    const runs = Math.ceil(RUNS / fitting.length);
    const { refuted, undecided, evidence } = await runCell(cell, 1, runs);
    expect(refuted).toEqual([]);
    // Where final reads abort, nothing tells what became of an acknowledged write: at most one run in ten.
    expect(undecided.length, JSON.stringify(undecided)).toBeLessThanOrEqual(Math.ceil(runs / 10));
    expect(evidence.filter(({ enough }) => !enough)).toEqual([]);
  });
});

describe.each(wrong)('$name', (system) => {
  it('is caught by the anomaly that its file names', async () => {
    const seed = HUNTS[system.name]?.seed ?? 0;
    const { result } = await inMacrotask(() => runOnce(huntOf(system), seed));
    expect(anomaliesOf(result)).toContain(system.flaw?.anomaly);
  });
});

describe('the registry', () => {
  it('names every system once', () => {
    const names = systems.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has a hunt for every design that is wrong, and for no other', () => {
    expect(Object.keys(HUNTS).sort()).toEqual(wrong.map(({ name }) => name).sort());
  });

  it('claims only what some workload of the datatype can judge', () => {
    for (const { name, datatype, claims } of systems) {
      const judged = workloads
        .filter((one) => one.datatype === datatype)
        .flatMap((one) => one.checkers.map((c) => c.name));
      for (const { model } of claims) expect(judged, `${name} claims ${model}`).toContain(model);
    }
  });

  const judgements = systems.flatMap(({ name, datatype, claims }) =>
    workloads
      .filter((workload) => workload.datatype === datatype)
      .flatMap((workload) => claims.map((claim) => ({ name, claim, workload }))),
  );
  it.each(judgements)('$name claims no durability that $workload.name cannot judge', ({ claim, workload }) => {
    const judged = Object.fromEntries(workload.checkers.map(({ name }) => [name, { type: 'valid' } as Verdict]));
    const hasNothing = ['cache', 'lease-lock', 'unique-ids'].includes(nameOf(workload.datatype));
    expect(judgeDurability(claim, workload, judged)?.type).toBe(claim.durable === 'no' ? undefined : 'valid');
    const boasting: Claim = { ...claim, durable: 'always' };
    expect(judgeDurability(boasting, workload, {})?.type).toBe(hasNothing ? undefined : 'unknown');
  });
});
