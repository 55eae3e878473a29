import { expect, it } from 'vitest';
import type { Fault } from '../../../../harness/faults/fault.ts';
import { smallRun } from '../processes/small-run.ts';

it('a harness that is kept from running for a while accuses nobody of recovering late', async () => {
  let healed = false;
  let busy = false;
  const crash: Fault = { id: 1, kind: 'crash', fromMs: 100, toMs: 700, targets: ['n2'], disk: 'kept' };
  const { result } = await smallRun([crash], undefined, {
    sink(line) {
      // The first final call has left once something follows it.
      if (healed && !busy && line.includes('"ok"')) {
        busy = true;
        for (const until = performance.now() + 3000; performance.now() < until; );
      }
      healed ||= line.includes('"heal"');
    },
  });
  expect(busy).toBe(true);
  expect(result.recoveryMs).toBeLessThan(2000);
  expect(result.verdict, result.says).not.toBe('invalid');
});
