/** Numbers for JSON values: equal values get equal numbers, whatever the order of their members. */
export class Interner {
  private readonly plain = new Map<unknown, number>();
  private readonly texts = new Map<string, number>();
  readonly values: unknown[] = [];
  /** The characters of the structured values kept here, for a budget of memory. */
  characters = 0;

  /** The value's number. Numbers count up from 0. `undefined` is taken for `null`. */
  id(value: unknown): number {
    const structured = typeof value === 'object' && value !== null;
    const name = structured ? canonical(value) : (value ?? null);
    const table: Map<unknown, number> = structured ? this.texts : this.plain;
    let id = table.get(name);
    if (id === undefined) {
      id = this.values.length;
      table.set(name, id);
      this.values.push(value ?? null);
      if (typeof name === 'string') this.characters += name.length;
    }
    return id;
  }
}

/** JSON with the members of every object in order of their names. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Whether two values are the same JSON; `undefined` is taken for `null`. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return (a ?? null) === (b ?? null);
  return canonical(a ?? null) === canonical(b ?? null);
}
