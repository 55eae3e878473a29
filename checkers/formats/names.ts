/** What a text is in its file, where the file tells more kinds apart than a string can. */
export type TextKind = 'string' | 'keyword' | 'symbol' | 'character' | 'number' | 'value';

/**
 * Gives everything that a file tells apart a text of its own: the keyword `:x` and the string
 * `"x"`, a number too large for a double and the string of its digits, the key `1` and the key
 * `"1"`. The plain text belongs to what comes first; whatever else would have the same one
 * is written so that its kind can be seen. O(1) a text, and memory for each different one.
 */
export class Names {
  private readonly known = new Map<TextKind, Map<string, string>>();
  private readonly taken = new Set<string>();

  of(kind: TextKind, text: string): string {
    let names = this.known.get(kind);
    if (names === undefined) {
      names = new Map();
      this.known.set(kind, names);
    }
    let name = names.get(text);
    if (name === undefined) {
      name = text;
      while (this.taken.has(name)) name = marked(kind, name);
      this.taken.add(name);
      names.set(text, name);
    }
    return name;
  }

  /** A key's name: a string's own, everything else's JSON. */
  ofKey(key: unknown): string {
    return typeof key === 'string' ? this.of('string', key) : this.of('value', JSON.stringify(key));
  }
}

function marked(kind: TextKind, text: string): string {
  if (kind === 'keyword') return `:${text}`;
  return kind === 'string' ? JSON.stringify(text) : `${text} (${kind})`;
}
