import type { Model } from '../model.ts';
import { canonical } from '../monitors/identity.ts';
import type { Value } from './register.ts';

/**
 * A set of values. `add` and `remove` say nothing about whether the element was there;
 * `contains` asks for one element and `read` for all of them, in any order. An `add`
 * may fail with the error `present`, a `remove` with `absent`: then nothing changed.
 */
export type Elements = {
  add(element: Value): null;
  remove(element: Value): null;
  contains(element: Value): boolean;
  read(input: null): readonly Value[];
};

/** The set's sequential specification; the state is the elements in a fixed order, each once. */
export const set: Model<Elements, readonly Value[]> = {
  name: 'set',
  init: [],
  step: {
    add: (elements, element) => [elements.includes(element) ? elements : sorted([...elements, element]), null],
    remove: (elements, element) => [elements.filter((other) => other !== element), null],
    contains: (elements, element) => [elements, elements.includes(element)],
    read: (elements) => [elements, elements],
  },
  refuses: {
    add: { present: (elements, element) => elements.includes(element) },
    remove: { absent: (elements, element) => !elements.includes(element) },
  },
  observes: ['contains', 'read'],
  readOnly: (f) => f === 'contains' || f === 'read',
  // An element twice in what was read is never right: the lengths differ.
  same: (f, expected, observed) =>
    f === 'read' ? sameElements(expected as readonly Value[], observed) : expected === observed,
};

function sorted(elements: Value[]): readonly Value[] {
  return elements.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

function sameElements(expected: readonly Value[], observed: unknown): boolean {
  if (!Array.isArray(observed) || observed.length !== expected.length) return false;
  const texts = new Set(observed.map(order));
  return texts.size === expected.length && expected.every((element) => texts.has(order(element)));
}

function order(element: unknown): string {
  return canonical(element);
}
