import type { Chance, Service } from './service.ts';
import { ask } from './store.ts';

interface Replica {
  clock: number;
  readonly entries: Map<string, { readonly value: unknown; readonly time: number }>;
}

const REPLICAS = 2;

/**
 * A store whose last writer wins, by Lamport's clocks of replicas that merge now and then: before each request one
 * replica, drawn by chance, is merged into another, and then a replica drawn by chance answers. It loses writes
 * that it acknowledged: that is what it is for.
 *
 * @see Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", CACM 1978.
 */
export function lwwKv(node: Chance): Service {
  const replicas: readonly Replica[] = Array.from({ length: REPLICAS }, () => ({ clock: 0, entries: new Map() }));
  const draw = () => replicas[Math.min(REPLICAS - 1, Math.floor(node.random() * REPLICAS))]!;
  return (request) => {
    const from = draw();
    merge(from, replicas.find((replica) => replica !== from)!);
    const replica = draw();
    const { answer, put } = ask('lww-kv', request, (key) => replica.entries.get(key), { creates: false });
    if (put) replica.entries.set(put.key, { value: put.value, time: ++replica.clock });
    return answer;
  };
}

/** The later write of each key, and the larger clock. */
function merge(from: Replica, into: Replica): void {
  into.clock = Math.max(into.clock, from.clock);
  for (const [key, entry] of from.entries) {
    const known = into.entries.get(key);
    if (!known || known.time < entry.time) into.entries.set(key, entry);
  }
}
