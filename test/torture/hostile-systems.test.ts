/** Systems that throw, loop, flood and send what cannot be sent: told in the same words by both clusters. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ClusterName } from '../../harness/clusters/names.ts';
import { HarnessFailure } from '../../harness/failure.ts';
import { run } from '../../harness/running/run.ts';

/** What its code does in these places; the rest is a register whose writes are copied to all. */
interface Bug {
  readonly start?: string;
  readonly handler?: string;
  readonly read?: string;
  readonly write?: string;
  readonly state?: string;
}

const CYCLIC = 'const a = {}; a.a = a;';
const LARGE = `'x'.repeat(20_000_000)`;

/** Each with what is said of it: as the error of the run, or beside its verdict. */
const BUGS: Readonly<Record<string, readonly [bug: Bug, says: RegExp]>> = {
  'an error in a handler': [{ handler: `throw new Error('mine')` }, /n. in its handler of put: mine/],
  'a wrong handler': [{ handler: 'null.x' }, /own\/bug threw an error at n. in its handler of put: Cannot read/],
  'a text thrown in a handler': [{ handler: `throw 'mine'` }, /n. in its handler of put: mine/],
  'an error in a read': [{ read: `throw new Error('mine')` }, /n. in read: mine/],
  'a wrong read': [
    { read: 'undefined.y' },
    /own\/bug threw an error at n. in read of k. \(planned call \d+\): Cannot read/,
  ],
  'an error after a timer': [
    { start: `void (async () => { await node.sleep(5); throw new Error('mine'); })();` },
    /n.: own\/bug left a rejected promise unhandled \(after start of n.\): mine/,
  ],
  'an error in a tick': [
    { write: `process.nextTick(() => { throw new Error('mine'); });` },
    /n.: own\/bug threw an error that was not caught \(after op \d+\): mine/,
  ],
  'an error in start': [{ start: `throw new Error('mine')` }, /own\/bug failed to start on n.: mine/],
  'no replica': [{ start: 'return 5' }, /own\/bug started on n. without a replica/],
  'a state that throws': [{ state: `throw new Error('mine')` }, /the state of own\/bug at n. cannot be read: mine/],
  'a cyclic state': [{ state: `${CYCLIC} return a` }, /the state of own\/bug at n. cannot be read: .* contains itself/],
  'a cyclic message': [{ write: `${CYCLIC} node.send(peer, 'put', a)` }, /n. in write: .* contains itself/],
  'a message that is no JSON': [{ write: `node.send(peer, 'put', new Map())` }, /n. in write: .*not a Map/],
  'a large message': [{ write: `node.send(peer, 'put', ${LARGE})` }, /at most 16 MB, and this has 20\.0 MB/],
  'a large entry of a disk': [
    { write: `await node.disk.write('k', ${LARGE})` },
    /at most 16 MB, and this has 20\.0 MB/,
  ],
  'a large output': [{ read: `return ${LARGE}` }, /own\/bug returned .* from read at n.: .*this has 20\.0 MB/],
  'an output that is no number': [{ read: 'return NaN' }, /own\/bug returned NaN from read at n.: no number/],
  'a message to nobody': [{ write: `node.send('n9', 'put', 1)` }, /n. \(own\/bug\) sent put to n9, which is no node/],
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'splitbrain-hostile-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function moduleOf({ start = '', handler = '', read = '', write = '', state = '' }: Bug): string {
  return `export const bug = {
  name: 'own/bug', datatype: 'register', without: ['cas'],
  claims: [{ model: 'linearizable', under: [], available: 'none', durable: 'no', converges: false, recoversMs: 1000 }],
  async start(node) {
    const values = {};
    const [peer] = node.peers;
    ${start};
    node.on('put', ({ key, value }) => { ${handler}; values[key] = value; return true; });
    return {
      get state() { ${state}; return values; },
      api: {
        async read(_, key) { ${read}; return values[key] ?? null; },
        async write(value, key) {
          ${write};
          values[key] = value;
          await Promise.all(node.peers.map((other) => node.call(other, 'put', { key, value }).catch(() => {})));
          return null;
        },
      },
    };
  },
};`;
}

/** What is said of a run of the system: its error, or its verdict's sentence. */
async function said(system: string, cluster: ClusterName): Promise<string> {
  const options = { durationMs: 400, ratePerSecond: 30, clients: 3, keys: 2 };
  try {
    return (await run({ system, cluster, seed: 1, faults: [], options })).result.says;
  } catch (error) {
    if (error instanceof HarnessFailure) return error.message;
    throw error;
  }
}

it.each(Object.entries(BUGS))('%s', async (name, [bug, says]) => {
  const file = join(folder, `${name.replaceAll(' ', '-')}.mjs`);
  writeFileSync(file, moduleOf(bug));
  const [simulated, real] = await Promise.all([said(`${file}#bug`, 'simulation'), said(`${file}#bug`, 'processes')]);
  expect(simulated).toMatch(says);
  expect(real).toMatch(says);
});
