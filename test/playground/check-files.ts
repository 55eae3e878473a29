/** Histories in every format that is read, good and bad, for the page that checks them. */
import { cpSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { sessions, sessionTransactions, timed, untimed } from '../checkers/formats/writers.ts';
import { chance } from '../checkers/oracle/chance.ts';
import { historyOfType } from '../checkers/oracle/every-datatype.ts';

const SHARED = fileURLToPath(new URL('../../../shared/', import.meta.url));

const TYPES = ['register', 'list-append', 'set'];
const SEEDS = [3, 5];

type Write = (name: string, content: string | Uint8Array) => void;

/** Small files of our own, into the folder: every format with several datatypes, some gzipped, some broken. */
export function writeOwn(folder: string): void {
  const write: Write = (name, content) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  };
  for (const type of TYPES) for (const seed of SEEDS) writeObjects(write, type, seed);
  for (const seed of [1, 4, 9]) writeSessions(write, seed);
  writeOdd(write);
}

function writeObjects(write: Write, type: string, seed: number): void {
  for (const [name, written] of Object.entries({ ...timed, ...untimed })) {
    const text = written(historyOfType(chance(seed), type), type);
    if (text !== undefined && text !== '') write(`objects/${type}-${seed}-${slug(name)}.txt`, text);
  }
}

function writeSessions(write: Write, seed: number): void {
  const transactions = sessionTransactions(historyOfType(chance(seed), 'rw-register'));
  if (!transactions) return;
  for (const [name, one] of Object.entries(sessions)) {
    const written = one.write(transactions);
    const path = `sessions/${slug(name)}-${seed}`;
    if (typeof written === 'string' && written !== '') write(`${path}.txt`, written);
    if (typeof written === 'object') for (const [at, bytes] of written.entries()) write(`${path}/${at}.log`, bytes);
  }
}

function writeOdd(write: Write): void {
  const register = `${EVENTS.join('\n')}\n`;
  write('zipped/whole.jsonl.gz', gzipSync(register));
  write('zipped/cut-off.jsonl.gz', gzipSync(register.repeat(1)).subarray(0, -12));
  write('zipped/damaged.jsonl.gz', damaged(gzipSync(register)));
  write('broken/line.jsonl', register.replace('"ok"', '"okay"'));
  write('broken/cut-off.jsonl', register.slice(0, -20));
  write('broken/bytes.jsonl', Buffer.from(register.replace('"a"', '"\xff"'), 'latin1'));
  write('broken/empty.jsonl', '');
  write('broken/odd-value.jsonl', register.replace('"value":1', '"value":[1,{}]'));
  write(
    'jepsen/history.edn',
    '{:process 0, :type :invoke, :f :write, :value 1}\n{:process 0, :type :ok, :f :write, :value 1}\n',
  );
  write('jepsen/results.edn', '{}');
  write('jepsen/jepsen.log', 'INFO');
  write('notes.md', 'no history');
}

/** A write that a later read does not find. */
export const EVENTS = [
  { process: 0, type: 'invoke', f: 'write', key: 'a', value: 1 },
  { process: 0, type: 'ok', f: 'write', key: 'a', value: 1 },
  { process: 1, type: 'invoke', f: 'read', key: 'a', value: null },
  { process: 1, type: 'ok', f: 'read', key: 'a', value: null },
].map((event) => JSON.stringify(event));

function damaged(bytes: Buffer): Buffer {
  bytes[Math.floor(bytes.length / 2)]! ^= 0xff;
  return bytes;
}

const slug = (name: string): string => name.replace(/\W+/g, '-');

/** Whether the histories of other tools lie beside the repository. */
export const hasShared = existsSync(join(SHARED, 'corpus')) && existsSync(join(SHARED, 'cases'));
if (!hasShared) console.warn(`The corpus is absent (${SHARED}): the check page is tried with our own files alone.`);

const LARGEST = 60_000;
/** Of a folder this many of the files: every format is among them. */
const MOST = Number(process.env.HISTORIES ?? 15);

/** Copies histories of other tools that are small enough. */
export function copyShared(folder: string): void {
  for (const part of ['cases', 'corpus/published', 'corpus/histories']) {
    const files = readdirSync(join(SHARED, part), { recursive: true, encoding: 'utf8' }).filter((path) => {
      const found = statSync(join(SHARED, part, path));
      return found.isFile() && found.size < LARGEST && !/(index\.jsonl|\.mjs|\.md|\.zip|\.tar(\.gz)?)$/.test(path);
    });
    const step = Math.max(1, Math.floor(files.length / MOST));
    for (const [at, path] of files.sort().entries())
      if (at % step === 0) cpSync(join(SHARED, part, path), join(folder, part.replace('/', '-'), path));
  }
}
