/** Which histories an argument of `check` names. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { archiveKind } from '../../harness/checking/archive-kind.ts';
import {
  type FindOptions,
  HISTORY_NAME,
  inFile,
  inFolder,
  type Opened,
  RUNS,
} from '../../harness/checking/histories.ts';
import type { InputFile } from '../../harness/checking/input-file.ts';
import { HELD } from '../../harness/checking/limits.ts';
import type { Found } from '../../harness/checking/source.ts';
import { UsageError } from '../exit.ts';
import { asBuffer } from './as-buffer.ts';
import { fileOnDisk, standardInput } from './file.ts';
import { archiveFolder, diskFolder } from './folder.ts';
import { tarEntries } from './tar.ts';
import { zipEntries } from './zip.ts';

/** How files are read. */
export interface ReadWith {
  readonly format?: string | undefined;
  readonly expansion: number;
}

/**
 * The histories that an argument names: a file, `-`, a run's folder,
 * an archive, or a folder with any of these. Throws a `UsageError`.
 */
export async function* historiesIn(argument: string, { format, expansion }: ReadWith): AsyncGenerator<Found> {
  const options: FindOptions = { format, opened: (file) => opened(file, expansion) };
  if (argument === '-') return yield* inFile(standardInput(expansion), options);
  if (!existsSync(argument)) throw new UsageError(`there is no file or folder ${argument}`);
  if (!statSync(argument).isDirectory()) return yield* onDisk(argument, options, expansion);
  let any = false;
  for await (const found of inFolder(diskFolder(argument, expansion), options)) {
    any ||= !('skipped' in found);
    yield found;
  }
  if (!any) throw new UsageError(`no history lies in ${argument}`);
}

/** A file that was named by its path; a run's has its setting beside it. */
async function* onDisk(path: string, options: FindOptions, expansion: number): AsyncGenerator<Found> {
  const file = await fileOnDisk(path, expansion);
  const setting = join(dirname(path), 'setting.json');
  if (!RUNS.test(file.name) || !existsSync(setting)) return yield* inFile(file, options);
  const verdict = join(dirname(path), 'verdict.json');
  const besides = existsSync(verdict) ? { verdict: await fileOnDisk(verdict, expansion) } : {};
  yield { source: { path, files: [file], setting: await fileOnDisk(setting, expansion), ...besides } };
}

async function opened(file: InputFile, expansion: number): Promise<Opened | undefined> {
  const kind = archiveKind(await file.head());
  if (kind === 'zip')
    return {
      folder: archiveFolder(file.path, zipEntries(asBuffer(await file.whole(HELD))), expansion),
      others: [],
    };
  if (kind === undefined) return undefined;
  const wanted = (path: string): boolean =>
    HISTORY_NAME.test(path) || /\/((setting|verdict)\.json|test\.jepsen)$/.test(path);
  const { entries, others } = await tarEntries(file, wanted, HELD);
  return { folder: archiveFolder(file.path, entries, expansion), others: others.map((path) => join(file.path, path)) };
}
