import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { HarnessFailure } from '../../../harness/failure.ts';
import type { Fault } from '../../../harness/faults/fault.ts';
import type { Result } from '../../../harness/judging/result.ts';
import { Defects, failureOf, messageOf, thrownText } from '../../../harness/node/thrown.ts';
import { runPrepared } from '../../../harness/running/run.ts';
import type { Setting } from '../../../harness/setting/plan.ts';
import { plan } from '../../../harness/setting/plan.ts';
import { prepare } from '../../../harness/setting/setting.ts';
import { InDoubt, Refused } from '../../../systems/node.ts';
import { workloads } from '../../../workloads/registry.ts';

const folder = mkdtempSync(join(tmpdir(), 'splitbrain-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let modules = 0;

const CLUSTERS = ['simulation', 'processes'] as const;

interface Own {
  /** What stands in `start` before the replica is returned; `x` is a message that peers answer. */
  readonly start?: string;
  readonly read?: string;
  readonly write?: string;
  readonly state?: string;
  /** Members of the system besides. */
  readonly more?: string;
  readonly available?: 'total' | 'none';
}

/** A register on each node's own memory, written by somebody who makes mistakes. */
function own({ start = '', read, write, state = '{}', more = '', available = 'total' }: Own): string {
  const file = join(folder, `own-${++modules}.mjs`);
  const claim = `{ model: 'eventual', under: ['crash', 'pause'], available: '${available}', durable: 'no', converges: false, recoversMs: 1000 }`;
  writeFileSync(
    file,
    `class Refused extends Error { name = 'Refused' }
    const cycle = {}; cycle.self = cycle;
    export default { name: 'own', datatype: 'register', without: ['cas'], claims: [${claim}], ${more}
      async start(node) {
        const life = (await node.disk.read('life')) ?? 0;
        await node.disk.write('life', life + 1);
        ${start.includes("'x'") ? '' : "node.on('x', () => 1);"}
        ${start};
        return { get state() { return ${state}; }, api: {
          read: async () => { ${read ?? 'return null'} },
          write: async () => { ${write ?? 'return null'} },
        } };
      } };\n`,
  );
  return file;
}

const crash: Fault = { id: 1, kind: 'crash', fromMs: 200, toMs: 500, targets: ['n1'], disk: 'kept' };

async function judged(parts: Own, cluster: Setting['cluster'], faults: readonly Fault[] = []): Promise<Result> {
  const options = { durationMs: 800, ratePerSecond: 100, clients: 4, keys: 2 };
  const wanted = {
    system: own(parts),
    workload: 'register',
    cluster,
    seed: 1,
    faults: [],
    callTimeoutMs: 250,
    options,
  };
  const prepared = await prepare(wanted);
  const drawn = plan(prepared.setting, workloads.find(({ name }) => name === 'register')!);
  return (await runPrepared({ ...prepared, plan: { ...drawn, faults } })).result;
}

const ASKS = 'await node.call(node.peers[0], "x", 1, 50); return null';

/**
 * What only wrong code throws, and what nothing can be read from:
 * the run is an error that names system, node and place.
 */
const ERRORS: readonly (readonly [string, Own, RegExp])[] = [
  [
    'a TypeError in an operation',
    { read: 'return undefined.value' },
    /own threw an error at n\d in read of k\d \(planned call \d+\): Cannot read/,
  ],
  [
    'a RangeError in an operation',
    { write: 'return [].length = -1' },
    /own threw an error at n\d in write of k\d \(planned call \d+\): Invalid array/,
  ],
  [
    'a TypeError in a handler',
    { read: ASKS, start: `node.on('x', () => undefined.value)` },
    /own threw an error at n\d in its handler of x: Cannot read/,
  ],
  [
    'a TypeError in a handler that takes its time',
    { read: ASKS, start: `node.on('x', async () => { await node.sleep(1); return null.value; })` },
    /own threw an error at n\d in its handler of x: Cannot read/,
  ],
  ['an error in start', { start: `throw new Error('no luck')` }, /own.*failed to start( on n\d)?: no luck/],
  [
    'an error after a timer',
    { start: `void node.sleep(100).then(() => { throw new Error('boom later'); })` },
    /n\d: own left a rejected promise unhandled \(after start of n\d\): boom later/,
  ],
  ['an error in its state', { state: `(() => { throw new Error('boom in state'); })()` }, /state.*n\d.*boom in state/],
  ['a state that contains itself', { state: 'cycle' }, /state of own at n\d.*contains itself/],
  ['a JSON.stringify of its own', { start: `JSON.stringify = () => '"garbage"'` }, /own replaced JSON.stringify/],
];

/** What a design may have meant as a silence: the verdict accuses nobody of anything, and the error is named. */
const NAMED: readonly (readonly [string, Own, RegExp])[] = [
  ['an error in every read', { read: `throw new Error('boom in read')` }, /n1, n2, n3 in read: boom in read/],
  ['an error in every write', { write: `throw new Error('boom in write')` }, /n1, n2, n3 in write: boom in write/],
  [
    'an error in a handler that every write needs',
    { write: ASKS, start: `node.on('x', () => { throw new Error('inside'); })` },
    /n1, n2, n3 in its handler of x: inside|n1, n2 in its handler of x: inside/,
  ],
  [
    'an error in a handler that every read needs',
    { read: ASKS, start: `node.on('x', async () => { throw new Error('inside'); })` },
    /n1, n2 in its handler of x: inside/,
  ],
  [
    'a reply that contains itself',
    { write: ASKS, start: `node.on('x', () => cycle)` },
    /its handler of x: .*contains itself/,
  ],
  ['a message that contains itself', { write: `node.send(node.peers[0], 'x', cycle)` }, /in write: .*contains itself/],
  ['a big integer in a message', { write: `node.send(node.peers[0], 'x', 1n)` }, /in write: .*not a bigint/],
  ['a function in a message', { read: `node.send(node.peers[0], 'x', () => 1)` }, /in read: .*not a function/],
  [
    'a field __proto__',
    { write: `node.send(node.peers[0], 'x', JSON.parse('{"__proto__":1}'))` },
    /in write: .*__proto__/,
  ],
  ['nothing thrown', { write: 'throw undefined' }, /in write: undefined/],
  [
    'a thrown object that has no text',
    { write: `throw { toString() { throw new Error('no'); } }` },
    /in write: .*cannot be shown/,
  ],
  [
    'a thrown proxy',
    { read: `throw new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 1; } })` },
    /in read: .*cannot be shown/,
  ],
];

/**
 * The run refuted the system with these words; or the machine was
 * too busy to tell for as long as it is given, and that is said.
 */
function expectRefuted({ verdict, says, starvedMs }: Result, words: RegExp): void {
  if (verdict === 'unknown' && starvedMs) {
    expect(says).toMatch(/the machine was too busy: \d+ ms starved/);
    const all = Object.values(starvedMs.nodes).reduce((sum, ms) => sum + ms, starvedMs.harness);
    expect(all).toBeGreaterThan(4000);
    return;
  }
  expect(verdict, says).toBe('invalid');
  expect(says).toMatch(words);
}

/** Real processes mostly wait: several runs of them at once. */
const inEach = (what: string, tests: (cluster: Setting['cluster']) => void) => {
  for (const cluster of CLUSTERS)
    describe(`in the ${cluster}, ${what}`, { concurrent: cluster === 'processes' }, () => tests(cluster));
};

inEach('a system that throws', (cluster) => {
  it.each(ERRORS)('%s: the run is an error that says so', async (_, parts, says) => {
    const run = judged(parts, cluster);
    await expect(run).rejects.toBeInstanceOf(HarnessFailure);
    await expect(run).rejects.toThrow(says);
  });

  // Each run of real processes waits for what never comes: of them every third, with one claim or the other, must do.
  const named = cluster === 'processes' ? NAMED.filter((_, i) => i % 3 === 0) : NAMED;
  it.each(named)('%s is not accused, and the error is named', async (what, parts, says) => {
    const one = what.length % 2 === 0 ? (['total'] as const) : (['none'] as const);
    for (const available of cluster === 'processes' ? one : (['total', 'none'] as const)) {
      const { verdict, says: told, thrown } = await judged({ ...parts, available }, cluster);
      expect(verdict, told).toBe('unknown');
      expect(told).toMatch(says);
      expect(thrown?.length).toBeGreaterThan(0);
    }
  });

  it('only after a crash has not recovered, and the error is told', async () => {
    const parts = { read: `if (life > 0) throw new Error('forgot everything'); return null` };
    expectRefuted(
      await judged(parts, cluster, [crash]),
      /but n1 threw an error at read of k\d for \d+ ms \(forgot everything\)/,
    );
  });
});

inEach('after all faults have ended', (cluster) => {
  it('a node that never answers any more is refuted by name', async () => {
    const { verdict, says } = await judged(
      { read: 'if (life > 0) await new Promise(() => {}); return null' },
      cluster,
      [crash],
    );
    expect(verdict, says).toBe('invalid');
    expect(says).toMatch(/every node should answer within 1000 ms, but n1 did not answer read of k\d for \d{4,5} ms/);
  });

  it('a node that refuses what it used to answer is refuted by name', async () => {
    const { verdict, says } = await judged({ read: `if (life > 0) throw new Refused('gone'); return null` }, cluster, [
      crash,
    ]);
    expect(verdict, says).toBe('invalid');
    expect(says).toMatch(/n1 (was up and refused a|refused) read of k\d/);
  });

  it('a node that refuses as ever has answered', async () => {
    const parts = { read: `throw new Refused('does not exist')`, available: 'none' } as const;
    const { verdict, says, recoveryMs } = await judged(parts, cluster, [crash]);
    expect(verdict, says).toBe('unknown');
    expect(says).toMatch(/0 of \d+ read calls/);
    expect(recoveryMs).toBeLessThan(1000);
  });
});

describe('an error of a system', () => {
  it('means what its class says, whatever copy of the class that is', () => {
    class Theirs extends Error {
      override readonly name = 'Refused';
    }
    expect(failureOf(new Refused('no'))).toBe('refused');
    expect(failureOf(new Refused('no', { answer: true }))).toBe('declined');
    expect(failureOf(new Theirs('no'))).toBe('refused');
    expect(failureOf(new InDoubt('maybe'))).toBe('unsure');
    expect(failureOf(new Error('oh'))).toBe('threw');
    for (const error of [new TypeError('t'), new RangeError('r'), new SyntaxError('s'), new ReferenceError('x')])
      expect(failureOf(error)).toBe('broken');
  });

  it('is told whatever it is', () => {
    const hostile = new Proxy(() => {}, {
      get() {
        throw new Error('trap');
      },
    });
    for (const [thrown, says] of [
      [undefined, 'undefined'],
      [null, 'null'],
      ['text', 'text'],
      [{}, '[object Object]'],
      [Object.create(null), 'something was thrown that cannot be shown'],
      [hostile, 'something was thrown that cannot be shown'],
    ] as const) {
      expect(messageOf(thrown)).toBe(says);
      expect(failureOf(thrown)).toBe('threw');
    }
  });

  it('is told once for all nodes, with how often it came', () => {
    const defects = new Defects();
    for (const node of ['n2', 'n1', 'n2']) defects.note(node, 'read', 'boom');
    defects.note('n3', 'its handler of x', 'inside');
    expect(thrownText(defects.all)).toBe('n1, n2 in read: boom (3 times); n3 in its handler of x: inside');
  });
});
