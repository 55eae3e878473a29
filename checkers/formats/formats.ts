import { awditReader } from './awdit.ts';
import { beginsCobra, readCobra } from './cobra.ts';
import { dbcopReader } from './dbcop.ts';
import { beginsBincode, readBincode } from './dbcop-bincode.ts';
import { HistoryError } from './history-error.ts';
import { jepsenEdnReader } from './jepsen-edn.ts';
import { jepsenJsonReader } from './jepsen-json.ts';
import { etcdLogReader, historyTxtReader } from './jepsen-text.ts';
import { jsonlReader } from './jsonl.ts';
import type { ReadOptions } from './options.ts';
import { plumeReader } from './plume.ts';
import { porcupineJsonReader } from './porcupine-json.ts';
import type { Reader, Reading } from './reader.ts';
import { tipocketReader } from './tipocket.ts';
import { viperReader } from './viper.ts';

/** A format of text. */
export interface Format {
  readonly name: string;
  readonly says: string;
  reader(options?: ReadOptions): Reader;
  /** Whether a text that begins so is of this format. */
  begins(text: string): boolean;
  /** Whether the files of a folder are one history, each a session of it: then the reader has `nextFile`. */
  readonly fileASession?: true;
}

/** A format of bytes that are no text. */
export interface BinaryFormat {
  readonly name: string;
  readonly says: string;
  /** Whether a file that begins so is of this format. */
  begins(head: Uint8Array): boolean;
  /** The history in the bytes of its files. Throws a `HistoryError` with the byte. */
  read(files: readonly Uint8Array[]): Reading;
  /** Whether the files of a folder are one history, each a session of it. */
  readonly fileASession?: true;
}

/** Every format of text, in the order in which they are tried. */
export const formats: readonly Format[] = [
  {
    name: 'etcd-log',
    says: "Jepsen's first logs, as Porcupine tests with: INFO jepsen.util - process :type :function value",
    reader: etcdLogReader,
    begins: (text) => /^\s*INFO\s+jepsen\.util\s/.test(text),
  },
  {
    name: 'history-txt',
    says: "Jepsen's history.txt: process, :type, :function and value a line",
    reader: historyTxtReader,
    begins: (text) => /^\s*:?[\w.-]+[\t ]+:(invoke|ok|fail|info)[\t ]/.test(text),
  },
  {
    name: 'plume',
    says: "Plume's and PolySI's text: r(key,value,session,transaction) a line",
    reader: plumeReader,
    begins: (text) => /^\s*[rw]\(/.test(text),
  },
  {
    name: 'awdit-test',
    says: "AWDIT's text: r key value a line, ----- between transactions, ===== between sessions",
    reader: awditReader,
    begins: (text) => /^\s*([rw]\s+-?\d+\s+-?\d+\s*($|\n)|-{3,}\s*\n|={3,}\s*\n)/.test(text),
  },
  {
    name: 'dbcop',
    says: "dbcop's JSON: sessions of transactions of reads and writes",
    reader: dbcopReader,
    begins: (text) => /^\s*(\{\s*"(params|info|start|end|data)"|\[\s*\[\s*(\{\s*"(events|committed)"|\]|$))/.test(text),
  },
  {
    name: 'viper',
    says: 'Viper\'s logs: {"value": [["w", key, value, true]]} a line, a file a session',
    reader: viperReader,
    begins: (text) => /^\s*\{\s*"value"\s*:\s*\[[^\n]*\]\s*\}\s*($|\n)/.test(text),
    fileASession: true,
  },
  {
    name: 'porcupine-json',
    says: "Porcupine's operations as JSON: {ClientId, Input, Call, Output, Return}",
    reader: porcupineJsonReader,
    begins: (text) => /^\s*\[?\s*\{\s*"(ClientId|Call|Return|Input|Output)"/.test(text),
  },
  {
    name: 'tipocket',
    says: "TiPocket's histories: {action, proc, data} a line",
    reader: tipocketReader,
    begins: (text) => /^\s*\{[^\n]*"action"\s*:\s*"/.test(text) && /^\s*\{[^\n]*"proc"\s*:/.test(text),
  },
  {
    name: 'json',
    says: "Jepsen's and elle-cli's JSON: one array of operations",
    reader: jepsenJsonReader,
    begins: (text) => /^\s*\[\s*(\{\s*["}]|\]|$)/.test(text),
  },
  {
    name: 'jsonl',
    says: "one JSON event a line: splitbrain's own history.jsonl, and whatever has Jepsen's shape",
    reader: jsonlReader,
    begins: (text) => /^\s*\{\s*(["}]|$)/.test(text),
  },
  {
    name: 'edn',
    says: "Jepsen's EDN, and Porcupine's key-value logs: operation maps one after another, in a vector or a list",
    reader: jepsenEdnReader,
    begins: (text) => /^[\s,]*[[({#^;]/.test(text),
  },
];

/** Every format of bytes that are no text, in the order in which they are tried. */
export const binaryFormats: readonly BinaryFormat[] = [
  {
    name: 'cobra',
    says: "Cobra's logs, a file a session",
    read: readCobra,
    begins: beginsCobra,
    fileASession: true,
  },
  {
    name: 'dbcop-bincode',
    says: "the bincode of dbcop's first version, as PolySI publishes its histories",
    read: ([file = new Uint8Array()]) => readBincode(file),
    begins: beginsBincode,
  },
];

/** How much of a text is looked at before its format is decided. */
const ENOUGH = 4096;
/** How much white space may come before it. */
const MOST_BLANK = 1024 * 1024;

/**
 * A reader of the named format of text, or of the one that the text
 * turns out to have. Throws a `HistoryError` where there is none.
 */
export function historyReader(name?: string, options?: ReadOptions): Reader {
  if (name === undefined) return detectingReader(options);
  const format = formats.find((one) => one.name === name);
  if (format) return format.reader(options);
  const binary = binaryFormats.some((one) => one.name === name);
  throw new HistoryError(binary ? `${name} is no text: it is read from bytes` : `no format is called "${name}"`);
}

/** Reads a whole text at once. Throws a `HistoryError`. */
export function readHistory(text: string, name?: string, options?: ReadOptions): Reading {
  const reader = historyReader(name, options);
  reader.push(text);
  return reader.end();
}

function detectingReader(options: ReadOptions | undefined): Reader {
  let head = '';
  let began = false;
  /** Whether there is nothing but white space so far. */
  let blank = true;
  let reader: Reader | undefined;
  const decide = (): Reader => {
    const format = formats.find((one) => one.begins(head));
    if (!format) throw new HistoryError('this is a history in no format known; name one with --format', 1);
    reader = format.reader(options);
    reader.push(head);
    head = '';
    return reader;
  };
  return {
    push(text) {
      if (reader) return reader.push(text);
      // A byte order mark says nothing, and blank lines at the start are of every format.
      head += !began && text.startsWith('\ufeff') ? text.slice(1) : text;
      began = true;
      blank &&= text.trim() === '';
      if (!blank && head.length >= ENOUGH) decide();
      else if (head.length > MOST_BLANK) throw new HistoryError('more than 1 MB of white space before the history', 1);
    },
    nextFile() {
      const next = (reader ?? decide()).nextFile;
      if (!next) throw new HistoryError('a history in this format is one file');
      next.call(reader);
    },
    end() {
      if (!reader && blank) return { ...jsonlReader().end(), notes: ['the file is empty'] };
      return (reader ?? decide()).end();
    },
  };
}
