/** Readers of the parts of a campaign file: each takes a value at its place and returns it, or refuses it there. */
import { systems } from '../../systems/registry.ts';
import { isOwnModule } from '../setting/module-path.ts';
import { unknownName } from '../setting/suggestions.ts';
import type { Document, Path } from './document.ts';

/** Reads the value at a path of a document, or refuses it. */
export type Reader<T = unknown> = (value: unknown, path: Path, document: Document) => T;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
/** As long as this no run can be meant to last. */
const LONGEST_MS = 24 * 3_600_000;

const shown = (value: unknown) => JSON.stringify(value);

export function listOf<T>(what: string, read: Reader<T>): Reader<readonly T[]> {
  return (value, path, document) => {
    if (!Array.isArray(value) || value.length === 0) return document.refuse(path, `a list of ${what} is needed`);
    return value.map((item, i) => read(item, [...path, i], document));
  };
}

/** A name among those that there are. */
export function oneOf(kind: string, names: () => readonly string[]): Reader<string> {
  return (value, path, document) => {
    if (typeof value !== 'string') return document.refuse(path, `the name of a ${kind} is needed, not ${shown(value)}`);
    if (!names().includes(value)) return document.refuse(path, unknownName(kind, value, names()));
    return value;
  };
}

export const atLeast =
  (least: number): Reader<number> =>
  (value, path, document) =>
    Number.isSafeInteger(value) && (value as number) >= least
      ? (value as number)
      : document.refuse(path, `a whole number from ${least} on is needed, not ${shown(value)}`);

export const rate: Reader<number> = (value, path, document) =>
  typeof value === 'number' && value > 0 && Number.isFinite(value)
    ? value
    : document.refuse(path, `a number above 0 is needed, not ${shown(value)}`);

/** A system's name: one that comes along, or the path of a module. */
export const systemName: Reader<string> = (value, path, document) => {
  // A module of the user's own: whether it can be loaded is seen when it is.
  if (typeof value === 'string' && isOwnModule(value)) return value;
  return oneOf('system', () => systems.map(({ name }) => name))(value, path, document);
};

/** `500ms`, `10s`, `2m` or `1h` in ms. */
export const duration: Reader<number> = (value, path, document) => {
  const [, size, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(String(value)) ?? [];
  if (!size || !unit) return document.refuse(path, `a duration is written 500ms, 10s, 2m or 1h, not ${shown(value)}`);
  const ms = Number(size) * UNITS[unit]!;
  if (ms <= 0 || ms > LONGEST_MS)
    return document.refuse(path, `a duration is above nothing and at most a day, not ${shown(value)}`);
  return ms;
};

/** How a key is read, and what it is called then. */
export interface Key {
  readonly as: string;
  readonly read: Reader;
}

/** Reads an object with these keys and no others. */
export function readObject(
  value: unknown,
  path: Path,
  document: Document,
  keys: Readonly<Record<string, Key>>,
): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return document.refuse(path, 'an object is needed');
  const read: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(value)) {
    const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
    if (!key) return document.refuse([...path, name], unknownName('key', name, Object.keys(keys)));
    read[key.as] = key.read(given, [...path, name], document);
  }
  return read;
}
