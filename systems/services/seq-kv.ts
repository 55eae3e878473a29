import type { Chance, Service } from './service.ts';
import { ask } from './store.ts';

/** So many states are kept: nobody sees one that is older. */
const KEPT = 32;

type State = ReadonlyMap<string, { readonly value: unknown }>;

/**
 * A sequentially consistent store. Every change makes a new state of the whole map, in one order for all, and a
 * client never goes back: a request that changes nothing sees a state drawn from those between the last that its
 * client saw and the latest, and one that changes something is made on the latest. So who only reads may lag
 * behind, by at most `lag` changes.
 */
export function seqKv(node: Chance, { lag = KEPT - 1 }: { readonly lag?: number } = {}): Service {
  const states: State[] = [new Map()];
  let oldest = 0;
  const seen = new Map<string, number>();
  const at = (number: number, request: Parameters<Service>[0]) =>
    ask('seq-kv', request, (key) => states[number - oldest]!.get(key), { creates: true });
  return (request, client) => {
    const latest = oldest + states.length - 1;
    const least = Math.max(oldest, latest - lag, seen.get(client) ?? 0);
    const drawn = least + Math.min(latest - least, Math.floor(node.random() * (latest - least + 1)));
    const looked = at(drawn, request);
    if (!looked.put) {
      seen.set(client, drawn);
      return looked.answer;
    }
    const { answer, put } = at(latest, request);
    if (!put) {
      seen.set(client, latest);
      return answer;
    }
    states.push(new Map(states.at(-1)).set(put.key, { value: put.value }));
    if (states.length > KEPT) {
      states.shift();
      oldest++;
    }
    seen.set(client, latest + 1);
    return answer;
  };
}
