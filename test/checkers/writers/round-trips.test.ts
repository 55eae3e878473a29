/** A history that was written in another tool's format is read as it was, or refused in words. */
import {
  ArgumentError,
  datatypes,
  type History,
  historyOf,
  type Operation,
  readHistory,
  type Writer,
  type Written,
  writers,
} from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { chance } from '../oracle/chance.ts';
import { historyOfType } from '../oracle/every-datatype.ts';

const HISTORIES = 10;

interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid?: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What a trace says, read as its format's page says: complete events with microseconds, and their arguments. */
function readTrace(text: string): History {
  const { traceEvents } = JSON.parse(text) as { traceEvents: readonly TraceEvent[] };
  const names = new Map(traceEvents.flatMap(({ ph, pid, args }) => (ph === 'M' ? [[pid, args.name]] : [])) as never);
  return historyOf(
    traceEvents
      .filter(({ ph }) => ph === 'X')
      .map(({ pid, tid, ts, dur, args }) => {
        const { start, end, f, key, node, input, type, output, error, partial, final, startNs, endNs, process } = args;
        expect({ pid, tid, ts }).toEqual({ pid: expect.any(Number), tid: process, ts: (startNs as number) / 1000 });
        expect(dur).toBeGreaterThanOrEqual(0);
        expect(names.get(pid)).toBe(node ?? 'elsewhere');
        const outcome =
          type === 'ok' ? { type, output } : { type, error, ...(partial === undefined ? {} : { partial }) };
        const named = { ...(key === undefined ? {} : { key }), ...(node === undefined ? {} : { node }) };
        const times = { startNs, endNs: endNs ?? Number.POSITIVE_INFINITY };
        const ends = { start, end: end ?? Number.MAX_SAFE_INTEGER, ...times };
        return { process, f, input, outcome, ...named, ...ends, ...(final ? { final } : {}) } as unknown as Operation;
      }),
  );
}

const said = ({ input, outcome, ...rest }: Operation): unknown => {
  const value = outcome.type === 'ok' ? outcome.output : outcome.partial;
  const error = outcome.type === 'ok' ? undefined : outcome.error;
  return {
    ...rest,
    endNs: 0,
    startNs: Math.round(rest.startNs),
    input: input ?? null,
    type: outcome.type,
    error,
    value: value ?? input ?? null,
  };
};

/** Of each function the calls and what was observed, which is what Porcupine has. */
const bare = ({ f, key, input, outcome }: Operation): unknown => {
  const observed = (f === 'read' || f === 'get') && outcome.type === 'ok' ? (outcome.output ?? null) : null;
  return { f, key, input: input ?? null, type: outcome.type, observed };
};

/** Whether the history was written and read as it was; false where the format refused it. */
function roundTrip({ name, write }: Writer, history: History, what: string): boolean {
  let written: Written;
  try {
    written = write(history);
  } catch (error) {
    if (error instanceof ArgumentError) return false;
    throw error;
  }
  const { text, notes } = written;
  const back = name === 'perfetto' ? readTrace(text) : readHistory(text).history;
  if (name !== 'porcupine-json') {
    expect([...back].map(said), what).toEqual([...history].map(said));
    return true;
  }
  const kept = [...history].filter(({ outcome }) => outcome.type !== 'fail');
  expect([...back].map(bare), what).toEqual(kept.map(bare));
  expect(notes.some((note) => note.includes('failed'))).toBe(kept.length < history.length);
  return true;
}

describe('a history in the format of another tool', () => {
  for (const writer of writers)
    it(`is read as it was written, or refused: ${writer.name}`, () => {
      const all = datatypes.flatMap(({ name: type }) =>
        Array.from({ length: HISTORIES }, (_, seed) =>
          roundTrip(writer, historyOfType(chance(seed), type), `${type} ${seed}`),
        ),
      );
      // Porcupine has few functions; the others say all, but for what no reader could tell from something else.
      const least = writer.name === 'porcupine-json' ? HISTORIES : 0.9 * all.length;
      expect(all.filter(Boolean).length).toBeGreaterThan(least);
    });

  it('has keys as jepsen.independent writes them, transactions as Elle reads them, and what broke off', () => {
    const call = { process: 0, startNs: 5, endNs: 7, node: 'n1' };
    const history = historyOf([
      { ...call, start: 0, end: 1, f: 'write', key: 'x', input: 1, outcome: { type: 'ok', output: null } },
      {
        ...call,
        start: 2,
        end: Number.MAX_SAFE_INTEGER,
        f: 'write',
        key: 'x',
        input: 2,
        outcome: { type: 'info', error: 'timeout' },
      },
    ] as unknown as Operation[]);
    const [edn] = writers;
    expect(edn!.write(history).text.split('\n')).toEqual([
      '{:index 0, :time 5, :type :invoke, :process 0, :f :write, :value ["x" 1], :node "n1"}',
      '{:index 1, :time 7, :type :ok, :process 0, :f :write, :value ["x" 1], :node "n1"}',
      '{:index 2, :time 5, :type :invoke, :process 0, :f :write, :value ["x" 2], :node "n1"}',
      '{:index 3, :time 7, :type :info, :process 0, :f :write, :value ["x" 2], :node "n1", :error "timeout"}',
      '',
    ]);
    const one = {
      ...call,
      start: 0,
      end: 1,
      f: 'txn',
      input: [['append', 'x', 1]],
      outcome: { type: 'ok', output: [['append', 'x', 1]] },
    };
    expect(edn!.write(historyOf([one] as unknown as Operation[])).text).toContain(':value [[:append "x" 1]]');
  });
});
