/**
 * A node's state, roughly: what is left of it when numbers are known by their
 * magnitude alone and lists by their length and last entry. Two runs that went through
 * the same shapes went through much the same; a shape that no run had is news.
 */
import { mix, mixText } from '../../node/identity.ts';

/** States are looked at so deep; below, all are alike. */
const DEPTH = 4;
/** So many entries of a record count. */
const ENTRIES = 12;

/** A hash of the shape of some plain data. Cost: linear in the part that is looked at. */
export function shapeOf(value: unknown, depth = 0): number {
  if (typeof value === 'number') return mix(1, magnitude(value));
  if (typeof value === 'string') return mix(2, mixText(value.slice(0, 16)));
  if (value === null || typeof value !== 'object') return mix(3, mixText(String(value)));
  if (depth === DEPTH) return 4;
  if (value instanceof Map || value instanceof Set) return shapeOf([...value], depth);
  if (Array.isArray(value)) return mix(mix(5, magnitude(value.length)), shapeOf(value.at(-1), depth + 1));
  let shape = 6;
  for (const [name, entry] of Object.entries(value).slice(0, ENTRIES)) {
    if (typeof entry === 'function') continue;
    shape = mix(mix(shape, mixText(name)), shapeOf(entry, depth + 1));
  }
  return shape;
}

/** 0, 1, 2 and 3 as they are, then powers of two. */
function magnitude(value: number): number {
  if (!Number.isFinite(value)) return 99;
  const size = Math.abs(Math.trunc(value));
  return (value < 0 ? 100 : 0) + (size < 4 ? size : 2 + Math.floor(Math.log2(size)));
}
