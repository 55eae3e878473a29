/** Which histories lie in a folder, and what lies beside them that is none. */
import { binaryFormats, formats } from 'elle-ts';
import { decoded } from './bytes.ts';
import type { Folder } from './folder.ts';
import type { InputFile } from './input-file.ts';
import type { Found, Source } from './source.ts';

export interface FindOptions {
  readonly format?: string | undefined;
  /** The folder that an archive is, and its files that are certainly none; undefined where the file is none. */
  readonly opened: (file: InputFile) => Promise<Opened | undefined>;
}

/** An archive as a folder. */
export interface Opened {
  readonly folder: Folder;
  readonly others: readonly string[];
}

/** Names of histories, and of what may hold some. */
export const HISTORY_NAME = /\.(jsonl|ndjson|json|edn|log|txt|text|bincode)(\.gz)?$/;
const ARCHIVE_NAME = /\.(zip|tar|tgz|tar\.gz)$/;
/** Names that only a history has. */
const SURELY = /\.(jsonl|ndjson)(\.gz)?$/;
/** The history of a run of ours. */
export const RUNS = /^history\.jsonl(\.gz)?$/;
/** What a run of ours has besides its history. */
const OF_A_RUN = /^(setting|plan|calls|messages|verdict|meta|counterexample|campaign|summary)\.json/;

/** What Jepsen leaves of a test besides its history, and names of its history, best first. */
const OF_JEPSEN = /^(results\.edn|test\.edn|jepsen\.log|test\.jepsen|test\.fressian)$/;
const JEPSENS: readonly string[] = [
  'history.edn',
  'history.edn.gz',
  'history.json',
  'history.json.gz',
  'history.txt',
  'history.txt.gz',
];

/** A file that was named: a history, or an archive. */
export async function* inFile(file: InputFile, options: FindOptions): AsyncGenerator<Found> {
  try {
    const archive = await options.opened(file);
    if (archive === undefined) yield { source: { path: file.path, files: [file] } };
    else yield* inFolder(archive.folder, options, archive.others);
  } catch (error) {
    yield { path: file.path, error };
  }
}

/** All histories of a folder and of those in it; those of an archive have `others` beside them. */
export async function* inFolder(
  folder: Folder,
  options: FindOptions,
  others: readonly string[] = [],
): AsyncGenerator<Found> {
  for (const skipped of others) yield { skipped };
  const { files } = folder;
  const run = files.find((name) => RUNS.test(name));
  const jepsens =
    files.some((name) => OF_JEPSEN.test(name)) || (files.includes('history.edn') && files.includes('history.txt'));
  if (run !== undefined) yield { source: await ofRun(folder, run) };
  else if (jepsens) yield* ofJepsen(folder);
  else {
    yield* ofFolder(folder, options);
    for (const name of folder.folders) {
      const inner = folder.folder(name);
      if (inner) yield* inFolder(inner, options);
    }
  }
}

async function ofRun(folder: Folder, name: string): Promise<Source> {
  const file = await folder.file(name);
  const setting = folder.files.includes('setting.json') ? { setting: await folder.file('setting.json') } : {};
  const verdict = folder.files.includes('verdict.json') ? { verdict: await folder.file('verdict.json') } : {};
  return { path: file.path, files: [file], ...setting, ...verdict };
}

/** The folder of one test of Jepsen's: whatever else lies there is no history, or is the same one. */
async function* ofJepsen(folder: Folder): AsyncGenerator<Found> {
  const history = JEPSENS.find((name) => folder.files.includes(name));
  for (const name of [...folder.files, ...folder.folders.map((one) => `${one}/`)])
    if (name !== history) yield { skipped: folder.pathOf(name) };
  if (history !== undefined) {
    const file = await folder.file(history);
    yield { source: { path: file.path, files: [file] } };
    return;
  }
  const error =
    "this test has no history.edn and no history.txt; Jepsen's binary test.jepsen and test.fressian are not read";
  yield { path: folder.path, error: new Error(error) };
}

/** Any other folder: its files, each a history, or all of them sessions of one. */
async function* ofFolder(folder: Folder, options: FindOptions): AsyncGenerator<Found> {
  const together = await sessionFiles(folder, options);
  if (together) yield { source: { path: folder.path, files: together.files } };
  for (const name of folder.files) {
    if (together?.names.includes(name) || OF_A_RUN.test(name)) continue;
    const path = folder.pathOf(name);
    if (!HISTORY_NAME.test(name) && !ARCHIVE_NAME.test(name)) {
      yield { skipped: path };
      continue;
    }
    const file = await folder.file(name);
    try {
      if (ARCHIVE_NAME.test(name)) yield* inFile(file, options);
      else if (await isHistory(file, options)) yield { source: { path: file.path, files: [file] } };
      else yield { skipped: path };
    } catch (error) {
      yield { path, error };
    }
  }
}

/**
 * The files of a folder that are one history together, a file a
 * session: its logs, if all that have anything are of such a format.
 */
async function sessionFiles(
  folder: Folder,
  { format }: FindOptions,
): Promise<{ readonly names: readonly string[]; readonly files: readonly InputFile[] } | undefined> {
  const names = folder.files.filter((name) => name.endsWith('.log'));
  const files = await Promise.all(names.map((name) => folder.file(name)));
  const kinds = new Set<string | undefined>();
  for (const file of files) {
    const head = await file.head();
    if (head.length > 0) kinds.add(sessionFormat(head));
  }
  const [kind, ...others] = kinds;
  if (kind === undefined || others.length > 0 || (format !== undefined && format !== kind)) return undefined;
  return { names, files };
}

function sessionFormat(head: Uint8Array): string | undefined {
  return (
    binaryFormats.find((one) => one.fileASession && one.begins(head)) ??
    formats.find((one) => one.fileASession && one.begins(decoded(head)))
  )?.name;
}

/** Whether a file of a folder is a history: its name or the format that was given says so, or it begins as one does. */
async function isHistory(file: InputFile, { format }: FindOptions): Promise<boolean> {
  if (format !== undefined || SURELY.test(file.name)) return true;
  const head = await file.head();
  if (head.length === 0 || binaryFormats.some((one) => one.begins(head))) return true;
  const text = decoded(head);
  const found = formats.find((one) => one.begins(text));
  if (found === undefined) return false;
  return !GENERAL.includes(found.name) || MEMBER.test(text) || text.trim() === '[]';
}

/** Formats that begin as many other files do: what they are shows in the members of their records. */
const GENERAL: readonly string[] = ['json', 'jsonl', 'edn'];
const MEMBER = /"(type|f|process|value)"\s*:|:(type|f|process|value)\s|^[\s,]*[[(]+\s*(\d+|:\w+)\s+:/;
