/**
 * Numbers for JSON values: equal values get equal numbers, whatever the order of their members.
 *
 * A structured value is known by the numbers of its parts. A state that shares most of its parts with the one before it is so recognised without
 * reading them again: texts and parts are looked up by themselves.
 */
export class Interner {
  readonly values: unknown[] = [];
  private readonly plain = new Map<unknown, number>();
  private readonly structured = new Map<string, number>();
  private readonly texts = new Map<string, number>();
  private readonly parts = new Map<string, number>();
  private characters = 0;

  /** The value's number. Numbers count up from 0. `undefined` is taken for `null`. */
  id(value: unknown): number {
    if (typeof value === 'object' && value !== null) return this.number(this.structured, this.name(value), value);
    return this.number(this.plain, value ?? null, value);
  }

  /** An estimate of the memory in use. */
  bytes(): number {
    return 2 * this.characters + 100 * (this.values.length + this.texts.size + this.parts.size);
  }

  private number<T>(table: Map<T, number>, name: T, value: unknown): number {
    let id = table.get(name);
    if (id === undefined) {
      id = this.values.length;
      table.set(name, id);
      this.values.push(value ?? null);
      if (typeof name === 'string') this.characters += name.length;
    }
    return id;
  }

  private name(value: object): string {
    let name = '';
    if (Array.isArray(value)) {
      for (const part of value) name += `,${this.part(part)}`;
      return `[${name}`;
    }
    const members = value as Record<string, unknown>;
    for (const member of inOrder(Object.keys(members)))
      if (members[member] !== undefined) name += `,${this.text(member)}:${this.part(members[member])}`;
    return `{${name}`;
  }

  private part(value: unknown): string {
    if (typeof value === 'string') return `"${this.text(value)}`;
    if (typeof value !== 'object' || value === null) return String(value ?? null);
    return `#${this.own(this.parts, this.name(value))}`;
  }

  private text(text: string): number {
    return this.own(this.texts, text);
  }

  private own(table: Map<string, number>, name: string): number {
    let id = table.get(name);
    if (id === undefined) {
      id = table.size;
      table.set(name, id);
      this.characters += name.length;
    }
    return id;
  }
}

/** JSON with the members of every object in order of their names. */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = value as Record<string, unknown>;
  const named = inOrder(Object.keys(members)).filter((name) => members[name] !== undefined);
  return `{${named.map((name) => `${JSON.stringify(name)}:${canonical(members[name])}`).join(',')}}`;
}

/** Whether two values are the same JSON; `undefined` is taken for `null`. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return (a ?? null) === (b ?? null);
  return canonical(a) === canonical(b);
}

function inOrder(names: string[]): readonly string[] {
  for (let i = 1; i < names.length; i++) if (names[i - 1] > names[i]) return names.sort();
  return names;
}
