/** The designs' sources, which lie beside the page and are loaded by a script when they are asked for. */
import type { DesignEntry } from '../engine/catalogue.ts';

/** Their texts by path below `systems/`. */
export type Sources = Readonly<Record<string, string>>;

/** What the script beside the page fills; in the one-file form it is there from the beginning. */
const place = globalThis as { splitbrainSources?: Sources };

let loading: Promise<Sources> | undefined;

/** Rejects with a sentence where the file is not there. */
export function loadSources(): Promise<Sources> {
  loading ??= new Promise((resolve, reject) => {
    if (place.splitbrainSources) return resolve(place.splitbrainSources);
    const script = document.createElement('script');
    script.src = './sources.js';
    script.onload = () => resolve(place.splitbrainSources ?? {});
    script.onerror = () => reject(new Error('The file sources.js is to lie beside this page, and cannot be read.'));
    document.head.append(script);
  });
  return loading;
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
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
