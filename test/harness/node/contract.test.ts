import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { HarnessFailure } from '../../../harness/failure.ts';
import type { Run } from '../../../harness/judging/result.ts';
import { run } from '../../../harness/running/run.ts';
import { workloads } from '../../../workloads/registry.ts';

const folder = mkdtempSync(join(tmpdir(), 'splitbrain-contract-'));
let files = 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A register on each node's own memory, with some of it replaced. */
function own({ api = '', start = '', returns = 'replica' }): string {
  const file = join(folder, `own-${++files}.mjs`);
  const claim =
    "{ model: 'eventual', under: [], available: 'none', durable: 'no', converges: true, recoversMs: 60000 }";
  writeFileSync(
    file,
    `export const own = { name: 'own', datatype: 'register', without: ['cas'], claims: [${claim}], async start(node) {
      const values = {};
      const replica = { state: {}, api: { read: async (_, key) => values[key] ?? null, write: async () => null, ${api} } };
      ${start}
      return ${returns};
    } };\n`,
  );
  return `${file}#own`;
}

function simulated(system: string): Promise<Run> {
  const options = { durationMs: 1000, ratePerSecond: 40, clients: 4, keys: 2 };
  return run({ system, cluster: 'simulation', faults: [], seed: 1, options });
}

const outcomesOf = ({ history }: Run, f: string) =>
  [...history].filter((operation) => operation.f === f).map(({ outcome }) => outcome);

describe('an operation that fails in its own way is an info, and no verdict is wrong for it', () => {
  it.each([
    ['throws', `write: async () => { throw new Error('no such luck') }`, 'no such luck'],
    ['throws at once', `write() { throw new Error('no such luck') }`, 'no such luck'],
    ['throws nothing', 'write() { throw undefined }', 'undefined'],
    ['hangs', 'write: () => new Promise(() => {})', 'no answer within'],
    ['asks a handler that throws', `write: () => node.call(node.peers[0], 'x', 1, 50)`, 'did not answer x'],
    ['asks what nobody handles', `write: () => node.call(node.peers[0], 'y', 1, 50)`, 'did not answer y'],
    ['sends what is no data', `write: () => node.call(node.peers[0], 'x', () => 1, 50)`, 'only plain JSON'],
  ])('one that %s', async (_, api, says) => {
    const done = await simulated(own({ api, start: `node.on('x', () => { throw new Error('inside') })` }));
    const outcomes = outcomesOf(done, 'write');
    expect(outcomes.length).toBeGreaterThan(5);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ type: 'info', error: expect.stringContaining(says) });
    expect(outcomesOf(done, 'read').some(({ type }) => type === 'ok')).toBe(true);
    expect(done.result.claims.map(({ verdict }) => verdict.type)).toEqual(['valid']);
    expect(done.result.verdict).toBe('unknown');
  });
});

