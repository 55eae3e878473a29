import { analyseRows, type History, historyOf, judge, type Operation, rowRules, type Verdict } from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { chance } from '../oracle/chance.ts';
import { rowModelsThatHold } from './row-definitions.ts';
import { holds, rowHistory } from './row-histories.ts';

const MODELS = Object.keys(rowRules);

/** How many small histories are judged both ways; a longer run is `npm run fuzz -- --only rows`. */
const HISTORIES = 1_500;

/** Models of which the checker and the definition say something else. */
function differences(history: History, held: ReadonlySet<string>, count: Map<string, number>): string[] {
  const said = analyseRows(history);
  const strict = judge(history, { type: 'predicate-registers', model: 'strict-serializable' }).valid;
  const wrong = strict === held.has('strict-serializable') ? [] : [`strict-serializable is ${strict} by search`];
  for (const model of MODELS) {
    const { type } = said(model);
    if (type !== (held.has(model) ? 'valid' : 'invalid')) wrong.push(`${model} is ${type}`);
    count.set(`${model} ${type}`, (count.get(`${model} ${type}`) ?? 0) + 1);
  }
  return wrong;
}

/** Whether what is wrong needs no other operation: a read of what was aborted or replaced. */
const isFound = ({ anomalies }: Invalid): boolean => ['G1a', 'G1b'].includes(anomalies[0].name);

type Invalid = Extract<Verdict, { readonly type: 'invalid' }>;
type Mop = readonly [f: string, what: unknown, value?: unknown];

const mopsOf = (o: Operation) => (o.outcome.type === 'ok' ? o.outcome.output : o.input) as unknown as readonly Mop[];

/** Whether a read may be of a write; one by predicate sees a row that it does not show as one that does not match. */
function maySee([f, what, value]: Mop, [how, key, given]: Mop): boolean {
  const left = how === 'delete' ? undefined : given;
  if (f === 'r') return what === key && (value ?? undefined) === left;
  const shown = (value as Readonly<Record<string, unknown>>)[key as string];
  if (shown !== undefined) return shown === left;
  return left === undefined || !holds(what as 'true', left);
}

/** Some operations, without the reads that may be of the writes of those that are left out. */
function alone(history: History, starts: ReadonlySet<number>): History {
  const isRead = ([f]: Mop): boolean => f === 'r' || f === 'rp';
  const gone = [...history].filter(({ start }) => !starts.has(start));
  const writes = gone.flatMap((one) => mopsOf(one).filter((mop) => !isRead(mop)));
  return historyOf(
    [...history].flatMap((one): Operation[] => {
      if (!starts.has(one.start)) return [];
      if (one.outcome.type !== 'ok') return [one];
      const left = mopsOf(one).filter((mop) => !isRead(mop) || !writes.some((write) => maySee(mop, write)));
      return [{ ...one, input: left, outcome: { type: 'ok', output: left } } as unknown as Operation];
    }),
  );
}

describe('rows read by predicate', () => {
  it('show each cycle, and that there is no order, in operations of which none can be left out', () => {
    let shown = 0;
    for (let seed = 0; seed < 120; seed++) {
      const c = chance(seed);
      const history = rowHistory(c, 4 + c.int(2), { repeats: seed % 4 === 0, mops: 3 });
      const said = analyseRows(history);
      for (const model of MODELS) {
        const verdict = said(model);
        if (verdict.type !== 'invalid' || !verdict.anomalies[0].name.startsWith('G') || isFound(verdict)) continue;
        const named = verdict.anomalies[0].operations;
        for (const gone of named) {
          const held = rowModelsThatHold(alone(history, new Set(named.filter((other) => other !== gone))));
          const where: string = `seed ${seed}, ${model}: without operation ${gone} of ${JSON.stringify(verdict)}`;
          if (held && !held.has(model)) expect.fail(`${where}, in ${JSON.stringify([...history])}`);
          shown++;
        }
      }
    }
    expect(shown).toBeGreaterThan(250);
  });

  it('have the models of their definition', () => {
    const count = new Map<string, number>();
    let tried = 0;
    for (let seed = 0; seed < HISTORIES; seed++) {
      const c = chance(seed);
      const history = rowHistory(c, 3 + c.int(2), { repeats: seed % 4 === 0, mops: 3 });
      const held = rowModelsThatHold(history);
      if (!held) continue;
      tried++;
      expect(differences(history, held, count), `seed ${seed}: ${JSON.stringify([...history])}`).toEqual([]);
    }
    expect(tried).toBeGreaterThan(HISTORIES * 0.8);
    for (const model of MODELS)
      for (const type of ['valid', 'invalid'])
        expect(count.get(`${model} ${type}`), `${model} ${type}`).toBeGreaterThan(10);
  });
});

