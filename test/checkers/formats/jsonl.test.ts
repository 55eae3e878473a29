import {
  completionLine,
  HistoryError,
  historyOf,
  historyReader,
  invocationLine,
  NEVER,
  nemesisLine,
  type Operation,
  prepare,
  readHistory,
} from 'elle-ts';
import { describe, expect, it } from 'vitest';

/** Any functions at all. */
type Anything = Record<string, (input: unknown) => unknown>;

/** The lines of a history as the recorder writes them: each event on its own line, in the order of the indices. */
function linesOf(operations: readonly Operation<Anything>[]): string {
  const events = operations.flatMap((o) => {
    const begun: [number, string] = [o.start, invocationLine(o.start, o.startNs, o.process, o)];
    const index = o.end === NEVER ? o.start + 1000 : o.end;
    return [begun, [index, completionLine(index, o.endNs, o.process, o, o.outcome)] as [number, string]];
  });
  return events
    .sort(([a], [b]) => a - b)
    .map(([, line]) => `${line}\n`)
    .join('');
}

const call = { node: 'n1', startNs: 0, endNs: 5 };
const operations = [
  { ...call, process: 0, f: 'write', key: 'x', input: 3, outcome: { type: 'ok', output: null }, start: 0, end: 2 },
  {
    ...call,
    process: 1,
    f: 'read',
    key: 'a "quoted" key, and longer',
    input: null,
    outcome: { type: 'ok', output: 'é' },
    start: 1,
    end: 3,
  },
  {
    ...call,
    process: 0,
    f: 'cas',
    key: 'x',
    input: [3, 4],
    outcome: { type: 'fail', error: 'mismatch' },
    start: 4,
    end: 5,
  },
  {
    ...call,
    process: 1,
    f: 'txn',
    input: [
      ['r', 'x', null],
      ['append', 1, 2],
    ],
    outcome: {
      type: 'ok',
      output: [
        ['r', 'x', [1]],
        ['append', 1, 2],
      ],
    },
    start: 6,
    end: 8,
  },
  {
    ...call,
    process: 0,
    f: 'add',
    input: { deep: [1.5, -2e-7] },
    outcome: { type: 'ok', output: null },
    start: 7,
    end: 9,
  },
  { ...call, process: 2, f: 'double', input: 2, outcome: { type: 'ok', output: 4 }, start: 10, end: 11 },
  {
    ...call,
    process: 2,
    f: 'write',
    key: 'x',
    input: 'a string of more than thirteen characters',
    outcome: { type: 'info', error: 'timeout' },
    start: 12,
    end: NEVER,
  },
  // The last round: a line of the fast reader, one of the general reader, and one without a completion.
  ...[{ type: 'ok', output: 4 } as const, { type: 'ok', output: 'a "quote"' } as const].map((outcome, i) => {
    return {
      ...call,
      process: 3 + i,
      f: 'read',
      key: 'x',
      input: null,
      outcome,
      start: 13 + i,
      end: 16 + i,
      final: true,
    };
  }),
  {
    ...call,
    process: 5,
    f: 'read',
    key: 'x',
    input: null,
    outcome: { type: 'fail', error: 'no' },
    start: 15,
    end: 18,
    final: true,
  },
] as Operation<Anything>[];

function problem(text: string): HistoryError {
  try {
    readHistory(text);
  } catch (error) {
    if (error instanceof HistoryError) return error;
    throw error;
  }
  throw new Error('was read without a complaint');
}

/** A completion that says nothing repeats the input: what that means is the datatype's to say. */
const asWritten = operations.map((operation) =>
  operation.outcome.type === 'ok' && operation.outcome.output === null
    ? { ...operation, outcome: { type: 'ok' as const, output: operation.input } }
    : operation,
);

