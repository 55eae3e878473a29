/**
 * Looks at what a file holds before anybody believes it: each reader takes a value and
 * the path at which it stands in the file, and throws `BadInput` that names both where
 * the value is something else. By hand, as zod takes longer to load than a small run.
 */
import { BadInput } from '../failure.ts';
import { overTheWire } from '../node/wire.ts';
import { shown } from './validate-results.ts';

/** Throws where the value is not what it must be; `path` is `setting.nodes[1]`. */
export type Reader = (value: unknown, path: string) => void;

/** Texts in files are shown and compared; none of them is long. */
const LONGEST_TEXT = 100_000;
/** As long as this no run can be meant to last. */
export const LONGEST_MS = 24 * 3_600_000;

/** Does this with what a file holds; what is refused is said to be of that file. */
export function inFile<T>(file: string, task: () => T): T {
  try {
    return task();
  } catch (error) {
    if (error instanceof BadInput) throw new BadInput(`${file}: ${error.message}`);
    throw error;
  }
}

/** The same of what takes its time. */
export async function inFileLater<T>(file: string, task: Promise<T>): Promise<T> {
  try {
    return await task;
  } catch (error) {
    return inFile(file, () => {
      throw error;
    });
  }
}

/** The value that this text of a file is. Throws `BadInput` where it is no JSON. */
export function parsedJson(written: string, file: string): unknown {
  try {
    return JSON.parse(written);
  } catch (error) {
    throw new BadInput(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function wrong(path: string, needs: string, value: unknown): never {
  throw new BadInput(`${path || 'the whole'}: ${needs} is needed, not ${shown(value)}`);
}

export const anything: Reader = () => {};

/** A value that crosses the wire, and is there: null is one. */
export const plain: Reader = (value, path) => {
  if (value === undefined) wrong(path, 'a value, which may be null,', value);
  try {
    overTheWire(value);
  } catch (error) {
    throw new BadInput(`${path}: ${(error as Error).message}`);
  }
};

/** A key of an object that designs hold in records of their own. */
export const key: Reader = (value, path) => {
  text(value, path);
  if (value === '__proto__') wrong(path, 'another key', value);
};

export const text: Reader = (value, path) => {
  if (typeof value !== 'string' || value.length > LONGEST_TEXT) wrong(path, 'a text', value);
};

export const flag: Reader = (value, path) => {
  if (typeof value !== 'boolean') wrong(path, 'true or false', value);
};

/** A node's name: it becomes part of the names of files, and of what is shown. */
export const nodeName: Reader = (value, path) => {
  if (typeof value !== 'string' || !isNodeName(value))
    wrong(path, "a node's name, made of at most 64 letters, digits, _ and -,", value);
};

export function isNodeName(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(text);
}

export function numberIn(least: number, most: number): Reader {
  return (value, path) => {
    if (typeof value !== 'number' || !(value >= least && value <= most))
      wrong(path, `a number from ${least} to ${most}`, value);
  };
}

export function wholeIn(least: number, most = Number.MAX_SAFE_INTEGER): Reader {
  return (value, path) => {
    if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > most)
      wrong(path, `a whole number from ${least} on`, value);
  };
}

/** Finite, whatever its size. */
export const number: Reader = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) wrong(path, 'a number', value);
};

export const timeMs = numberIn(0, LONGEST_MS);

export function oneOf(...names: readonly unknown[]): Reader {
  return (value, path) => {
    if (!names.includes(value)) wrong(path, `one of ${names.map((name) => JSON.stringify(name)).join(', ')}`, value);
  };
}

export function listOf(item: Reader, least = 0): Reader {
  return (value, path) => {
    if (!Array.isArray(value) || value.length < least)
      wrong(path, least > 0 ? `a list with at least ${least} of them` : 'a list', value);
    value.forEach((one, i) => {
      item(one, `${path}[${i}]`);
    });
  };
}

export function either(needs: string, ...readers: readonly Reader[]): Reader {
  return (value, path) => {
    const holds = readers.some((reader) => {
      try {
        reader(value, path);
        return true;
      } catch {
        return false;
      }
    });
    if (!holds) wrong(path, needs, value);
  };
}

type Fields = Readonly<Record<string, Reader>>;

/** An object with these fields, and maybe others; those of `optional` may be missing. */
export function record(needed: Fields, optional: Fields = {}, others: Reader = anything): Reader {
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) wrong(path, 'an object', value);
    const at = (name: string) => (path === '' ? name : `${path}.${name}`);
    const fields = value as Readonly<Record<string, unknown>>;
    for (const [name, reader] of Object.entries(needed)) reader(fields[name], at(name));
    for (const [name, one] of Object.entries(fields)) {
      if (Object.hasOwn(needed, name) || one === undefined) continue;
      (Object.hasOwn(optional, name) ? optional[name]! : others)(one, at(name));
    }
  };
}

/** An object whose fields, whatever their names, are these. */
export function recordOf(item: Reader): Reader {
  return record({}, {}, item);
}
