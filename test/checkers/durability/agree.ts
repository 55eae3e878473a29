import type { Checker, DurabilityChecker, History, Operation } from 'elle-ts';
import { expect } from 'vitest';

const RUNS = 3000;

/** Compares what is lost with a definition, where that decides, and requires that both results occur often. */
export function agree(
  checker: unknown,
  draw: (seed: number) => History,
  lost: (operations: readonly Operation[]) => readonly number[] | undefined,
): void {
  const { report } = checker as DurabilityChecker<never>;
  agreeOnVerdicts(checker, draw, (history, seed) => {
    const expected = lost([...history]);
    if (!expected) return undefined;
    const found = report(history as never).losses.map(({ row }) => history.columns.start[row]);
    expect({ seed, lost: found }).toEqual({ seed, lost: expected });
    return expected.length > 0;
  });
}

/** The same where nobody can tell what is lost, but only that something is. */
export function agreeOnVerdicts(
  checker: unknown,
  draw: (seed: number) => History,
  isLost: (history: History, seed: number) => boolean | undefined,
): void {
  const seen = { invalid: 0, valid: 0, unknown: 0 };
  for (let seed = 0; seed < RUNS; seed++) {
    const history = draw(seed);
    const expected = isLost(history, seed);
    if (expected === undefined) continue;
    const { type } = (checker as Checker).check(history as never);
    expect({ seed, lost: type === 'invalid' }).toEqual({ seed, lost: expected });
    seen[type]++;
  }
  expect(seen.invalid).toBeGreaterThan(RUNS / 20);
  expect(seen.valid).toBeGreaterThan(RUNS / 20);
}
