/** Counterexamples and settings of strangers are refused with the path of what is wrong. */
import { expect, it } from 'vitest';
import { parseCounterexample } from '../../../harness/explore/counterexample.ts';

const EXAMPLE = {
  splitbrain: 1,
  says: 'x',
  anomaly: { name: 'stale-read', message: 'x', steps: [], operations: [0] },
  setting: {
    ...{ system: 'quorum/slide', workload: 'register', cluster: 'simulation', seed: 1, nodes: ['n1', 'n2'] },
    ...{ faults: [], callTimeoutMs: 500 },
    options: { clients: 1, nodes: ['n1', 'n2'], durationMs: 100, ratePerSecond: 1, keys: 1, mix: { read: 1 } },
    plan: {
      calls: [{ id: 1, client: 0, node: 'n1', atMs: 0, f: 'read', key: 'k0', input: null }],
      faults: [{ id: 1, fromMs: 0, toMs: 10, kind: 'crash', targets: ['n2'], disk: 'kept' }],
      links: { seed: 1, calm: true, odd: {} },
    },
  },
  trace: 'x',
  versions: { splitbrain: '0.1.0', node: 'v20' },
  shrunk: { seed: 1, calls: 1, faults: 1, runs: 1, minimal: true },
};

/** The example with the value at a path replaced; `undefined` takes it away. */
function changed(path: string, value: unknown): string {
  const copy = structuredClone(EXAMPLE) as unknown as Record<string, never>;
  const names = path.split('.');
  const last = names.pop()!;
  (names.reduce((of: Record<string, never>, name) => of[name]!, copy) as Record<string, unknown>)[last] = value;
  return JSON.stringify(copy);
}

it('one that is whole is read', () => {
  expect(parseCounterexample(JSON.stringify(EXAMPLE), 'f.json').setting.nodes).toEqual(['n1', 'n2']);
});

it.each([
  ['setting.nodes.1', '../../private/secret', /setting\.nodes\[1\]: a node's name/],
  ['setting.nodes.1', 'n1', /setting\.nodes: two nodes have the name n1/],
  ['setting.options.durationMs', -1, /setting\.options\.durationMs: a number from/],
  ['setting.options.durationMs', 1e300, /setting\.options\.durationMs: a number from/],
  ['setting.plan.calls.0', null, /setting\.plan\.calls\[0\]: an object is needed, not null/],
  ['setting.plan.calls.0.node', 'n9', /setting\.plan\.calls\[0\]\.node: n9 is no node of the cluster/],
  ['setting.plan.calls.0.input', undefined, /setting\.plan\.calls\[0\]\.input: a value/],
  ['setting.plan.faults.0', null, /setting\.plan\.faults\[0\]: an object is needed/],
  ['setting.plan.faults.0.targets', undefined, /setting\.plan\.faults\[0\]: it lacks what a crash fault needs/],
  ['setting.plan.faults.0.targets', ['n9'], /setting\.plan\.faults\[0\]: n9 is no node of the cluster/],
  ['setting.plan.links', undefined, /setting\.plan\.links: an object is needed/],
  ['setting.plan.links.odd', { a: 1 }, /setting\.plan\.links\.odd\.a: a list is needed/],
  ['setting.options', undefined, /setting\.options: an object is needed/],
  ['setting.claims', 3, /setting\.claims: a list is needed/],
  ['versions', undefined, /versions: an object is needed/],
] as const)('%s as %j is refused', (path, value, says) => {
  expect(() => parseCounterexample(changed(path, value), 'f.json')).toThrow(says);
  expect(() => parseCounterexample(changed(path, value), 'f.json')).toThrow(/^f\.json: /);
});
