/**
 * Chance keyed to identity. A message's identity is a hash of what caused it, its receiver,
 * its kind and its place among equals; its delay, and whether a bad link drops it, are hashes
 * of seed and identity - never the next draw of a shared stream. So removing one call or fault from
 * a plan leaves the fate of every unrelated message as it was, which is what makes shrinking work.
 *
 * Identities are whole numbers below 2^53: with 100,000 messages two of them collide once in two million runs.
 */

const WORD = 4294967296;

/** Hashes two identities into one. Pure integer arithmetic, so that seeds survive new versions of Node.js. */
export function mix(a: number, b: number): number {
  let high = (a / WORD) ^ 0x9e3779b9;
  let low = (a >>> 0) ^ 0x85ebca6b;
  high = Math.imul(high ^ (b >>> 0), 0x2c1b3c6d);
  low = Math.imul(low ^ (b / WORD), 0x297a2d39);
  high ^= low >>> 15;
  low ^= high >>> 13;
  high = Math.imul(high ^ (b / WORD), 0xc2b2ae35) ^ (b >>> 0);
  low = Math.imul(low + (b >>> 0), 0x165667b1);
  high ^= low >>> 16;
  low = Math.imul(low ^ (high >>> 14), 0x27d4eb2f);
  high = Math.imul(high ^ (high >>> 15), 0x85ebca77);
  high ^= low >>> 13;
  low ^= high >>> 16;
  return (high & 0x1fffff) * WORD + (low >>> 0);
}

const texts = new Map<string, number>();

/** Hashes a short text, such as a message kind or a node's name; those seen before cost one look-up. */
export function mixText(text: string): number {
  const known = texts.get(text);
  if (known !== undefined) return known;
  let hash = text.length;
  for (let i = 0; i < text.length; i++) hash = mix(hash, text.charCodeAt(i));
  // Keys of clients pass here too: the memory of texts must not grow with them for ever.
  if (texts.size < 10_000) texts.set(text, hash);
  return hash;
}

/** Uniform in [0, 1) for this seed, identity and purpose. */
export function chance(seed: number, identity: number, purpose: string): number {
  return mix(mix(seed, identity), mixText(purpose)) / 9007199254740992;
}

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';
const PAIRS = [...DIGITS].flatMap((first) => [...DIGITS].map((second) => first + second));
const TO_THE_SIXTH = 36 ** 6;

/**
 * An identity as it is written in plans and journals: to the base of 36. Each message has one, and `toString(36)` of
 * numbers beyond 2^31 is ten times as slow.
 */
export function identityText(identity: number): string {
  const above = Math.floor(identity / TO_THE_SIXTH);
  if (above === 0) return identity.toString(36);
  const below = identity - above * TO_THE_SIXTH;
  const [middle, low] = [Math.floor(below / 1296) % 1296, below % 1296];
  return above.toString(36) + PAIRS[Math.floor(below / 1679616)] + PAIRS[middle] + PAIRS[low];
}

/** The identity of a planned call, the root of everything that it causes. */
export function callIdentity(id: number): number {
  return mix(id, 0x0ca11);
}
