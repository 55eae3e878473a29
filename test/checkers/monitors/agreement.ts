/** Differential tests: a monitor against the definition on seeded random histories. */
import type { Api, Checker, History, Model, Operation } from 'elle-ts';
import { expect } from 'vitest';
import { linearizableByDefinition } from './brute.ts';
import { below, type Draw, draws, randomHistory, type Shape } from './random.ts';

export interface Trial {
  readonly seed: number;
  /** How many histories; 2,000 unless said otherwise. */
  readonly runs?: number;
  /** How many of them must be valid, and how many invalid, at least. */
  readonly atLeast?: number;
  /** How many may be unknown, at most. */
  readonly unknown?: number;
  readonly shape?: Partial<Shape>;
  readonly call: (draw: Draw, i: number, process: number) => { f: string; input: unknown };
  readonly liars: readonly string[];
  readonly lie: (draw: Draw, operation: Operation, all: readonly Operation[]) => unknown;
  /** What is true of a history; linearizability by definition unless said otherwise. */
  readonly truth?: (history: History) => boolean;
}

/** Fails where the checker answers `valid` or `invalid` wrongly, or sees too few of either. */
export function expectAgreement<A extends Api, S>(model: Model<A, S>, checker: Checker<A>, trial: Trial): void {
  const draw = draws(trial.seed);
  const seen = { valid: 0, invalid: 0, unknown: 0 };
  const judged = checker as unknown as Checker;
  const plain = model as unknown as Model<Api, S>;
  const truth = trial.truth ?? ((history: History) => linearizableByDefinition(history, plain));
  for (let run = 0; run < (trial.runs ?? 2000); run++) {
    const shape = {
      processes: 2 + below(draw, 3),
      operations: 3 + below(draw, 6),
      info: run % 2 ? 0 : 0.12,
      ...trial.shape,
    };
    const history = randomHistory(
      draw,
      plain,
      (i, process) => trial.call(draw, i, process),
      trial.liars,
      (operation, all) => trial.lie(draw, operation, all),
      shape,
    );
    const verdict = judged.check(history);
    seen[verdict.type]++;
    if (verdict.type === 'unknown') continue;
    const expected = truth(history) ? 'valid' : 'invalid';
    if (verdict.type !== expected) expect({ run, verdict, history: [...history] }).toBe(expected);
  }
  expect(seen.unknown).toBeLessThanOrEqual(trial.unknown ?? 0);
  expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(trial.atLeast ?? 400);
}
