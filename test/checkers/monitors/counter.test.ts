import { counter, counterMonitor } from 'elle-ts';
import { test } from 'vitest';
import { expectAgreement } from './agreement.ts';
import { below } from './random.ts';

test('the counter monitor agrees with the definition on 2,000 random histories of increments', () => {
  expectAgreement(counter, counterMonitor({ certificate: true }), {
    seed: 21,
    certified: 'mostly',
    shape: { squeeze: 0.3 },
    call: (draw) => (draw() < 0.5 ? { f: 'add', input: 1 } : { f: 'read', input: null }),
    liars: ['read'],
    lie: (draw, o) => (o.outcome.type === 'ok' ? Number(o.outcome.output) : 0) + below(draw, 3) - 1,
  });
});

test('the counter monitor agrees with the definition on 2,000 random histories of deltas of both signs', () => {
  expectAgreement(counter, counterMonitor(), {
    seed: 22,
    atLeast: 100,
    call: (draw) => (draw() < 0.5 ? { f: 'add', input: below(draw, 7) - 3 } : { f: 'read', input: null }),
    liars: ['read'],
    lie: (draw, o) => (o.outcome.type === 'ok' ? Number(o.outcome.output) : 0) + below(draw, 9) - 4,
  });
});
