import type { Api, Call } from 'elle-ts';
import { callTimes, type Slot } from './call-times.ts';
import { drawKeys } from './keys.ts';
import type { Draw, PlannedCall, WorkloadOptions } from './workload.ts';

/** A moment at which a client calls some function of a key. */
export type KeyedSlot = Slot & { readonly key: string };

/** When the calls of a run are made, each on a key drawn as the options say. */
export function keyedSlots(draw: Draw, options: WorkloadOptions): readonly KeyedSlot[] {
  const drawKey = drawKeys(draw, options);
  return callTimes(draw, options).map((slot) => ({ ...slot, key: drawKey() }));
}

/** A run's calls: `inputOf` says what is asked. A slot's id is unique, and so may name the value that it writes. */
export function keyedCalls<A extends Api>(
  draw: Draw,
  options: WorkloadOptions,
  inputOf: (slot: KeyedSlot) => unknown,
): readonly PlannedCall<A>[] {
  return keyedSlots(draw, options).map((slot) => ({ ...slot, input: inputOf(slot) }) as unknown as PlannedCall<A>);
}

/** Asks for every key in the end. */
export function readAll<A extends Api>(keys: readonly string[]): readonly Call<A>[] {
  return keys.map((key) => ({ f: 'read', key, input: null }) as unknown as Call<A>);
}

/** One of these, evenly at random. */
export function oneOf<T>(draw: Draw, purpose: string, items: readonly T[]): T {
  return items[Math.min(items.length - 1, Math.floor(draw(purpose) * items.length))]!;
}
