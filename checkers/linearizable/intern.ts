/**
 * Numbers for JSON values: equal values get equal numbers, whatever the order of their members.
 *
 * A structured value is known by the numbers of its parts, so that a state that shares
 * most of its parts with the one before it is recognised without reading them again.
 */
import { Tuples } from './tuples.ts';

/** What a word of a tuple says that the next word is. */
const WHOLE = 0;
const TEXT = 1;
const FRACTION = 2;
const STRUCTURE = 3;
const CONSTANT = 4;
const ARRAY = 5;
const OBJECT = 6;

/** Numbers values from 0. */
export class Interner {
  readonly values: unknown[] = [];
  private readonly plain = new Map<unknown, number>();
  private readonly ids = new Map<number, number>();
  private readonly texts = new Map<string, number>();
  private readonly structures = new Tuples();
  /** The tuples under construction, the innermost last. */
  private readonly words: number[] = [];
  private characters = 0;

  /** The value's number. `undefined` is taken for `null`. */
  id(value: unknown): number {
    if (typeof value !== 'object' || value === null) return this.number(this.plain, value ?? null, value);
    return this.number(this.ids, this.structure(value), value);
  }

  /** An estimate of the memory in use. */
  bytes(): number {
    return 2 * this.characters + 100 * (this.values.length + this.texts.size) + this.structures.bytes();
  }

  private number<T>(table: Map<T, number>, name: T, value: unknown): number {
    let id = table.get(name);
    if (id === undefined) {
      id = this.values.length;
      table.set(name, id);
      this.values.push(value ?? null);
    }
    return id;
  }

  private structure(value: object): number {
    const begin = this.words.length;
    if (Array.isArray(value)) {
      this.words.push(ARRAY);
      for (const part of value) this.part(part);
    } else {
      this.words.push(OBJECT);
      const members = value as Record<string, unknown>;
      for (const member of inOrder(Object.keys(members))) {
        if (members[member] === undefined) continue;
        this.words.push(this.text(member));
        this.part(members[member]);
      }
    }
    const id = this.structures.id(this.words, begin, this.words.length);
    this.words.length = begin;
    return id;
  }

  private part(value: unknown): void {
    const { words } = this;
    if (typeof value === 'string') words.push(TEXT, this.text(value));
    else if (typeof value === 'number')
      if ((value | 0) === value) words.push(WHOLE, value | 0);
      else words.push(FRACTION, this.text(String(value)));
    else if (typeof value === 'object' && value !== null) {
      const id = this.structure(value);
      words.push(STRUCTURE, id);
    } else words.push(CONSTANT, value === true ? 1 : value === false ? 0 : -1);
  }

  private text(text: string): number {
    let id = this.texts.get(text);
    if (id === undefined) {
      id = this.texts.size;
      this.texts.set(text, id);
      this.characters += text.length;
    }
    return id;
  }
}

/** JSON with the members of every object in order of their names. */
function canonical(value: unknown): string {
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
