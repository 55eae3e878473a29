/** Where in its sources a design is wrong: the one place where the text of its flaw stands. */
import type { Flaw } from '../systems/system.ts';

/** A place in a source, as in an editor: lines and columns count from 1. */
export interface Place {
  /** Its path below systems/. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Where it begins and ends in the text, in UTF-16 units. */
  readonly from: number;
  readonly to: number;
}

/**
 * All places of the flaw's text: one, if the flaw is as it should be. `sources` are texts by their paths below
 * systems/; of those the flaw's file is searched, and where it names none all files in the design's folder. A string
 * literal that is the text and nothing else is where the flaw is told, and counts as no place.
 */
export function flawPlaces(
  { name, flaw }: { readonly name: string; readonly flaw?: Flaw },
  sources: Readonly<Record<string, string>>,
): readonly Place[] {
  const { at } = flaw ?? {};
  if (!at) return [];
  const folder = `${name.split('/')[0]}/`;
  const files = Object.keys(sources).filter((file) => (flaw?.in ? file === flaw.in : file.startsWith(folder)));
  return files.flatMap((file) => placesIn(file, sources[file]!, at));
}

function placesIn(file: string, source: string, at: string): readonly Place[] {
  const places: Place[] = [];
  for (let from = source.indexOf(at); from >= 0; from = source.indexOf(at, from + 1)) {
    const to = from + at.length;
    const before = source[from - 1] ?? '';
    if (before !== '' && '\'"`'.includes(before) && source[to] === before) continue;
    const lines = source.slice(0, from).split('\n');
    places.push({ file, line: lines.length, column: lines.at(-1)!.length + 1, from, to });
  }
  return places;
}
