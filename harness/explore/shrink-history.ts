/**
 * Makes a register's history smaller without making it wrong: what is left of a correct history
 * after whole values, or reads that succeeded, are taken out is still correct, so if what is left
 * breaks the model, the whole history broke it. Leaving out a write alone would prove nothing.
 */
import { type Checker, type History, historyOf, type Operation } from 'elle-ts';
import { ddmin } from './ddmin.ts';

/**
 * The smallest part of the history, by values and reads, that still
 * shows the anomaly. The history itself where it does not show it.
 */
export function shrinkHistory(history: History, checker: Checker, anomaly: string): History {
  const shows = (operations: readonly Operation[]) => {
    const verdict = checker.check(historyOf(operations));
    return verdict.type === 'invalid' && verdict.anomalies.some(({ name }) => name === anomaly);
  };
  const all = [...history];
  if (!shows(all)) return history;
  const values = ddmin(valuesOf(all), (some) => shows(some.flat()));
  const kept = values.flat();
  const reads = kept.filter((operation) => operation.f === 'read' && operation.outcome.type === 'ok');
  const others = kept.filter((operation) => !reads.includes(operation));
  return historyOf([...others, ...ddmin(reads, (some) => shows([...others, ...some]))]);
}

/** The operations of each value of each key; values that a swap ties together are one. */
function valuesOf(operations: readonly Operation[]): readonly (readonly Operation[])[] {
  const tiedTo = new Map<string, string>();
  const rootOf = (name: string): string => {
    let root = name;
    for (let next = tiedTo.get(root); next !== undefined; next = tiedTo.get(root)) root = next;
    return root;
  };
  const groups = new Map<string, Operation[]>();
  const nameOf = ({ key }: Operation, value: unknown) => `${key ?? ''} ${JSON.stringify(value ?? null)}`;
  for (const operation of operations) {
    if (operation.f !== 'cas') continue;
    const [old, next] = operation.input as readonly [unknown, unknown];
    const [a, b] = [rootOf(nameOf(operation, old)), rootOf(nameOf(operation, next))];
    if (a !== b) tiedTo.set(a, b);
  }
  for (const operation of operations) {
    const name = rootOf(nameOf(operation, storedBy(operation)));
    const group = groups.get(name);
    if (group) group.push(operation);
    else groups.set(name, [operation]);
  }
  return [...groups.values()];
}

function storedBy(operation: Operation): unknown {
  if (operation.f === 'cas') return (operation.input as readonly unknown[])[1];
  if (operation.f !== 'read') return operation.input;
  return operation.outcome.type === 'ok' ? operation.outcome.output : null;
}
