/**
 * What people reported of libraries of replicated datatypes, told again as histories: what happened, to whom, and what
 * was read in the end. Each is judged as its reporter saw it; where the maintainers answered that it is meant to be so,
 * it is valid. The addresses name the reports.
 */
import { type Api, historyOf, judge, type Operation } from 'elle-ts';
import { describe, expect, it } from 'vitest';

type Call = readonly [node: string, f: string, input: unknown, output?: unknown];

/** The calls one after the other, and then a final read at each node. */
function judged(type: string, calls: readonly Call[], finals: Readonly<Record<string, unknown>>) {
  const last = Object.entries(finals).map(([node, output]): Call => [node, 'read', null, output]);
  const operations = [...calls, ...last].map(([node, f, input, output = null], i) => {
    const times = { start: 2 * i, end: 2 * i + 1, startNs: 2 * i * 1e6, endNs: (2 * i + 1) * 1e6 };
    const final = i >= calls.length ? { final: true } : {};
    return { process: node, node, f, input, outcome: { type: 'ok', output }, ...times, ...final };
  });
  const numbered = operations.map((one) => ({
    ...one,
    process: [...new Set(operations.map(({ node }) => node))].indexOf(one.node),
  }));
  return judge(historyOf(numbered as unknown as Operation<Api>[]), { type });
}

const insert = (node: string, value: unknown, after: unknown): Call => [node, 'insert', { value, after }];

