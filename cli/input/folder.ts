/** Folders with files in them: on disk, or what an archive holds. */
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { COLLATOR, type Folder, folderOf } from '../../harness/checking/folder.ts';
import { type Entry, entryFile } from './archive.ts';
import { fileOnDisk } from './file.ts';

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
    pathOf: (name) => join(path, name),
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
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  return folderOf(path, [...byPath.keys()], async (inside) => entryFile(path, byPath.get(inside) as Entry, expansion));
}
