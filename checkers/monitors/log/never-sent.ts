/** Messages that were polled though nobody ever asked for them to be sent. */
import { type Columns, OK } from '../../history.ts';
import { identity } from '../identity.ts';
import type { LogError } from './log-error.ts';
import type { LogOperations } from './operations.ts';
import { flat } from './orders.ts';

/**
 * Each such message once, with the first successful operation that polled it. A pair that begins with a number may
 * be a message with its offset, or a message itself: nothing is said of either. Where a history has completions
 * alone, a call with a key of its own tells its offset and not its message: nothing is said then. O(n).
 */
export function neverSent({ columns, operations, keys, keyOf, values }: LogOperations): readonly LogError[] {
  if (!columns.realTime && columns.keyNames.length > 0) return [];
  const sent = sentIn(columns);
  const seen = new Set<number>();
  const errors: LogError[] = [];
  for (const { row, polled } of operations) {
    if (columns.type[row] !== OK) continue;
    for (const message of flat(polled)) {
      const { value } = message;
      const key = keys[keyOf[value]];
      if (seen.has(value) || sent.get(key)?.has(identity(values[value]))) continue;
      seen.add(value);
      errors.push({ class: 'never-sent', key, values: [values[value]], messages: [message], rows: [row] });
    }
  }
  return errors;
}

/** By key: whatever may have been sent to it, whether or not it was. */
function sentIn({ length, f, fNames, key: keyOf, keyNames, input, output }: Columns): Map<string, Set<unknown>> {
  const sent = new Map<string, Set<unknown>>();
  const add = (key: string, message: unknown): void => {
    const those = sent.get(key) ?? new Set();
    sent.set(key, those.add(identity(message)));
    if (Array.isArray(message) && message.length === 2 && typeof message[0] === 'number')
      those.add(identity(message[1]));
  };
  for (let row = 0; row < length; row++) {
    if (keyOf[row] >= 0 && fNames[f[row]] === 'send') add(keyNames[keyOf[row]], input[row]);
    for (const mops of [input[row], output[row]])
      for (const mop of Array.isArray(mops) ? (mops as readonly unknown[]) : [])
        if (Array.isArray(mop) && mop[0] === 'send') add(String(mop[1]), mop[2]);
  }
  return sent;
}
