/**
 * A text of plain letters, which repeat. The harness needs to identify each of them: a map in the same document has
 * for each run that was typed, by the library's id of its first letter, which elements the run is.
 */
import type { Value } from 'elle-ts';
import type { Node } from '../systems/node.ts';
import type { Replica } from '../systems/system.ts';
import type { Library, Text } from './document.ts';
import {
  edited,
  given,
  type Insertion,
  kept,
  type Options,
  opened,
  positionAfter,
  putBy,
  rangesOf,
  stateOf,
} from './replicas.ts';

/** A run as it was typed: its letters, and the elements that they are. */
interface Run {
  readonly letters: string;
  readonly values: readonly Value[];
}

const ALPHABET = 'etaoinshrdlu';

/** What stands for an element of which nobody said how it is typed. */
const letterOf = (value: Value) => ALPHABET[Number(value) % ALPHABET.length]!;

export async function text<Content>(
  node: Node,
  library: Library<Content>,
  type: Text<Content>,
  options: Options,
): Promise<Replica> {
  const documents = await opened(node, library, options);
  const parsed = new Map<string, Run>();
  const elements = (content: Content) => elementsOf(type, content, parsed);
  return {
    state: stateOf(documents, (content) => type.read(content)),
    end: documents.free,
    api: {
      insert: (input: Insertion, key = '') =>
        edited(documents, key, (content) => {
          const values = putBy(input);
          const letters = input.letters ?? values.map(letterOf).join('');
          const at = input.after === null ? 0 : positionAfter(elements(content), input.after);
          type.insert(content, at, letters);
          const { editor, count } = type.nameAt(content, at);
          type.runs.set(content, `${editor} ${count}`, kept({ letters, values }));
        }),
      remove: (input: Value, key = '') =>
        edited(documents, key, (content) => {
          for (const { at, length } of rangesOf(elements(content), input)) type.remove(content, at, length);
        }),
      read: async (_: null, key = '') => documents.get(key).read(elements),
    },
  } as Replica;
}

/**
 * The elements that a text shows; of a letter that nobody typed there, its name and what it shows.
 * `parsed` has the runs that were read before, by their text.
 */
function elementsOf<Content>(type: Text<Content>, content: Content, parsed: Map<string, Run>): readonly Value[] {
  const runs = new Map<string, Map<number, readonly [run: Run, at: number]>>();
  for (const key of type.runs.keys(content)) {
    const [editor, first] = key.split(' ') as [string, string];
    const json = type.runs.get(content, key) as string;
    const run = parsed.get(json) ?? (given(json) as unknown as Run);
    parsed.set(json, run);
    const counts = runs.get(editor) ?? new Map();
    runs.set(editor, counts);
    for (const at of run.values.keys()) counts.set(Number(first) + at, [run, at]);
  }
  return Array.from(type.read(content), (letter, place) => {
    const { editor, count } = type.nameAt(content, place);
    const [run, at] = runs.get(editor)?.get(count) ?? [];
    return run && run.letters[at!] === letter ? run.values[at!]! : `${letter} named ${count} of ${editor}`;
  });
}
