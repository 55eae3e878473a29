/**
 * Hostile files: histories in every format, of which pieces are cut out, duplicated, exchanged or replaced.
 * What is left is read as a history or refused with a message; nothing crashes, and what was read can be judged.
 */
import { binaryFormats, datatypes, HistoryError, historyReader, judge, type Reading } from 'elle-ts';
import { sessions, sessionTransactions, timed, untimed } from '../checkers/formats/writers.ts';
import { type Chance, chance } from '../checkers/oracle/chance.ts';
import { historyOfType } from '../checkers/oracle/every-datatype.ts';

/** What mutations put in: the characters that mean something somewhere. */
const BITS: readonly string[] = [
  ...'"{}[]():,;#\\\n\t -9eE.'.split(''),
  'null',
  'nil',
  ':type',
  '"value":',
  'INFO',
  '-1',
  '\u0000',
  '\ud800',
  '1e999',
  '9'.repeat(40),
  '#{',
  '#_',
  '[['.repeat(600),
];

/** A file of this number in some format: its text, or its bytes. */
function fileOf(c: Chance): string | Uint8Array {
  for (;;) {
    const type = c.maybe(0.4) ? 'rw-register' : c.pick(datatypes).name;
    const history = historyOfType(c, type);
    const transactions = type === 'rw-register' ? sessionTransactions(history) : undefined;
    if (transactions && c.maybe(0.7)) {
      const written = c.pick(Object.values(sessions)).write(transactions);
      const [one] = typeof written === 'string' ? [written] : (written ?? []);
      if (one !== undefined && one.length > 0) return one;
    } else {
      const text = c.pick(Object.values({ ...timed, ...untimed }))(history, type);
      if (text) return text;
    }
  }
}

function mutated(c: Chance, text: string): string {
  const at = c.int(text.length + 1);
  const length = c.pick([0, 1, 1, 3, 20]);
  const [before, piece, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)];
  const other = c.int(text.length + 1);
  const added = c.pick([() => c.pick(BITS), () => piece + piece, () => text.slice(other, other + length), () => '']);
  return c.maybe(0.1) ? before : before + added() + after;
}

function read(c: Chance, file: string | Uint8Array): Reading {
  if (typeof file !== 'string') {
    const bytes = Uint8Array.from(file);
    for (let edits = 1 + c.int(3); edits > 0; edits--)
      bytes[c.int(bytes.length)] = c.pick([0, 1, 255, 0x53, c.int(256)]);
    const cut = c.maybe(0.3) ? bytes.subarray(0, c.int(bytes.length)) : bytes;
    const format = binaryFormats.find((one) => one.begins(cut)) ?? c.pick(binaryFormats);
    return format.read([cut]);
  }
  let text = file;
  for (let edits = 1 + c.int(3); edits > 0; edits--) text = mutated(c, text);
  const reader = historyReader();
  for (let at = 0; at < text.length; ) {
    const size = 1 + c.int(c.pick([1, 7, 200, 10_000]));
    reader.push(text.slice(at, at + size));
    at += size;
  }
  return reader.end();
}

/** Reads and judges the file of this number; fails where that is neither a verdict nor a named error. */
export function judgeFile(seed: number): 'judged' | 'refused' {
  const c = chance(seed);
  try {
    judge(read(c, fileOf(c)).history, { budget: 20_000 });
    return 'judged';
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    if (error.message === '' || /undefined|\[object|is not a function/.test(error.message)) throw error;
    return 'refused';
  }
}
