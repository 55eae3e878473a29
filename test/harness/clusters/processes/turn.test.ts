import { expect, it } from 'vitest';
import { Processes } from '../../../../harness/clusters/processes/cluster.ts';
import { designFrom } from '../../../../harness/setting/sources.ts';
import { temporaryFolder } from './small-run.ts';

it('answers that are in are handled before a new call can be made (R4)', async () => {
  const folder = temporaryFolder();
  const source = { name: 'single-copy' };
  const cluster = await Processes.launch({
    system: await designFrom(source),
    source,
    nodes: ['n1'],
    links: { seed: 1, calm: false, odd: {} },
    journal: false,
    fsync: false,
    logFolder: folder,
    diskFolder: folder,
    temporary: folder,
  });
  try {
    const order: string[] = [];
    const session = await cluster.open(0, 'n1');
    const call = { id: 1, f: 'read', key: 'x', input: null, timeoutMs: 10_000 };
    const answered = session.call(call).then(() => order.push('answered'));
    const woken = cluster.sleep(50).then(() => order.push('woken'));
    // The request leaves, and then the harness is busy with
    // something else until the answer is in and the sleep long over.
    for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
    for (const until = performance.now() + 1000; performance.now() < until; );
    await Promise.all([answered, woken]);
    expect(order).toEqual(['answered', 'woken']);
  } finally {
    await cluster.stop();
  }
});
