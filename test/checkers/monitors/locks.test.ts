import { type Mutex, mutex, mutualExclusion, semaphore, semaphoreOf } from 'elle-ts';
import { expect, test } from 'vitest';
import { expectAgreement, type Trial } from './agreement.ts';
import { made, op } from './random.ts';

function trial(seed: number): Trial {
  let holding = new Set<number>();
  return {
    seed,
    shape: { lie: 0, squeeze: 0.9, fail: 0.02 },
    call: (_, i, process) => {
      if (i === 0) holding = new Set();
      const f = holding.delete(process) ? 'release' : 'acquire';
      if (f === 'acquire') holding.add(process);
      return { f, input: null };
    },
    certified: true,
    liars: [],
    lie: () => null,
  };
}

test('the mutex monitor agrees with the definition on 2,000 random histories', () => {
  expectAgreement(mutex, mutualExclusion({ certificate: true }), { ...trial(11), atLeast: 300 });
});

test('the semaphore monitor agrees with the definition on 2,000 random histories', () => {
  expectAgreement(semaphore(2), semaphoreOf(2, { certificate: true }), {
    ...trial(12),
    atLeast: 150,
    shape: { processes: 4, operations: 9, lie: 0, squeeze: 1, fail: 0 },
  });
});

test('two holders at once are shown with the operations that prove it', () => {
  const history = made<Mutex>(
    op(0, 'acquire', null, null, 0, 1),
    op(1, 'acquire', null, null, 2, 3),
    op(0, 'release', null, null, 4, 5),
  );
  const verdict = mutualExclusion().check(history);
  expect(verdict).toMatchObject({ type: 'invalid', anomalies: [{ name: 'mutual-exclusion', operations: [0, 2, 4] }] });
});
