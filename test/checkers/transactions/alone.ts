/**
 * Some operations of a history as a history of their own: what was read of a transaction
 * that is left out is blanked, which breaks no model. Values that nobody wrote stay.
 */
import { type History, historyOf, type Operation } from 'elle-ts';

type Mop = readonly [f: string, key: string, value: unknown];

const id = (key: unknown, value: unknown): string => `${JSON.stringify(key)} ${JSON.stringify(value)}`;

const mopsOf = (operation: Operation): readonly Mop[] => operation.input as unknown as readonly Mop[];

/** The operations of these starts alone. */
export function alone(history: History, starts: ReadonlySet<number>): History {
  const leftOut = new Set<string>();
  const kept = new Set<string>();
  for (const operation of history)
    for (const [f, key, value] of mopsOf(operation))
      if (f !== 'r') (starts.has(operation.start) ? kept : leftOut).add(id(key, value));
  const isBlank = (key: unknown, value: unknown): boolean => leftOut.has(id(key, value)) && !kept.has(id(key, value));
  const seen = (mop: Mop): Mop[] => {
    const [f, key, value] = mop;
    if (f !== 'r') return [mop];
    if (Array.isArray(value)) return [[f, key, value.filter((element) => !isBlank(key, element))]];
    return isBlank(key, value) ? [] : [mop];
  };
  const operations = [...history].filter(({ start }) => starts.has(start));
  return historyOf(
    operations.map((operation) => {
      const { outcome } = operation;
      if (outcome.type !== 'ok') return operation;
      const output = (outcome.output as unknown as readonly Mop[]).flatMap(seen);
      return { ...operation, input: output, outcome: { type: 'ok', output } } as unknown as Operation;
    }),
    history,
  );
}
