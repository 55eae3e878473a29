/** Differential tests: a monitor against the definition on seeded random histories. */
import type { Api, Checker, History, Model, Operation, Verdict } from 'elle-ts';
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
  /** Whether valid verdicts carry an order that explains the history, or most of them do. */
  readonly certified?: true | 'mostly';
  readonly call: (draw: Draw, i: number, process: number) => { f: string; input: unknown };
  readonly liars: readonly string[];
  readonly lie: (draw: Draw, operation: Operation, all: readonly Operation[]) => unknown;
  /** What is true of a history; linearizability by definition unless said otherwise. */
  readonly truth?: (history: History) => boolean;
}

/** Fails where the checker returns `valid` or `invalid` wrongly, or sees too few of either. */
export function expectAgreement<A extends Api, S>(model: Model<A, S>, checker: Checker<A>, trial: Trial): void {
  const draw = draws(trial.seed);
  const seen = { valid: 0, invalid: 0, unknown: 0, uncertified: 0 };
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
    const proof = proofOf(history, plain, verdict, trial);
    if (proof === 'missing') seen.uncertified++;
    if (verdict.type !== expected || proof === 'wrong')
      expect({ run, proof, verdict, history: [...history] }).toBe(expected);
  }
  expect(seen.uncertified).toBeLessThanOrEqual(trial.certified === 'mostly' ? seen.valid / 4 : 0);
  expect(seen.unknown).toBeLessThanOrEqual(trial.unknown ?? 0);
  expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(trial.atLeast ?? 400);
}

/** Whether a valid verdict that should carry an order does, and whether that explains the history. */
function proofOf<S>(
  history: History,
  model: Model<Api, S>,
  verdict: Verdict,
  { certified }: Trial,
): 'right' | 'missing' | 'wrong' {
  if (!certified || verdict.type !== 'valid') return 'right';
  if (verdict.certificate === undefined) return 'missing';
  return explained(history, model, verdict.certificate) ? 'right' : 'wrong';
}

/** Whether the certificate's order respects real time, has every `ok` operation once, and is the model's. */
function explained<S>(history: History, model: Model<Api, S>, certificate: unknown): boolean {
  const { objects } = certificate as { objects: readonly { order: readonly number[] }[] };
  const order = (objects[0]?.order ?? []).map((start) => [...history].find((o) => o.start === start) as Operation);
  if (order.some((o, i) => order.slice(0, i).some((before) => o.end < before.start || before === o))) return false;
  if (
    [...history].some(
      (o) => o.outcome.type === 'ok' && !order.includes(o) && !order.some(({ start }) => start === o.start),
    )
  )
    return false;
  let state = model.init;
  return order.every((o) => {
    const [after, output] = (model.step[o.f] as unknown as (s: S, i: unknown) => readonly [S, unknown])(state, o.input);
    state = after;
    if (after === undefined || o.outcome.type === 'fail') return false;
    if (o.outcome.type === 'info') return true;
    return model.same
      ? model.same(o.f, output, o.outcome.output)
      : JSON.stringify(output) === JSON.stringify(o.outcome.output);
  });
}
