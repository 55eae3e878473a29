import { type Anomaly, explain, judge, readHistory } from 'elle-ts';
import { describe, expect, it } from 'vitest';

function drawn(lines: readonly string[], anomaly?: Partial<Anomaly>): string {
  const { history } = readHistory(lines.join('\n'));
  const found = anomaly
    ? { name: 'some-anomaly', message: 'Something is wrong.', steps: [], operations: [], ...anomaly }
    : judge(history).anomalies[0];
  if (!found) throw new Error('nothing is wrong with this history');
  return explain(history, found);
}

describe('an anomaly drawn as text', () => {
  it('shows intervals by process on one axis: heavy what proves it, light what else happened on the key meanwhile', () => {
    const text = drawn(
      [
        '{"process":0,"type":"invoke","f":"write","key":"x","value":1}',
        '{"process":1,"type":"invoke","f":"read","key":"x","value":null}',
        '{"process":0,"type":"ok","f":"write","key":"x","value":1}',
        '{"process":2,"type":"invoke","f":"write","key":"y","value":9}',
        '{"process":0,"type":"invoke","f":"cas","key":"x","value":[1,2]}',
        '{"process":1,"type":"ok","f":"read","key":"x","value":1}',
        '{"process":0,"type":"ok","f":"cas","key":"x","value":[1,2]}',
        '{"process":3,"type":"invoke","f":"write","key":"x","value":5}',
        '{"process":1,"type":"invoke","f":"read","key":"x","value":null}',
        '{"process":1,"type":"ok","f":"read","key":"x","value":1}',
      ],
      { operations: [0, 4, 8], steps: ['One step.', 'And another.'] },
    );
    expect(`\n${text}\n`).toBe(`
some-anomaly: Something is wrong.

process 0  ┝━ w x=1 ━┥  ┝━ cas x 1→2 ━┥
process 1     ├── r x=1 ───┤                ┝━ r x=1 ━┥
process 3                                ├─────── w x=5 ───────┄

One step.
And another.
`);
  });

  it('shows transactions as a cycle, with the reason on each edge', () => {
    const text = drawn(
      [
        '{"process":0,"type":"invoke","f":"txn","value":[["r","x",null],["append","y",1]]}',
        '{"process":1,"type":"invoke","f":"txn","value":[["r","y",null],["append","x",1]]}',
        '{"process":0,"type":"ok","f":"txn","value":[["r","x",[]],["append","y",1]]}',
        '{"process":1,"type":"ok","f":"txn","value":[["r","y",[]],["append","x",1]]}',
        '{"process":2,"type":"invoke","f":"txn","value":[["r","x",null]]}',
        '{"process":2,"type":"ok","f":"txn","value":[["r","x",[1]]]}',
      ],
      {
        operations: [0, 1, 4],
        cycle: [
          { from: 0, to: 1, kind: 'rw', key: 'x', why: 'T1 read x = [], without 1, which T2 appended', via: [4] },
          { from: 1, to: 0, kind: 'rw', key: 'y', why: 'T2 read y = [], without 1, which T1 appended' },
        ],
      },
    );
    expect(`\n${text}\n`).toBe(`
some-anomaly: Something is wrong.

T1  r x=[] a y=1   (operation 0, process 0)
 │  T1 read x = [], without 1, which T2 appended
 ▼
T2  r y=[] a x=1   (operation 1, process 1)
 │  T2 read y = [], without 1, which T1 appended
 ▼
T1  (again)

r x=[1]   (operation 4, process 2)
`);
  });

  it('draws transactions that are no cycle as intervals, however many steps there are', () => {
    const text = drawn(
      [
        '{"process":0,"type":"invoke","f":"txn","value":[["append","x",1]]}',
        '{"process":0,"type":"fail","f":"txn","value":[["append","x",1]]}',
        '{"process":1,"type":"invoke","f":"txn","value":[["r","x",null]]}',
        '{"process":1,"type":"ok","f":"txn","value":[["r","x",[1]]]}',
      ],
      { operations: [0, 2], steps: ['operation 0 appended 1 and failed', 'operation 2 read it'] },
    );
    expect(text).not.toContain('▼');
    expect(text).toContain('━ r x=[1] ━');
  });

  it('shows what is proved without operations as its sentences', () => {
    expect(drawn([], { steps: ['It was so.'] })).toBe('some-anomaly: Something is wrong.\nIt was so.');
  });

  it('labels operations of every datatype shortly, and shortens long values', () => {
    const label = (f: string, input: string, output: string, key = ''): string => {
      const event = (type: string, value: string): string =>
        `{"process":0,"type":"${type}","f":"${f}"${key},"value":${value}}`;
      const lines = drawn([event('invoke', input), event('ok', output)], { operations: [0] }).split('\n');
      return (lines[2] as string).replace(/^process 0 {2}┝━+ | ━+┥$/g, '');
    };
    expect(label('enqueue', '3', '3')).toBe('enqueue 3');
    expect(label('dequeue', 'null', '3', ',"key":"q"')).toBe('dequeue q=3');
    expect(label('contains', '3', 'true')).toBe('contains 3→true');
    expect(label('acquire', 'null', 'null')).toBe('acquire');
    expect(label('read', 'null', 'null')).toBe('r ∅');
    expect(label('read', 'null', '[1,2]')).toBe('r [1 2]');
    expect(label('transfer', '{"from":0,"to":1,"amount":5}', 'null')).toBe('transfer from 0, to 1, amount 5');
  });

  it('never fails on an anomaly of a real history', () => {
    const lines = Array.from({ length: 40 }, (_, at) => [
      `{"process":${at % 7},"type":"invoke","f":"${at % 3 ? 'read' : 'write'}","value":${at % 3 ? 'null' : at}}`,
      `{"process":${at % 7},"type":"${at % 5 ? 'ok' : 'info'}","f":"${at % 3 ? 'read' : 'write'}","value":${at % 3 ? (at * 7) % 12 : at}}`,
    ]).flat();
    const { history } = readHistory(lines.join('\n'));
    const { anomalies } = judge(history);
    expect(anomalies.length).toBeGreaterThan(0);
    for (const anomaly of anomalies) expect(explain(history, anomaly).split('\n').length).toBeGreaterThan(2);
  });
});
