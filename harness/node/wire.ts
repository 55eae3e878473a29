/**
 * What the wire does to a value, in both clusters: a deep copy as JSON would make it. In the
 * simulation this keeps nodes from sharing objects and from sending what real nodes could not;
 * it is hand-made since `JSON.parse(JSON.stringify(x))` would be most of a run's cost.
 */
export function overTheWire(value: unknown): unknown {
  size = 0;
  try {
    const copy = copyOf(value);
    if (size > LARGEST) throw tooLarge();
    return copy;
  } catch (error) {
    if (error instanceof RangeError)
      throw new NotPlain(
        'what crosses the wire or reaches a disk ends somewhere: this contains itself, or is too deep',
      );
    throw error;
  }
}

/** So many characters and values may be in one message or entry of a disk: real lines break at a few times as much. */
const LARGEST = 16_000_000;
/** Of the value that is being copied, so far. */
let size = 0;

function tooLarge(): NotPlain {
  const most = LARGEST / 1e6;
  return new NotPlain(`what crosses the wire or reaches a disk is at most ${most} MB, and this has ${megabytes()}`);
}

function megabytes(): string {
  return `${(size / 1e6).toFixed(1)} MB${size > 2 * LARGEST ? ' or more' : ''}`;
}

/** A value that is no plain JSON was sent, stored or shown. */
class NotPlain extends Error {
  override readonly name = 'NotPlain';
}

function copyOf(value: unknown): unknown {
  if (typeof value === 'string') {
    size += value.length;
    return value;
  }
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  if (value === undefined) return undefined;
  if (Array.isArray(value)) {
    size += value.length;
    // Before it is copied: what is far too large would take the memory of the machine.
    if (size > 2 * LARGEST) throw tooLarge();
    return value.map((item) => copyOf(item) ?? null);
  }
  if (typeof value === 'object') {
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return fieldsOf(value);
  }
  throw new NotPlain(`only plain JSON crosses the wire or reaches a disk, not ${sortOf(value)}`);
}

function fieldsOf(value: object): object {
  // Cloning keeps the object's shape, and then only what is nested
  // needs a look: several times as fast as building it field by field.
  const copy: Record<string, unknown> = { ...value };
  for (const name in copy) {
    const item = copy[name];
    if (name === '__proto__') throw new NotPlain('a field named __proto__ does not cross the wire');
    if (item === null) continue;
    if (typeof item === 'string') {
      size += item.length;
      continue;
    }
    if (item === undefined) delete copy[name];
    else copy[name] = copyOf(item);
  }
  return copy;
}

function sortOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  return `a ${value.constructor?.name ?? 'strange object'}`;
}
