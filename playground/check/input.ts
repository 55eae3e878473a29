/** What was dropped on the page, as the files and folders that `check` looks through. */
import { archiveKind } from '../../harness/checking/archive-kind.ts';
import { folderOf } from '../../harness/checking/folder.ts';
import { type FindOptions, inFile, inFolder } from '../../harness/checking/histories.ts';
import { InputFile } from '../../harness/checking/input-file.ts';
import { EXPANSION } from '../../harness/checking/limits.ts';
import type { Found } from '../../harness/checking/source.ts';
import { gunzipped } from './gunzip.ts';
import type { Dropped } from './protocol.ts';

/** Is told how many bytes of the file have been read. */
export type Progress = (path: string, bytes: number) => void;

/** All histories among the files: one file is taken for one, of several those that look like it. */
export async function foundIn(files: readonly Dropped[], format: string, progress: Progress): Promise<Found[]> {
  const options: FindOptions = { format: format === '' ? undefined : format, opened: refuseArchive };
  const opened = (one: Dropped) => inputFile(one, progress);
  const [first, ...others] = files;
  const byPath = new Map(files.map((one) => [one.path, one]));
  const found =
    first && others.length === 0
      ? inFile(opened(first), options)
      : inFolder(
          folderOf('', [...byPath.keys()], async (path) => opened(byPath.get(path) as Dropped)),
          options,
        );
  const all: Found[] = [];
  for await (const one of found) all.push(one);
  return all;
}

function inputFile({ path, file }: Dropped, progress: Progress): InputFile {
  return new InputFile(path, () => bytesOf(path, file, progress), { gunzip: gunzipped, expansion: EXPANSION });
}

async function* bytesOf(path: string, file: File, progress: Progress): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  let bytes = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      bytes += next.value.length;
      progress(path, bytes);
      yield next.value;
    }
  } finally {
    await reader.cancel();
  }
}

async function refuseArchive(file: InputFile): Promise<undefined> {
  const kind = archiveKind(await file.head());
  if (kind === undefined) return undefined;
  throw new Error(`this is a ${kind} archive: unpack it and drop its folder here, or run splitbrain check on it`);
}
