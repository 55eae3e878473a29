import { type Anomaly, type Api, type Checker, historyOf, type Operation, type Verdict, worst } from 'elle-ts';

/**
 * Judges each key by itself, under the name `checker-by-key`: what a design keeps
 * that orders nothing across keys. As exact as the checker, at its cost for each key.
 */
export function byKey<A extends Api>(checker: Checker<A>): Checker<A> {
  return {
    name: `${checker.name}-by-key`,
    check(history) {
      const keys = new Map<string | undefined, Operation<A>[]>();
      for (const operation of history) {
        const known = keys.get(operation.key);
        if (known) known.push(operation);
        else keys.set(operation.key, [operation]);
      }
      const verdicts = [...keys].map(([key, operations]) => named(key, checker.check(historyOf(operations))));
      return worst(verdicts);
    },
  };
}

function named(key: string | undefined, verdict: Verdict): Verdict {
  if (verdict.type !== 'invalid' || key === undefined) return verdict;
  const say = (anomaly: Anomaly): Anomaly => ({ ...anomaly, message: `On ${key} alone: ${anomaly.message}` });
  const [first, ...rest] = verdict.anomalies;
  return { type: 'invalid', anomalies: [say(first), ...rest.map(say)] };
}
