/** Ways to spoil a file: of JSON, somewhere in its values; of any text, somewhere in its characters. */

/** A stream of numbers in [0, 1) that a seed determines. */
export type Random = () => number;

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function below(random: Random, end: number): number {
  return Math.floor(random() * end);
}

export function oneOf<T>(random: Random, items: readonly T[]): T {
  return items[below(random, items.length)]!;
}

const DEEP: unknown = Array.from({ length: 500 }).reduce((inner) => [inner], null);
const HOSTILE: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1, 0.5, -0.5, 1e300, -1e300, 5e-324, 2 ** 53, 2 ** 31, 1e9, '', 'x', '0', 'n1', 'n9'],
  ...['../../../etc/passwd', '/etc/passwd', 'n1/../n2', 'nul\0', '__proto__', 'constructor', 'toString'],
  ...['::error::forged', '\u001b[2J', '\u202e', '\ud800', 'x'.repeat(20_000), 'infinity', 'indeterminate'],
  ...[[], {}, [[]], [null], [{}], { a: 1 }, { length: 5 }, { toString: 1 }, ['n1'], [[1, 2], [3]], DEEP],
];

interface Place {
  readonly of: Record<string, unknown>;
  readonly name: string;
}

function placesIn(value: unknown, places: Place[] = []): readonly Place[] {
  if (typeof value !== 'object' || value === null || places.length > 20_000) return places;
  for (const name of Object.keys(value)) {
    places.push({ of: value as Record<string, unknown>, name });
    placesIn((value as Record<string, unknown>)[name], places);
  }
  return places;
}

/** A copy with one to three values replaced, removed, exchanged, doubled or added. */
export function spoiltValue(value: unknown, random: Random): unknown {
  const copy = structuredClone(value);
  for (let times = 1 + below(random, 3); times > 0; times--) {
    const places = placesIn(copy);
    if (places.length === 0) return oneOf(random, HOSTILE);
    const { of, name } = oneOf(random, places);
    const other = oneOf(random, places);
    const how = below(random, 7);
    if (how === 0) delete of[name];
    else if (how === 1) of[name] = structuredClone(other.of[other.name]);
    else if (how === 2 && Array.isArray(of)) of.push(structuredClone(of[Number(name)]));
    else if (how === 3 && typeof of[name] === 'number')
      of[name] = (of[name] as number) * oneOf(random, [-1, 1e6, 1e-6, 0.5]);
    else if (how === 4)
      Object.defineProperty(of, oneOf(random, ['__proto__', 'extra', 'on']), {
        value: oneOf(random, HOSTILE),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    else of[name] = structuredClone(oneOf(random, HOSTILE));
  }
  return copy;
}

/** A copy with something cut out, put in, doubled or turned over. */
export function spoiltText(text: string, random: Random): string {
  const at = below(random, text.length + 1);
  const to = Math.min(text.length, at + 1 + below(random, 40));
  switch (below(random, 8)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(to);
    case 2:
      return text.slice(0, to) + text.slice(at);
    case 3:
      return text.slice(0, at) + String.fromCharCode(below(random, 0x3000)) + text.slice(at + 1);
    case 4:
      return (
        text.slice(0, at) +
        oneOf(random, ['\0', '\n', '"', '{', ']', '\ufeff', '&a', '*a', '!!js', ': ', '- ']) +
        text.slice(at)
      );
    case 5:
      return text.slice(0, at) + '['.repeat(oneOf(random, [3, 3000, 100_000])) + text.slice(at);
    case 6:
      return text.slice(at) + text.slice(0, at);
    default:
      return text.replace(/\d+/g, (number) =>
        random() < 0.1 ? oneOf(random, ['-1', '1e400', '99999999999999999999', '0x1']) : number,
      );
  }
}
