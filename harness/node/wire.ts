/**
 * What the wire does to a value, in both clusters: a deep copy as JSON would make it. In the
 * simulation this keeps nodes from sharing objects and from sending what real nodes could not;
 * it is hand-made since `JSON.parse(JSON.stringify(x))` would be most of a run's cost.
 */
export function overTheWire(value: unknown): unknown {
  try {
    return copyOf(value);
  } catch (error) {
    if (error instanceof RangeError)
      throw new NotPlain(
        'what crosses the wire or reaches a disk ends somewhere: this contains itself, or is too deep',
      );
    throw error;
  }
}

/** A value that is no plain JSON was sent, stored or shown. */
class NotPlain extends Error {
  override readonly name = 'NotPlain';
}

function copyOf(value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return value.map((item) => copyOf(item) ?? null);
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
    if (typeof item === 'string' || item === null) continue;
    if (item === undefined) delete copy[name];
    else copy[name] = copyOf(item);
  }
  return copy;
}

function sortOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  return `a ${value.constructor?.name ?? 'strange object'}`;
}
