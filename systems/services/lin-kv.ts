import type { Service } from './service.ts';
import { ask } from './store.ts';

/** A linearizable store: one map, of which every request sees the state that the one before left. */
export function linKv(): Service {
  const map = new Map<string, { readonly value: unknown }>();
  return (request) => {
    const { answer, put } = ask('lin-kv', request, (key) => map.get(key), { creates: true });
    if (put) map.set(put.key, { value: put.value });
    return answer;
  };
}
