/** Long values as text, cut around what tells them apart, which stands between › and ‹. */
import { short } from '../monitors/findings.ts';
import { identity } from '../monitors/identity.ts';

/** So many elements before and after a marked one are shown, and so many marked ones. */
const AROUND = 2;
const MARKED = 6;
/** Of two lists that are no longer than this nothing is left out. */
const SHORT = 12;

/**
 * Two values as text, what only one of them has, or has in another place, marked. Lists have their elements compared,
 * in any order where that means nothing, and objects their members; anything else is shown as it is. O(size).
 */
export function differenceOf(one: unknown, two: unknown, unordered = false): readonly [string, string] {
  if (Array.isArray(one) && Array.isArray(two)) return lists(one, two, unordered);
  if (isObject(one) && isObject(two)) return [members(one, two), members(two, one)];
  return [short(one), short(two)];
}

/** A list as text, cut around these elements, which are marked. */
export function around(list: readonly unknown[], elements: readonly unknown[]): string {
  const names = new Set(elements.map(identity));
  return cut(
    list,
    list.map((element) => names.has(identity(element))),
  );
}

function lists(one: readonly unknown[], two: readonly unknown[], unordered: boolean): readonly [string, string] {
  const [ones, twos] = [one.map(identity), two.map(identity)];
  const [inOne, inTwo] = [new Set(ones), new Set(twos)];
  const only = [ones.map((name) => !inTwo.has(name)), twos.map((name) => !inOne.has(name))] as const;
  const isMissing = only.some((marks) => marks.includes(true));
  const at = ones.findIndex((name, place) => name !== twos[place]);
  if (isMissing || unordered || at < 0) return [cut(one, only[0]), cut(two, only[1])];
  // The same elements: the first two that have changed places.
  const swapped = new Set([ones[at], twos[at]]);
  const marks = (names: readonly unknown[]) => names.map((name) => swapped.has(name));
  return [cut(one, marks(ones)), cut(two, marks(twos))];
}

function cut(list: readonly unknown[], marked: readonly boolean[]): string {
  const places = marked.flatMap((is, at) => (is ? [at] : []));
  const shown = new Set(places.slice(0, MARKED).flatMap((at) => near(at)));
  const parts: string[] = [];
  for (const [at, element] of list.entries()) {
    const isShown = shown.has(at) || list.length <= SHORT || (places.length === 0 && at < SHORT);
    if (isShown) parts.push(marked[at] && shown.has(at) ? `›${short(element)}‹` : short(element));
    else if (parts.at(-1) !== '…') parts.push('…');
  }
  const more = places.length > MARKED ? ` (${places.length - MARKED} more)` : '';
  return `[${parts.join(' ')}]${more}`;
}

function near(at: number): readonly number[] {
  return Array.from({ length: 2 * AROUND + 1 }, (_, i) => at - AROUND + i);
}

function members(one: Readonly<Record<string, unknown>>, two: Readonly<Record<string, unknown>>): string {
  const differing = Object.keys(one).filter((name) => identity(one[name]) !== identity(two[name]));
  const shown = differing.slice(0, MARKED).map((name) => `${name}: ›${short(one[name])}‹`);
  const left = Object.keys(one).length - shown.length;
  return `{${[...shown, ...(left > 0 ? ['…'] : [])].join(', ')}}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
