import { type Checker, datatypes, HistoryError, judge, modelNames, readHistory } from 'elle-ts';
import { describe, expect, it } from 'vitest';

/** A history in a line an operation: `0 write x 1`, `1 read x null -> 2`, `2 add 3 info`, one after another. */
function historyOf(...operations: string[]) {
  const events = operations.flatMap((operation, at) => {
    const [call, output] = operation.split(' -> ') as [string, string | undefined];
    const [process, f, ...rest] = call.split(' ') as [string, string, ...string[]];
    const type = rest.at(-1) === 'info' || rest.at(-1) === 'fail' ? rest.pop() : 'ok';
    const value = rest.pop() ?? 'null';
    const key = rest.length > 0 ? `,"key":"${rest.join(' ')}"` : '';
    const line = (kind: string, index: number, what: string): string =>
      `{"index":${index},"process":${process},"type":"${kind}","f":"${f}"${key},"value":${what}}\n`;
    return [line('invoke', 2 * at, value), line(type as string, 2 * at + 1, output ?? value)];
  });
  return readHistory(events.join('')).history;
}

describe('the datatype of a history', () => {
  const examples: Record<string, string[]> = {
    register: ['0 write x 1', '0 cas x [1,2]'],
    kv: ['0 put x "a"', '0 get x null -> "a"'],
    'list-append': ['0 txn [["append","x",1],["r","y",null]] -> [["append","x",1],["r","y",[]]]'],
    'predicate-registers': ['0 init {"x":0}', '0 txn [["rp",["=",0],null]] -> [["rp",["=",0],{"x":0}]]'],
    log: ['0 send [["send","x",1]] -> [["send","x",[0,1]]]'],
    'long-fork': ['0 write [["w",1,1]]', '1 read [["r",1,null],["r",2,null]] -> [["r",1,1],["r",2,null]]'],
    'causal-reverse': ['0 write 1', '0 read null -> [1]'],
    bank: ['0 transfer {"from":0,"to":1,"amount":2}', '0 read null -> {"0":8,"1":12}'],
    counter: ['0 add 3', '0 read null -> 3'],
    set: ['0 add 3', '0 read null -> [3]'],
    'set-full': ['0 add 3', '0 read null -> [3]', '0 read null -> [3]'],
    'lin-set': ['0 add 3', '0 remove 3', '0 contains 3 -> false'],
    queue: ['0 enqueue 3', '0 dequeue null -> 3'],
    'total-queue': ['0 enqueue 3', '0 drain null -> [3]'],
    stack: ['0 push 3', '0 pop null -> 3'],
    mutex: ['0 acquire null', '0 release null'],
    'unique-ids': ['0 generate null -> 7'],
    cache: ['0 set x 1', '0 get x null -> 1', '0 invalidate x null'],
    g2: ['0 insert [1,[1,null]]'],
  };
  for (const [type, operations] of Object.entries(examples))
    it(`is told by its functions and values: ${type}`, () => {
      expect(judge(historyOf(...operations)).type).toBe(type);
    });

  it('can be named, by its aliases too, against what would be detected', () => {
    const history = historyOf('0 enqueue 3', '1 enqueue 4', '0 dequeue null -> 4');
    expect(judge(history)).toMatchObject({ type: 'queue', valid: false });
    expect(judge(history, { type: 'unordered-queue' })).toMatchObject({ type: 'unordered-queue', valid: true });
    expect(judge(history, { type: 'fifo-queue' }).type).toBe('queue');
  });

  it('is refused where no datatype, or not the one named, has the functions', () => {
    expect(() => judge(historyOf('0 frobnicate 1'))).toThrow(HistoryError);
    expect(() => judge(historyOf('0 frobnicate 1'))).toThrow(/no datatype has the functions frobnicate/);
    expect(() => judge(historyOf('0 write x 1', '0 push 2'), { type: 'register' })).toThrow(
      /the operation of index 2 is a "push", and a register has only read, write, cas/,
    );
    expect(() => judge(historyOf('0 write x 1', '0 cas x 5'))).toThrow(
      'the operation of index 2: a cas of a register takes [old, new], and not 5',
    );
    expect(() => judge(historyOf('0 push 1'), { initial: 5 })).toThrow(/initial value of a stack is a list, and not 5/);
    expect(() => judge(historyOf('0 write x 1'), { type: 'registre' })).toThrow(RangeError);
    expect(() => judge(historyOf('0 write x 1'), { model: 'bank' })).toThrow(/a register is not judged against "bank"/);
  });

  it('of an empty history does not matter', () => {
    expect(judge(historyOf())).toMatchObject({ valid: true, count: 0, anomalies: [] });
    for (const { name } of datatypes) expect(judge(historyOf(), { type: name }).count).toBe(0);
  });
});

