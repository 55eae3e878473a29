import { chance } from './identity.ts';

/** Called when a timer is no longer wanted. */
export type CallOff = () => void;

/**
 * What real code asks of its platform instead of `Node`: a node's own clocks and chance, and timers that end with its
 * life. It is for libraries that a design is built on; a design of ours asks its `Node`.
 */
export interface Ambient {
  /** The node's wall clock in ms. */
  now(): number;
  /** The node's monotonic clock in ms. */
  elapsed(): number;
  /** Uniform in [0, 1). */
  random(): number;
  /** Runs the task after so many ms of the node's monotonic clock, unless the node's life has ended by then. */
  after(ms: number, task: () => void): CallOff;
}

/** Fills bytes, integers of any width or a view of memory with chance. Returns what it was given. */
export function fillByChance<T extends ArrayBufferView>(view: T, random: () => number): T {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(random() * 256);
  return view;
}

/** A random UUID, version 4, as RFC 9562 has it. */
export function uuidByChance(random: () => number): string {
  const bytes = fillByChance(new Uint8Array(16), random);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Chance that hangs on nothing but how often it was asked: for what a library draws while it is being loaded. */
export function countedChance(seed: number): () => number {
  let count = 0;
  return () => chance(seed, count++, 'library');
}
