/**
 * What a client remembers, and how a plan's inputs name it. A plan is drawn before
 * anything has happened; what depends on answers is filled in when the call is made.
 *
 * - `{ $seen: key }`: what it saw last of the key.
 * - `{ $recent: key, of: n, at: u }`: of the list that it saw last
 *   of the key one of the n largest elements, at the share u of them.
 * - `{ $cursor: key, at: u, behind: element }`: this element, where the list that it saw last of the key has it; else
 *   the one at the share u of that list.
 * - `{ $range: key, at: u, length: n }`: of that list up to n elements, one after the other, from the share u of it on.
 * - `{ $answer: id }`, `{ $answer: id, field: name }`: what the planned call was answered, or a field of that.
 * - `{ $last: name }`: the last answer's field of that name.
 *
 * Each is null where there is nothing of the kind, and where the call did not succeed or was
 * another process's: who does not know what became of a call has forgotten what came before.
 */
export class Memory {
  private readonly seen = new Map<string, unknown>();
  private readonly answers = new Map<number, unknown>();
  private readonly fields = new Map<string, unknown>();

  /** Takes note of a call that succeeded. */
  note(id: number, f: string, key: string | undefined, input: unknown, output: unknown): void {
    this.answers.set(id, output);
    if (typeof output === 'object' && output !== null && !Array.isArray(output))
      for (const [name, value] of Object.entries(output)) this.fields.set(name, value);
    if (key === undefined) return;
    if (shows(f, output)) this.seen.set(key, output);
    else this.change(f, key, input);
  }

  /** Forgets what a process was answered; what it has seen its client remembers. */
  forgetAnswers(): void {
    this.answers.clear();
    this.fields.clear();
  }

  /** Whether it knows what this planned call was answered. */
  knows(id: number): boolean {
    return this.answers.has(id);
  }

  /** Puts what is remembered into an input. */
  fillIn(input: unknown): unknown {
    if (Array.isArray(input)) return input.map((item) => this.fillIn(item));
    if (input === null || typeof input !== 'object') return input;
    const { $seen, $recent, $cursor, $range, $answer, $last, field, of, at, behind, length } = input as Readonly<
      Record<string, unknown>
    >;
    if (typeof $seen === 'string') return this.seen.get($seen) ?? null;
    if (typeof $recent === 'string') return this.recent($recent, of as number, at as number);
    if (typeof $cursor === 'string') return this.cursor($cursor, at as number, behind);
    if (typeof $range === 'string') return this.range($range, at as number, length as number);
    if (typeof $last === 'string') return this.fields.get($last) ?? null;
    if (typeof $answer === 'number') return fieldOf(this.answers.get($answer), field);
    return Object.fromEntries(Object.entries(input).map(([name, item]) => [name, this.fillIn(item)]));
  }

  /** Takes note of a call that was refused: an element of a list that cannot be named is not there any more. */
  noteRefusal(f: string, key: string | undefined, input: unknown): void {
    if (key === undefined || (f !== 'insert' && f !== 'remove')) return;
    const named = f === 'insert' ? [(input as { readonly after?: unknown }).after] : namedIn(input);
    this.edit(key, (list) => list.filter((one) => !named.includes(one)));
  }

  /** A client that edits a list sees its own edits before it reads again. */
  private change(f: string, key: string, input: unknown): void {
    if (f === 'insert') this.edit(key, (list) => withRun(list, input as Insertion));
    if (f === 'remove') this.edit(key, (list) => list.filter((one) => !namedIn(input).includes(one)));
  }

  private edit(key: string, change: (list: readonly unknown[]) => readonly unknown[]): void {
    const list = listIn(this.seen.get(key) ?? []);
    if (list) this.seen.set(key, change(list));
  }

  private cursor(key: string, share: number, behind: unknown): unknown {
    const list = listIn(this.seen.get(key)) ?? [];
    return list.includes(behind) ? behind : (list[Math.floor(share * (list.length + 1)) - 1] ?? null);
  }

  private range(key: string, share: number, length: number): readonly unknown[] {
    const list = listIn(this.seen.get(key)) ?? [];
    const from = Math.floor(share * list.length);
    return list.slice(from, from + length);
  }

  private recent(key: string, count: number, share: number): unknown {
    const numbers = (listIn(this.seen.get(key)) ?? []).filter((one) => typeof one === 'number');
    const latest = numbers.sort((a, b) => b - a).slice(0, count);
    return latest[Math.min(latest.length - 1, Math.floor(share * latest.length))] ?? null;
  }
}

/** What a client sees of a key: what a read answers, or a poll that finds anything. */
function shows(f: string, output: unknown): boolean {
  return f === 'read' || (f === 'poll' && Array.isArray(output) && output.length > 0);
}

type Insertion = { readonly after?: unknown } & ({ readonly value: unknown } | { readonly values: readonly unknown[] });

/** A run stands where it was put; who puts single elements finds them by their size, wherever they stand. */
function withRun(list: readonly unknown[], input: Insertion): readonly unknown[] {
  if ('value' in input) return [...list, input.value];
  const at = list.indexOf(input.after) + 1;
  return [...list.slice(0, at), ...input.values, ...list.slice(at)];
}

/** The elements that a removal names. */
function namedIn(input: unknown): readonly unknown[] {
  const values = (input as { readonly values?: unknown } | null)?.values;
  return Array.isArray(values) ? values : [input];
}

/** A list as it was read, alone or as `{ value, version }`. */
function listIn(seen: unknown): readonly unknown[] | undefined {
  if (Array.isArray(seen)) return seen;
  const value = (seen as { readonly value?: unknown } | null | undefined)?.value;
  return Array.isArray(value) ? value : undefined;
}

function fieldOf(answer: unknown, field: unknown): unknown {
  if (typeof field !== 'string') return answer ?? null;
  return (answer as Readonly<Record<string, unknown>> | null | undefined)?.[field] ?? null;
}