describe('a judgement', () => {
  it('of a linearizable history says that all weaker models hold, and needs no reason', () => {
    const { valid, models, strongest, reason } = judge(historyOf('0 write x 1', '1 read x null -> 1'));
    expect({ valid, strongest, reason }).toEqual({ valid: true, strongest: ['linearizable'], reason: undefined });
    expect(new Set(Object.values(models))).toEqual(new Set([true]));
  });

  it('names the strongest model that holds, and a witness for each next stronger one that does not', () => {
    // Process 1 reads what was overwritten long ago: stale, but possible if messages to it were late.
    const judgement = judge(historyOf('0 write x 1', '0 write x 2', '1 read x null -> 1'));
    expect(judgement).toMatchObject({ type: 'register', model: 'linearizable', valid: false });
    expect(judgement.models).toMatchObject({ linearizable: false, causal: true, 'read-your-writes': true });
    expect(judgement.strongest).not.toContain('CC');
    expect(judgement.reason).toMatch(/^holds: .*; not linearizable because process 1 read/);
    expect(judgement.anomalies.length).toBeGreaterThan(0);
  });

  it('never lets a stronger model hold where a weaker one does not', () => {
    const judgement = judge(
      historyOf('0 write x 1', '0 read x null -> null', '1 read x null -> 1', '1 read x null -> null'),
    );
    expect(judgement.models).toMatchObject({
      linearizable: false,
      causal: false,
      'read-your-writes': false,
      'monotonic-reads': false,
    });
  });

  it('is about one model where one is named, in any spelling', () => {
    const history = historyOf('0 write x 1', '0 write x 2', '1 read x null -> 1');
    expect(judge(history, { model: 'Linearizable' })).toMatchObject({
      valid: false,
      models: { linearizable: false },
      strongest: [],
    });
    expect(judge(history, { model: 'CCv' })).toMatchObject({
      model: 'causal',
      valid: true,
      models: { causal: true },
      strongest: ['causal'],
    });
    const lists = historyOf('0 txn [["append","x",1]]');
    expect(judge(lists, { model: 'PL-3' })).toMatchObject({ model: 'serializable', valid: true });
  });

  it('says unknown, and what ran out, where the budget is too small', () => {
    const concurrent = Array.from(
      { length: 40 },
      (_, at) => `{"process":${at},"type":"invoke","f":"write","value":${at % 3}}\n`,
    );
    const ended = Array.from(
      { length: 40 },
      (_, at) => `{"process":${at},"type":"ok","f":"write","value":${at % 3}}\n`,
    );
    const read = '{"process":99,"type":"invoke","f":"read"}\n{"process":99,"type":"ok","f":"read","value":7}\n';
    const { history } = readHistory([...concurrent, ...ended, read.replace('7', '1'), read.replace('7', '2')].join(''));
    const judgement = judge(history, { model: 'linearizable', budget: 10 });
    expect(judgement).toMatchObject({ valid: 'unknown', reason: expect.stringMatching(/step/), anomalies: [] });
  });

  it('judges from the initial value, and takes a read of null as a read of nothing known only where it is told so', () => {
    const history = historyOf('1 read x null -> 0', '1 read x null -> null', '0 write x 1', '1 read x null -> 1');
    expect(judge(history).valid).toBe(false);
    expect(judge(history, { initial: 0 }).valid).toBe(false);
    expect(judge(history, { initial: 0, nullReads: 'unknown' }).valid).toBe(true);
  });
});

describe('the registry', () => {
  it('has a checker for every model of every datatype, and each datatype has its own model', () => {
    for (const { name, model, models, functions } of datatypes) {
      expect(Object.keys(models), name).toContain(model);
      expect(Object.keys(functions).length, name).toBeGreaterThan(0);
      for (const make of Object.values(models)) {
        const checker: Checker = make({});
        expect(checker.name).toBeTypeOf('string');
        expect(['valid', 'unknown']).toContain(checker.check(historyOf()).type);
      }
    }
  });

  it('gives every datatype a name of its own', () => {
    const names = datatypes.flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('knows the models of one datatype or of all', () => {
    expect(modelNames('register')).toContain('causal');
    expect(modelNames('register')).not.toContain('snapshot-isolation');
    expect(modelNames()).toEqual(expect.arrayContaining(['linearizable', 'snapshot-isolation', 'bank', 'PL-3']));
  });
});
