/**
 * What a value must look like: in words and as a test. Inputs,
 * outputs and initial values of a datatype are described by these.
 */

export interface Shape {
  /** Completes "a read returns ..., and not 7". */
  readonly says: string;
  fits(value: unknown): boolean;
}

const shape = (says: string, fits: (value: unknown) => boolean): Shape => ({ says, fits });

export const ANYTHING = shape('anything', () => true);
export const VALUE = shape(
  'a number, a string, a boolean or null',
  (value) => value === null || ['number', 'string', 'boolean'].includes(typeof value),
);
export const NUMBER = shape('a number', Number.isFinite);
export const TEXT = shape('a text', (value) => typeof value === 'string');
export const TEXT_OR_NULL = shape('a text or null', (value) => value === null || typeof value === 'string');
export const TRUTH = shape('true or false', (value) => typeof value === 'boolean');
export const LIST = shape('a list', Array.isArray);
export const PAIR = shape('[old, new]', (value) => Array.isArray(value) && value.length === 2);
export const MAP = shape('a map', isMap);
export const COUNT = shape('a whole number above 0', (value) => Number.isInteger(value) && (value as number) > 0);

/** The same, or nothing where nothing was learnt. */
export function orNull({ says, fits }: Shape): Shape {
  return shape(`${says} or null`, (value) => value === null || fits(value));
}

/** The same, alone or with the version of the replica that returned it, by which its growth is judged. */
export function versioned({ says, fits }: Shape): Shape {
  return shape(
    `${says}, alone or as { value, version }`,
    (value) => fits(value) || (isMap(value) && 'value' in value && fits(value.value)),
  );
}

/** A map with these members, each of its own shape; further members may be there. */
export function mapWith(members: Readonly<Record<string, Shape>>): Shape {
  const says = Object.entries(members).map(([name, { says }]) => `${name}: ${says}`);
  return shape(
    `{ ${says.join(', ')} }`,
    (value) => isMap(value) && Object.entries(members).every(([name, { fits }]) => fits(value[name])),
  );
}

/** A map whose members are all of one shape. */
export function mapOf({ says, fits }: Shape): Shape {
  return shape(`a map whose values are each ${says}`, (value) => isMap(value) && Object.values(value).every(fits));
}

/** A list of lists that begin with one of these words, and go on with a key. */
export function micro(says: string, words: readonly string[]): Shape {
  return shape(says, (value) => Array.isArray(value) && value.every((mop) => isMop(mop, words)));
}

/** The same with keys that are any JSON. */
export function microOfAnyKey(says: string, words: readonly string[]): Shape {
  return shape(says, (value) => {
    if (!Array.isArray(value)) return false;
    for (let at = 0; at < value.length; at++) {
      const mop = value[at] as unknown;
      if (!Array.isArray(mop) || !words.includes(mop[0] as string)) return false;
      if (mop[1] === undefined && mop[0] !== 'abort') return false;
    }
    return true;
  });
}

/** Whether this is a micro-operation of one of these kinds; all but polls and aborts name a key. */
export function isMop(mop: unknown, words: readonly string[]): boolean {
  if (!Array.isArray(mop) || !words.includes(mop[0] as string)) return false;
  return mop[0] === 'poll' || mop[0] === 'abort' || typeof mop[1] === 'string' || typeof mop[1] === 'number';
}

/** A JSON object. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value in a message, short enough for one line. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