/** Transactions at the same time. */
function together(...txns: readonly (readonly unknown[])[]) {
  return historyOf(
    txns.map((output, i): Operation => {
      const input = (output as unknown[][]).map((mop) =>
        mop[0] === 'r' || mop[0] === 'rp' ? [mop[0], mop[1], null] : mop,
      );
      const times = { start: i, end: 10 + i, startNs: i, endNs: 10 + i };
      return { process: i, f: 'txn', input, outcome: { type: 'ok', output }, ...times } as unknown as Operation;
    }),
  );
}

describe('a phantom', () => {
  const phantom = together(
    [
      ['rp', ['mod', 2, 1], {}],
      ['insert', 'x', 1],
    ],
    [
      ['rp', ['mod', 2, 1], {}],
      ['insert', 'y', 3],
    ],
  );

  it('is allowed by repeatable read and not by serializability, and the cycle names its rows', () => {
    const { models, anomalies, strongest } = judge(phantom, { type: 'predicate-registers' });
    expect(models).toMatchObject({ 'repeatable-read': true, 'snapshot-isolation': true, serializable: false });
    expect(strongest).toContain('repeatable-read');
    expect(anomalies[0]).toMatchObject({
      name: 'G2',
      operations: [0, 1],
      cycle: [
        { kind: 'rwp', from: 1, to: 0, key: 'x' },
        { kind: 'rwp', from: 0, to: 1, key: 'y' },
      ],
      steps: [
        'operation 1 saw no row x with ["mod",2,1], and operation 0 wrote x = 1',
        'operation 0 saw no row y with ["mod",2,1], and operation 1 wrote y = 3',
      ],
    });
  });

  it('needs rows that match: what the predicate does not ask for is no phantom', () => {
    const apart = together(
      [
        ['rp', ['mod', 2, 0], {}],
        ['insert', 'x', 1],
      ],
      [
        ['rp', ['mod', 2, 0], {}],
        ['insert', 'y', 3],
      ],
    );
    expect(judge(apart, { type: 'predicate-registers', model: 'strict-serializable' }).valid).toBe(true);
  });
});

describe('a read by predicate', () => {
  it('of what was aborted, replaced or never so is named', () => {
    const aborted = historyOf([
      ...together([['rp', 'true', { x: 1 }]]),
      {
        process: 7,
        f: 'txn',
        input: [['insert', 'x', 1]],
        outcome: { type: 'fail', error: 'no' },
        start: 5,
        end: 6,
        startNs: 5,
        endNs: 6,
      } as unknown as Operation,
    ]);
    const names = (history: Parameters<typeof judge>[0], model: string) =>
      judge(history, { type: 'predicate-registers', model }).anomalies.map(({ name }) => name);
    expect(names(aborted, 'read-committed')).toEqual(['G1a']);
    expect(names(aborted, 'read-uncommitted')).toEqual([]);
    const replaced = together(
      [['rp', 'true', { x: 1 }]],
      [
        ['insert', 'x', 1],
        ['w', 'x', 2],
      ],
    );
    expect(names(replaced, 'read-committed')).toEqual(['G1b']);
    expect(names(together([['rp', ['=', 2], { x: 1 }]], [['insert', 'x', 1]]), 'read-uncommitted')).toEqual([
      'garbage-read',
    ]);
    const missed = judge(together([['rp', 'true', {}]]), {
      type: 'predicate-registers',
      initial: { x: 1 },
      model: 'read-uncommitted',
    });
    expect(missed.anomalies.map(({ name }) => name)).toEqual(['predicate-read-miss']);
  });
});