describe('reports of divergence in libraries, as histories', () => {
  it('items stand in another order at the server than at the client (yjs/yjs#699)', () => {
    const calls = [insert('client', 'a', null), insert('server', 'b', null), insert('client', 'c', null)];
    const { valid, anomalies } = judged('list', calls, { client: ['c', 'a', 'b'], server: ['a', 'c', 'b'] });
    expect(valid).toBe(false);
    expect(anomalies.map(({ name }) => name)).toEqual(expect.arrayContaining(['diverged', 'order-cycle']));
  });

  it('two editors begin a document with the same client id, and never see each other (nextcloud/text#5724)', () => {
    const calls = [insert('n1', 'hello', null), insert('n2', 'goodbye', null)];
    const { valid, anomalies } = judged('list', calls, { n1: ['hello'], n2: ['goodbye'] });
    expect(valid).toBe(false);
    expect(anomalies[0]?.name).toBe('diverged');
  });

  it('where an insertion goes depends on the actor, and replicas differ (automerge/automerge-classic#34)', () => {
    const calls = [
      insert('n1', 'one', null),
      ['n2', 'read', null, ['one']] as Call,
      insert('n1', 'two', 'one'),
      insert('n2', 'three', 'one'),
    ];
    const { valid, anomalies } = judged('list', calls, { n1: ['one', 'two', 'three'], n2: ['one', 'three', 'two'] });
    expect(valid).toBe(false);
    expect(anomalies.map(({ name }) => name)).toContain('order-cycle');
  });

  it('an actor id is used again after a document was loaded, so that a change is refused (automerge-classic#145)', () => {
    const calls = [
      insert('n1', 'a', null),
      ['n2', 'read', null, ['a']] as Call,
      ['n1', 'remove', 'a'] as Call,
      insert('n1', 'b', null),
    ];
    const { valid, anomalies } = judged('list', calls, { n1: ['b'], n2: [] });
    expect(valid).toBe(false);
    expect(anomalies[0]?.name).toBe('diverged');
  });

  it('what was typed once is there twice (automerge/automerge#1271)', () => {
    const calls = [insert('n1', 'def', null), insert('n2', 'abc', null)];
    const { valid, anomalies } = judged('list', calls, { n1: ['abc', 'def', 'def'], n2: ['abc', 'def', 'def'] });
    expect(valid).toBe(false);
    expect(anomalies.map(({ name }) => name)).toContain('duplicate');
  });

  it('a list that two set at one key is kept once, with what the other put into his (yjs/yjs#306)', () => {
    const calls = [insert('n1', 'text', null), insert('n2', 'image', null), insert('n2', 'mask', 'image')];
    const { valid, anomalies } = judged('list', calls, { n1: ['text'], n2: ['text'] });
    expect(valid).toBe(false);
    expect(anomalies.map(({ name }) => name)).toContain('lost');
  });

  it('an element that is replaced beside a removal is gone, though its insertion is not (crdt#113)', () => {
    const calls = [
      insert('n1', 'o', null),
      ['n2', 'read', null, ['o']] as Call,
      ['n1', 'remove', 'o'] as Call,
      ['n2', 'remove', 'o'] as Call,
      insert('n2', '0', null),
    ];
    const { valid, anomalies } = judged('list', calls, { n1: [], n2: [] });
    expect(valid).toBe(false);
    expect(anomalies.map(({ name }) => name)).toContain('lost');
  });

  it('what is inserted after an element stands before it (elem-azar-unis/CRDT-Redis#7)', () => {
    const calls = [insert('n1', 'B', null), ['n2', 'read', null, ['B']] as Call, insert('n2', 'A', 'B')];
    const { valid, anomalies } = judged('list', calls, { n1: ['A', 'B'], n2: ['A', 'B'] });
    expect(valid).toBe(false);
    expect(anomalies.map(({ name }) => name)).toContain('order-cycle');
  });

  it('an element that is added again after its removal is there at one replica alone (CRDT-Redis#1)', () => {
    const calls: readonly Call[] = [
      ['n1', 'add', 1],
      ['n1', 'remove', 1],
      ['n2', 'add', 1],
    ];
    const { valid, anomalies } = judged('or-set', calls, { n1: [], n2: [1] });
    expect(valid).toBe(false);
    expect(anomalies[0]?.name).toBe('diverged');
  });

  it('a checkpoint stands for documents that never were copied, which stay missing (apache/pouchdb#1240)', () => {
    const calls: readonly Call[] = [
      ['source', 'add', 1],
      ['source', 'add', 2],
      ['source', 'add', 3],
    ];
    const { valid, anomalies } = judged('or-set', calls, { source: [1, 2, 3], target: [1] });
    expect(valid).toBe(false);
    expect(anomalies[0]?.name).toBe('diverged');
  });

  it('a text that two replace as a whole at the same time is there twice, which is meant (yjs/yjs#364)', () => {
    const calls = [
      insert('n1', 'as it was', null),
      ['n2', 'read', null, ['as it was']] as Call,
      ['n1', 'remove', 'as it was'] as Call,
      ['n2', 'remove', 'as it was'] as Call,
      insert('n1', 'formatted by n1', null),
      insert('n2', 'formatted by n2', null),
    ];
    const final = ['formatted by n2', 'formatted by n1'];
    expect(judged('list', calls, { n1: final, n2: final }).valid).toBe(true);
  });

  it('a key that one removes while another sets it is there, which is meant (automerge-classic#98)', () => {
    const calls: readonly Call[] = [
      ['n1', 'write', 'a'],
      ['n2', 'read', null, 'a'],
      ['n2', 'write', 'dd'],
      ['n1', 'remove', null],
    ];
    expect(judged('lww-map', calls, { n1: 'dd', n2: 'dd' }).valid).toBe(true);
  });

  it('a move that is a removal and an insertion leaves the element twice, which is meant (yjs/yjs#673)', () => {
    const calls = [
      insert('n1', 2, null),
      ['n2', 'read', null, [2]] as Call,
      ['n1', 'remove', 2] as Call,
      ['n2', 'remove', 2] as Call,
      insert('n1', '2, moved by n1', null),
      insert('n2', '2, moved by n2', null),
    ];
    const final = ['2, moved by n1', '2, moved by n2'];
    expect(judged('list', calls, { n1: final, n2: final }).valid).toBe(true);
  });
});
