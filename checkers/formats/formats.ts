import { dbcopReader } from './dbcop.ts';
import { etcdLogReader } from './etcd-log.ts';
import { HistoryError } from './history-error.ts';
import { jepsenEdnReader } from './jepsen-edn.ts';
import { jepsenJsonReader } from './jepsen-json.ts';
import { jsonlReader } from './jsonl.ts';
import { plumeReader } from './plume.ts';
import type { Reader, Reading } from './reader.ts';

/** A format of histories that can be read. */
export interface Format {
  readonly name: string;
  readonly says: string;
  reader(): Reader;
  /** Whether a text that begins so is of this format. */
  begins(text: string): boolean;
}

/** Every format that is read, in the order in which they are tried. */
export const formats: readonly Format[] = [
  {
    name: 'etcd-log',
    says: "Porcupine's logs of an etcd register",
    reader: etcdLogReader,
    begins: (text) => /^\s*INFO\s/.test(text),
  },
  {
    name: 'plume',
    says: "Plume's and PolySI's text: r(key,value,session,transaction) a line",
    reader: plumeReader,
    begins: (text) => /^\s*[rw]\(/.test(text),
  },
  {
    name: 'dbcop',
    says: "dbcop's JSON: sessions of transactions of reads and writes",
    reader: dbcopReader,
    begins: (text) => /^\s*\{\s*"(params|info|start|end|data)"/.test(text),
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

/** How much of a text is looked at before its format is decided. */
const ENOUGH = 4096;

/** A reader of the named format, or of the one that the text turns out to have. Throws a `HistoryError` where there is none. */
export function historyReader(name?: string): Reader {
  if (name === undefined) return detectingReader();
  const format = formats.find((one) => one.name === name);
  if (!format) throw new HistoryError(`no format is called "${name}"`);
  return format.reader();
}

/** Reads a whole text at once. Throws a `HistoryError`. */
export function readHistory(text: string, name?: string): Reading {
  const reader = historyReader(name);
  reader.push(text);
  return reader.end();
}

function detectingReader(): Reader {
  let head = '';
  let reader: Reader | undefined;
  const decide = (): Reader => {
    const format = formats.find((one) => one.begins(head));
    if (!format) throw new HistoryError('this is a history in no format known; name one with --format', 1);
    reader = format.reader();
    reader.push(head);
    head = '';
    return reader;
  };
  return {
    push(text) {
      if (reader) return reader.push(text);
      // A byte order mark says nothing, and blank lines at the start are of every format.
      head = head === '' && text.startsWith('\ufeff') ? text.slice(1) : head + text;
      if (head.length >= ENOUGH) decide();
    },
    end() {
      if (!reader && head.trim() === '') return { ...formats[0]!.reader().end(), notes: ['the file is empty'] };
      return (reader ?? decide()).end();
    },
  };
}