describe('a system that breaks its contract has no verdict, but an error that says where', () => {
  it.each([
    [
      'answers an object',
      { api: 'read: async () => ({ a: 1 })' },
      /own returned \{"a":1\} from read at n\d: a read of a register returns a number, a/,
    ],
    [
      'answers nothing',
      { api: 'read: async () => {}' },
      /own returned nothing from read at n\d: a read of a register returns a number, a/,
    ],
    ['answers not a number', { api: 'read: async () => 0 / 0' }, /own returned NaN from read at n\d/],
    ['answers a function', { api: 'read: async () => () => 1' }, /own returned .* from read at n\d: .*plain JSON/],
    ['answers a map', { api: 'read: async () => new Map()' }, /own returned .* from read at n\d: .*not a Map/],
    ['lacks a function', { api: 'write: undefined' }, /own has no function write at n\d: .*without: \['write'\]/],
    ['starts without a replica', { returns: 'undefined' }, /own started on n1 without a replica/],
    ['starts without an api', { returns: '{ state: {} }' }, /own started on n1 without a replica/],
    ['cannot start', { start: `throw new Error('no disk')` }, /own failed to start on n1: no disk \(at /],
    ['never starts', { start: 'await new Promise(() => {})' }, /own did not become ready on n1 within 30000 ms/],
    [
      'has a state that is no data',
      { returns: '{ ...replica, state: { f() {} } }' },
      /state of own at n1 .*not a function/,
    ],
    ['asks a node that is not there', { api: `write: () => node.call('n9', 'x')` }, /sent x to n9, which is no node/],
  ])('one that %s', async (_, parts, says) => {
    const broken = simulated(own(parts));
    await expect(broken).rejects.toThrow(says);
    await expect(broken).rejects.toBeInstanceOf(HarnessFailure);
  });

  it('one that leaves a rejected promise unhandled, which would end a process', async () => {
    const system = own({ api: `write: async () => { void Promise.reject(new Error('a stray one')); return null; }` });
    const args = ['run', '--system', system, '--cluster', 'simulation', '--faults', 'none', '--time', '1s'];
    const { stderr, exitCode } = await execa('node', ['bin.mjs', ...args, '--out', join(folder, 'out')], {
      reject: false,
    });
    expect(stderr).toMatch(/own left a rejected promise unhandled \(after op \d+\): a stray one \(at /);
    expect(exitCode).toBe(255);
  });

  it.each([
    ['answers an object', { api: 'read: async () => ({ a: 1 })' }, /own returned \{.*\} from read at n\d/],
    ['answers nothing', { api: 'read: async () => {}' }, /own returned nothing from read at n\d/],
    ['lacks a function', { api: 'write: undefined' }, /own has no function write/],
  ])('one that %s, as a process', async (_, parts, says) => {
    const options = { durationMs: 1000, ratePerSecond: 40, clients: 4, keys: 2 };
    const system = own(parts);
    await expect(run({ system, cluster: 'processes', faults: [], seed: 1, options })).rejects.toThrow(says);
  });
});

/** A value that no function of the datatype returns, by datatype, function and workload. */
const ODD: readonly (readonly [datatype: string, f: string, odd: string, workload?: string])[] = [
  ['register', 'read', '[1]'],
  ['queue', 'dequeue', '{ odd: 1 }'],
  ['log', 'poll', '7'],
  ['cache', 'get', '["odd"]'],
  ['lease-lock', 'acquire', '"odd"'],
  ['unique-ids', 'generate', 'null'],
  ['set', 'read', '5'],
  ['set-full', 'read', '5'],
  ['or-set', 'read', '{ value: 1, version: 2 }'],
  ['g-counter', 'read', '"three"'],
  ['pn-counter', 'read', 'null'],
  ['lww-register', 'read', '[]'],
  ['lww-map', 'read', '{}'],
  ['mv-register', 'read', '1'],
  ['list', 'read', '"text"'],
  ['siblings', 'read', '[]'],
  ['session-register', 'read', '1'],
  ['transactions', 'txn', '5', 'rw-register'],
  ['transactions', 'txn', '[]', 'rw-register'],
  ['transactions', 'txn', '[]', 'list-append'],
  ['transactions', 'txn', "input.filter(([kind]) => kind === 'r')", 'rw-register'],
  ['transactions', 'txn', "input.filter(([kind], i) => kind === 'r' || i % 2 === 0).slice(0, -1)", 'list-append'],
];

/** A system whose functions all return what they should, or null, but for one. */
function odd(datatype: string, f: string, value: string): string {
  const file = join(folder, `own-${++files}.mjs`);
  const claims =
    "[{ model: MODEL, under: ['partition'], available: 'none', durable: 'no', converges: false, recoversMs: 60000 }]";
  const model = workloads.find((workload) => workload.datatype === datatype)?.checkers[0]?.name;
  writeFileSync(
    file,
    `const known = { read: async () => null };
    export const own = { name: 'own', datatype: '${datatype}', claims: ${claims.replace('MODEL', `'${model}'`)}, async start() {
      const api = new Proxy({ ${f}: async (input) => (${value}) }, { get: (own, name) => own[name] ?? (async () => null) });
      return { state: {}, api };
    } };\n`,
  );
  return `${file}#own`;
}

describe('what a datatype cannot return is an error, never an accusation', () => {
  it.each(ODD.map((row) => ({ row })))('$row', async ({ row: [datatype, f, value, workload] }) => {
    const keys = datatype === 'unique-ids' ? {} : { keys: 2 };
    const options = { durationMs: 1000, ratePerSecond: 100, clients: 4, ...keys };
    const setting = { system: odd(datatype, f, value), ...(workload ? { workload } : {}), options };
    const broken = run({ ...setting, cluster: 'simulation', faults: [], seed: 1 });
    await expect(broken).rejects.toBeInstanceOf(HarnessFailure);
    await expect(broken).rejects.toThrow(new RegExp(`own returned .* from \\w+ at n\\d: an? \\w+ of an? ${datatype} `));
  });

  it.each([
    ['list-append', '7', /own returned what it cannot at n\d: .* reads a list or null, and not 7 of key/],
    ['rw-register', '[7]', /own returned what it cannot at n\d: .* reads a single value or null, and not \[7\] of key/],
  ])('a transaction of a %s whose read returns %s', async (workload, value, says) => {
    const filled = `input.map((mop) => (mop[0] === 'r' ? ['r', mop[1], ${value}] : mop))`;
    const options = { durationMs: 1000, ratePerSecond: 100, clients: 4, keys: 2 };
    const setting = { system: odd('transactions', 'txn', filled), workload, options };
    await expect(run({ ...setting, cluster: 'simulation', faults: [], seed: 1 })).rejects.toThrow(says);
  });

  it('an update that returns false did not happen', async () => {
    const { history } = await simulated(own({ api: 'write: async () => false' }));
    const outcomes = [...history].filter(({ f }) => f === 'write').map(({ outcome }) => outcome);
    expect(outcomes.length).toBeGreaterThan(5);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ type: 'fail', error: 'refused' });
  });

  it('an output of millions of values is refused in words', async () => {
    const large = simulated(own({ api: 'read: async () => Array.from({ length: 2e6 }, () => 1)' }));
    await expect(large).rejects.toThrow(/from read at n\d: more than 1000000 values/);
  });
});
