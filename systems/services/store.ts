/** What the three stores have in common: what a request asks of a map, and what it changes. */
import { type Answer, keyOf, type Request, refusal, unknownRequest } from './service.ts';

/** What somebody asked of a map, and the entry that it puts there. */
export interface Asked {
  readonly answer: Answer;
  readonly put?: { readonly key: string; readonly value: unknown };
}

/** What a store may be asked beyond what all can. */
export interface Offers {
  /** `cas` may create a key with `create_if_not_exists`. */
  readonly creates: boolean;
}

/** The same request of the same map always asks the same; nothing is changed here. */
export function ask(
  name: string,
  request: Request,
  get: (key: string) => { readonly value: unknown } | undefined,
  { creates }: Offers,
): Asked {
  const key = keyOf(request.key);
  const found = get(key);
  const missing = () => ({ answer: refusal(20, `there is no key ${key}`) });
  if (request.type === 'read') return found ? { answer: { type: 'read_ok', value: found.value } } : missing();
  if (request.type === 'write') return { answer: { type: 'write_ok' }, put: { key, value: request.value ?? null } };
  if (request.type !== 'cas') return { answer: unknownRequest(name, request) };
  const swapped = { answer: { type: 'cas_ok' }, put: { key, value: request.to ?? null } };
  if (!found) return creates && request.create_if_not_exists === true ? swapped : missing();
  if (keyOf(found.value) === keyOf(request.from)) return swapped;
  return { answer: refusal(22, `${key} is ${keyOf(found.value)}, and not ${keyOf(request.from)}`) };
}
