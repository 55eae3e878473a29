import type { InputFile } from './input-file.ts';

/** A folder: on disk, in an archive, or what was dropped on a page. */
export interface Folder {
  readonly path: string;
  /** Names, sorted as people count: `good-2` before `good-10`. */
  readonly files: readonly string[];
  readonly folders: readonly string[];
  /** The path of a file in it, for people. */
  pathOf(name: string): string;
  file(name: string): Promise<InputFile>;
  /** Undefined where a link leads to a folder that was looked at already. */
  folder(name: string): Folder | undefined;
}

/** How people count. */
export const COLLATOR = new Intl.Collator('en', { numeric: true });

/**
 * The folder that files with these paths, with slashes, make; names that begin with a point are left out. Where `path`
 * is empty, it has no name.
 */
export function folderOf(path: string, paths: readonly string[], open: (inside: string) => Promise<InputFile>): Folder {
  const root = path === '' ? '' : `${path}/`;
  return below('', paths);

  function below(prefix: string, inside: readonly string[]): Folder {
    const names = inside.map((one) => one.slice(prefix.length)).filter((name) => !/^\.|\/\./.test(name));
    const sorted = [...new Set(names)].sort(COLLATOR.compare);
    const folders = new Set(
      sorted.filter((name) => name.includes('/')).map((name) => name.slice(0, name.indexOf('/'))),
    );
    return {
      path: `${root}${prefix}`.replace(/\/$/, ''),
      pathOf: (name) => `${root}${prefix}${name}`,
      files: sorted.filter((name) => !name.includes('/')),
      folders: [...folders].filter((name) => name !== ''),
      file: (name) => open(prefix + name),
      folder: (name) =>
        below(
          `${prefix}${name}/`,
          inside.filter((one) => one.startsWith(`${prefix}${name}/`)),
        ),
    };
  }
}
