/** The designs' sources, which lie beside the page and are loaded by a script when they are asked for. */
import type { DesignEntry } from '../engine/catalogue.ts';
import { flawPlaces, type Place } from '../flaw-place.ts';
import { loadBeside } from './beside.ts';

/** Their texts by path below `systems/`. */
export type Sources = Readonly<Record<string, string>>;

/** What that script fills. */
const place = globalThis as { splitbrainSources?: Sources };

/** Rejects with a sentence where the file is not there. */
export async function loadSources(): Promise<Sources> {
  await loadBeside('sources.js');
  return place.splitbrainSources ?? {};
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** The place that is wrong, where the design is broken on purpose. */
export function placeOf(sources: Sources, design: DesignEntry): Place | undefined {
  const [place, ...others] = flawPlaces(design, sources);
  return others.length === 0 ? place : undefined;
}

/** The files of the design's folder: first the one that names it, then the others, then the blocks that they share. */
export function filesOf(sources: Sources, { name, folder }: DesignEntry): readonly SourceFile[] {
  const own = Object.entries(sources).filter(([path]) => path.startsWith(`${folder}/`));
  const names = ([, text]: readonly [string, string]) => text.includes(`'${name}'`);
  const files = [...own.filter(names), ...own.filter((file) => !names(file))];
  const used = new Set(
    own.flatMap(([, text]) => [...text.matchAll(/'\.\.\/(blocks\/[\w-]+\.ts)'/g)].map(([, path]) => path!)),
  );
  const blocks = [...used].sort().flatMap((path) => (sources[path] ? [[path, sources[path]] as const] : []));
  return [...files, ...blocks].map(([path, text]) => ({ path, text }));
}