describe('JSON lines', () => {
  it('come back as they were written', () => {
    const { history, notes, format } = readHistory(linesOf(operations));
    expect({ notes, format }).toEqual({ notes: [], format: 'jsonl' });
    expect([...history]).toEqual([...historyOf<Anything>(asWritten)]);
  });

  it('keep the mark of a final read, whichever of its lines has it', () => {
    const text = linesOf(operations);
    const marked = operations.flatMap(({ final }, row) => (final ? [row] : []));
    for (const type of ['invoke', 'ok|fail|info']) {
      const other = new RegExp(`^(.*"type":"(?:${type})".*),"final\\?":true`, 'gm');
      const { history } = readHistory(text.replace(other, '$1'));
      expect([...history.columns.final]).toEqual(marked);
    }
  });

  it('are the same history however the text is cut into chunks, with carriage returns or without', () => {
    const text = linesOf(operations);
    for (const whole of [text, text.replaceAll('\n', '\r\n'), text.trimEnd()])
      for (const size of [1, 2, 7, 64, 1000]) {
        const reader = historyReader('jsonl');
        for (let at = 0; at < whole.length; at += size) reader.push(whole.slice(at, at + size));
        expect([...reader.end().history]).toEqual([...historyOf<Anything>(asWritten)]);
      }
  });

  it('keep the nemesis apart from clients', () => {
    const event = { index: 0, timeNs: 7, f: 'begin', value: { fault: { kind: 'crash' } } };
    const { history } = readHistory(`${nemesisLine(event)}\n`);
    expect(history.length).toBe(0);
    expect(history.nemesis).toEqual([event]);
  });

  it('leave an operation without a completion open for ever', () => {
    const { history } = readHistory(`${invocationLine(0, 0, 3, { f: 'write', key: 'x', input: 1 })}\n`);
    expect(history.operation(0)).toMatchObject({ end: NEVER, outcome: { type: 'info' } });
  });

  it('may be cut off at any byte: the history ends before the cut line, and that is said', () => {
    const text = linesOf(operations.slice(0, 3));
    for (let length = 1; length < text.length; length++) {
      const { history, notes } = readHistory(text.slice(0, length));
      const complete = text.slice(0, length).split('\n').length - 1;
      const cut = text[length] !== '\n' && text[length - 1] !== '\n';
      expect(notes).toEqual(cut ? [`line ${complete + 1} is cut off: the history ends before it`] : []);
      expect(history.length).toBeLessThanOrEqual(3);
    }
  });

  it('take a number that no double holds by its digits and refuse what is larger than any number', () => {
    const line = (value: string): string =>
      `{"process":0,"type":"invoke","f":"write","value":${value}}\n{"process":0,"type":"ok","f":"write","value":${value}}\n`;
    expect(readHistory(line('9007199254740993')).history.operation(0).input).toBe('9007199254740993');
    expect(readHistory(line('9007199254740991')).history.operation(0).input).toBe(9007199254740991);
    expect(readHistory(line('"9007199254740993 \\" 12345678901234567890"')).history.operation(0).input).toBe(
      '9007199254740993 " 12345678901234567890',
    );
    expect(readHistory(line('0.12345678901234567890')).history.operation(0).input).toBe('0.1234567890123456789');
    expect(readHistory(line('0.12345678901234568')).history.operation(0).input).toBe(0.12345678901234568);
    expect(problem(line('1e999'))).toMatchObject({ line: 1, reason: expect.stringContaining('1e999 is out of range') });
  });

  it('read a time since 1970 in nanoseconds, which no double holds exactly', () => {
    const line = '{"process":0,"time":1732212312345678901,"type":"invoke","f":"read","value":null}\n';
    expect(readHistory(line).history.operation(0).startNs).toBe(Number('1732212312345678901'));
  });

  it('without any invocation claim no order in time, and are named by their completions', () => {
    const text = '{"process":0,"type":"ok","f":"write","value":1}\n{"process":1,"type":"ok","f":"read","value":1}\n';
    const { history } = readHistory(text);
    expect(history.realTime).toBe(false);
    expect([...prepare(history).history]).toMatchObject([
      { start: 0, end: 1, f: 'write', input: 1, outcome: { type: 'ok', output: null } },
      { start: 2, end: 3, f: 'read', input: null, outcome: { type: 'ok', output: 1 } },
    ]);
  });

  it('without any invocation put what is marked as final after all else', () => {
    const text = '{"type":"ok","f":"read","value":1,"final?":true}\n{"type":"ok","f":"add","value":1}\n';
    expect([...readHistory(text).history]).toMatchObject([
      { start: 0, end: 1, f: 'add' },
      { start: 2, end: 3, f: 'read', final: true },
    ]);
  });

  it('shorten the micro-operations that Knossos writes in full', () => {
    const text = '{"process":0,"type":"invoke","f":"txn","value":[["read","x",null],["write","y",2]]}\n';
    expect(readHistory(text).history.operation(0).input).toEqual([
      ['r', 'x', null],
      ['w', 'y', 2],
    ]);
  });

  it('without processes make each operation a process of its own', () => {
    const text = [
      '{"type":"invoke","f":"write","value":1}',
      '{"type":"invoke","f":"write","value":2}',
      '{"type":"ok","f":"write","value":1}',
      '{"type":"ok","f":"write","value":2}',
    ].join('\n');
    expect([...readHistory(text).history]).toMatchObject([
      { process: 0, start: 0, end: 2 },
      { process: 1, start: 1, end: 3 },
    ]);
  });
});

describe('a broken line of JSON', () => {
  const good = '{"index":0,"time":0,"process":0,"type":"invoke","f":"write","key":"x","value":1}\n';
  const cases: Record<string, [text: string, line: number, reason: RegExp]> = {
    'is named with its number': [`${good}{"index":1, oops}\n${good}`, 2, /^not JSON/],
    'that is last and whole is no cut line': [`${good}{"index":1 oops}`, 2, /^not JSON/],
    'names a process that does two things at once': [
      `${good}{"index":1,"time":0,"process":0,"type":"invoke","f":"read","key":"x","value":null}\n`,
      2,
      /process 0 invokes read while its write of index 0 is still open/,
    ],
    'names a completion of nothing that names no function': [
      `${good}{"index":1,"time":0,"process":1,"type":"ok","value":1}\n`,
      2,
      /process 1 completes a call that it never invoked, and names no function/,
    ],
    'names a completion of something else': [
      `${good}{"index":1,"time":0,"process":0,"type":"ok","f":"read","value":1}\n`,
      2,
      /process 0 invoked write but completes read/,
    ],
    'names an index that goes back': [
      `${good}${good.replace('"process":0', '"process":1')}`,
      2,
      /index 0 does not follow 0/,
    ],
    'names an index that jumps': [`${good}${good.replace('"index":0', '"index":2000000000')}`, 2, /too far/],
    'names an unknown type': [
      '{"process":0,"type":"invoked","f":"read"}\n',
      1,
      /"type" is invoke, ok, fail or info, not "invoked"/,
    ],
    'names a process that is none': ['{"process":1.5,"type":"invoke","f":"read"}\n', 1, /"process" is a whole number/],
    'names a line that is no map': [`${good}[1]\n`, 2, /an operation is a map, not \[1\]/],
    'names garbage': ['\u0001\u0002 nothing of the kind', 1, /no format known|in no format/],
  };
  for (const [name, [text, line, reason]] of Object.entries(cases))
    it(name, () => {
      expect(problem(text)).toMatchObject({ line, reason: expect.stringMatching(reason) });
    });
});
