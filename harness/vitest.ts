/**
 * `splitbrain/vitest`: claims as tests. `await expect(run({ ... })).toHold()` fails with what refutes the claim and
 * the command that repeats it; `test.system(...)` is a test for each seed, with a time limit that fits.
 */
import { test as base, expect } from 'vitest';
import { brief } from './explore/brief.ts';
import type { Run } from './judging/result.ts';
import { run } from './running/run.ts';
import { commandOf } from './setting/command.ts';
import type { Wanted } from './setting/setting.ts';
import { sourceOf } from './setting/sources.ts';
import { workloadFrom } from './setting/workload-source.ts';

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: vitest's own declaration has it
  interface Matchers<T = any> {
    /** Whether every claim of this run, or of what it resolves with, held on enough evidence. */
    toHold(): Promise<void>;
  }
}

const COLUMNS = 100;
/** What a run takes beside its own time: nodes start, are healed, are asked a last time; the verdict is found. */
const MORE_MS = 60_000;
/** How much longer a run with processes may take on a machine that is busy. */
const SLOWER = 5;
const USUAL_MS = 10_000;

expect.extend({
  async toHold(received: unknown) {
    const done = (await received) as Run;
    if (done?.result?.verdict === undefined)
      return { pass: false, message: () => 'toHold() takes what run() of splitbrain returns' };
    const { setting } = done;
    const command = commandOf({ setting, workload: await workloadFrom(sourceOf(setting.workload)) });
    return { pass: done.result.verdict === 'valid', message: () => textOf(done, command) };
  },
});

/** Why a run did not hold, or that it did: what refutes the claim, or what the evidence lacks. */
function textOf(run: Run, command: string): string {
  const { setting, result } = run;
  const lines = brief(run, COLUMNS);
  return [
    `${setting.system} (${setting.workload}), seed ${setting.seed}: ${result.verdict}`,
    ...(lines.length > 0 ? lines : [result.says]),
    `repeat it: ${command.replace(/^splitbrain/, 'npx splitbrain')}`,
  ].join('\n');
}

/** What is run, and with which seeds, from 1 on where it is a number. */
export interface WantedSeeds extends Omit<Wanted, 'seed'> {
  readonly seeds?: number | readonly number[];
}

/** Declares a test for each seed that this system keeps its claims; a failure has the command that repeats it. */
function system(name: string, { seeds = 1, ...wanted }: WantedSeeds): void {
  const all = typeof seeds === 'number' ? Array.from({ length: seeds }, (_, i) => i + 1) : seeds;
  const lastsMs = wanted.options?.durationMs ?? USUAL_MS;
  const timeout = MORE_MS + (wanted.cluster === 'simulation' ? 0 : SLOWER * lastsMs);
  for (const seed of all)
    base(`${name}, seed ${seed}`, { timeout }, () => expect(run({ ...wanted, seed } as Wanted)).toHold());
}

/** Vitest's `test`, with `test.system`. */
export const test: typeof base & { readonly system: typeof system } = Object.assign(base.extend({}), { system });
