/**
 * Initial values of datatypes whose checkers start from nothing: what a collection
 * held at first was put into it by a process of its own, before anything else began.
 */
import type { Anomaly, Verdict } from '../checker.ts';
import type { History } from '../history.ts';
import { HistoryBuilder } from '../history-builder.ts';
import type { CheckerOf, Datatype } from './datatype.ts';

interface Call {
  readonly f: string;
  readonly input: unknown;
}

/** The checkers with the initial value put before the history: of every key the calls that `callsOf` makes of it. */
export function withPrelude(
  models: Datatype['models'],
  callsOf: (initial: unknown) => readonly Call[],
): Datatype['models'] {
  return Object.fromEntries(
    Object.entries(models).map(([name, make]): [string, CheckerOf] => [
      name,
      ({ initial, ...assumptions }) => {
        const checker = make(assumptions);
        if (initial === undefined) return checker;
        return { name: checker.name, check: (history) => judgeWith(history, callsOf(initial), checker.check) };
      },
    ]),
  );
}

/** Each element of a list, added by this function. */
export function each(f: string): (initial: unknown) => readonly Call[] {
  return (initial) => (initial as readonly unknown[]).map((input) => ({ f, input }));
}

function judgeWith(history: History, calls: readonly Call[], check: (history: History) => Verdict): Verdict {
  const process = highest(history) + 1;
  const verdict = check(preceded(history, calls, process));
  if (verdict.type !== 'invalid')
    return { ...verdict, ...(verdict.type === 'valid' ? { certificate: undefined } : {}) };
  const [first, ...rest] = verdict.anomalies.map((anomaly) => told(anomaly, process));
  return { type: 'invalid', anomalies: [first as Anomaly, ...rest] };
}

function preceded(history: History, calls: readonly Call[], process: number): History {
  const { columns } = history;
  const keys = [...new Set(columns.key.subarray(0, columns.length))].map((key) => columns.keyNames[key]);
  const builder = new HistoryBuilder();
  builder.realTime = history.realTime;
  builder.nemesis.push(...history.nemesis);
  let index = -2 * calls.length * keys.length;
  for (const key of keys)
    for (const { f, input } of calls) {
      const row = builder.invoke(index, -1, process, { f, key, input });
      builder.complete(row, index + 1, -1, { type: 'ok', output: null });
      index += 2;
    }
  for (const operation of history) {
    const row = builder.invoke(operation.start, operation.startNs, operation.process, operation);
    builder.complete(row, operation.end, operation.endNs, operation.outcome);
  }
  return builder;
}

function highest({ columns }: History): number {
  let most = 0;
  for (let row = 0; row < columns.length; row++) most = Math.max(most, columns.process[row]);
  return most;
}

/** The anomaly without the operations that stand for the initial value, which no client made. */
function told(anomaly: Anomaly, process: number): Anomaly {
  const plain = (text: string): string =>
    text.replaceAll(new RegExp(`\\bprocess ${process}\\b`, 'g'), 'the initial value');
  return {
    ...anomaly,
    message: plain(anomaly.message),
    steps: anomaly.steps.map(plain),
    operations: anomaly.operations.filter((start) => start >= 0),
  };
}
