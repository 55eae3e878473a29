/** Folders with files in them: on disk, or what an archive holds. */
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Entry, entryFile } from './archive.ts';
import { fileOnDisk, type InputFile } from './file.ts';

/** A folder. Names are sorted as people count: `good-2` before `good-10`; links come last. */
export interface Folder {
  readonly path: string;
  readonly files: readonly string[];
  readonly folders: readonly string[];
  file(name: string): Promise<InputFile>;
  /** Undefined where a link leads to a folder that was looked at already. */
  folder(name: string): Folder | undefined;
}

const COLLATOR = new Intl.Collator('en', { numeric: true });

/**
 * A folder on disk. `seen` are the real paths of the files and
 * folders that were looked at, so that links do not repeat them.
 */
export function diskFolder(path: string, expansion: number, seen: Set<string> = new Set()): Folder {
  seen.add(realpathSync(path));
  const entries = readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.'))
    .sort((a, b) => Number(a.isSymbolicLink()) - Number(b.isSymbolicLink()) || COLLATOR.compare(a.name, b.name));
  const those = (is: 'isFile' | 'isDirectory'): string[] =>
    entries
      .filter((entry) => entry[is]() || (entry.isSymbolicLink() && leadsTo(join(path, entry.name), is)))
      .map(({ name }) => name);
  const isNew = (name: string): boolean => {
    const real = realpathSync(join(path, name));
    return !seen.has(real) && seen.add(real) !== undefined;
  };
  return {
    path,
    files: those('isFile').filter(isNew),
    folders: those('isDirectory'),
    file: (name) => fileOnDisk(join(path, name), expansion),
    folder: (name) =>
      seen.has(realpathSync(join(path, name))) ? undefined : diskFolder(join(path, name), expansion, seen),
  };
}

function leadsTo(link: string, is: 'isFile' | 'isDirectory'): boolean {
  return existsSync(link) && statSync(link)[is]();
}

/** The folder that an archive is. */
export function archiveFolder(path: string, entries: readonly Entry[], expansion: number): Folder {
  return below('', entries);

  function below(prefix: string, inside: readonly Entry[]): Folder {
    const names = inside.map((entry) => entry.path.slice(prefix.length)).filter((name) => !/^\.|\/\./.test(name));
    const sorted = [...new Set(names)].sort(COLLATOR.compare);
    const folders = [
      ...new Set(sorted.filter((name) => name.includes('/')).map((name) => name.slice(0, name.indexOf('/')))),
    ];
    return {
      path: `${path}/${prefix}`.replace(/\/$/, ''),
      files: sorted.filter((name) => !name.includes('/')),
      folders: folders.filter((name) => name !== ''),
      file: async (name) => entryFile(path, inside.find((entry) => entry.path === prefix + name) as Entry, expansion),
      folder: (name) =>
        below(
          `${prefix}${name}/`,
          inside.filter((entry) => entry.path.startsWith(`${prefix}${name}/`)),
        ),
    };
  }
}
