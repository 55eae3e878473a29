/** The same history, written in every format that can hold it, has the same verdicts. */
import {
  binaryFormats,
  datatypes,
  formats,
  type History,
  HistoryError,
  historyOf,
  historyReader,
  judge,
  type Operation,
  readHistory,
} from 'elle-ts';
import { describe, expect, it } from 'vitest';
import { type Chance, chance } from '../oracle/chance.ts';
import { historyOfType } from '../oracle/every-datatype.ts';
import { sessions, sessionTransactions, timed, untimed } from './writers.ts';

type Models = Readonly<Record<string, boolean | 'unknown'>>;

/** A random history; half of those of one object do not name it, as formats without keys need it. */
function drawn(c: Chance, type: string): History {
  const history = historyOfType(c, type);
  const plain = c.maybe(0.5);
  const operations = [...history].filter(({ key }) => !plain || key === undefined || key === 'x');
  return historyOf(
    operations.map((one) => {
      const { key, node, ...rest } = one;
      return {
        ...rest,
        ...(plain || key === undefined ? {} : { key }),
        ...(plain || node === undefined ? {} : { node }),
      } as Operation;
    }),
  );
}

/**
 * Fails where a model's verdict is another one than expected, but for one that is unknown because it needs real time.
 */
function compare(what: string, expected: Models, history: History, type: string): void {
  const { models } = judge(history, { type });
  for (const [model, valid] of Object.entries(models)) {
    if (valid === expected[model]) continue;
    const { valid: alone, reason = '' } = judge(history, { type, model });
    if (expected[model] === 'unknown' || (!history.realTime && isExcused({ alone, reason, type }, expected[model])))
      continue;
    expect.fail(
      `${what}: ${model} is ${valid} (${reason}), and not ${expected[model]}: ${JSON.stringify([...history])}`,
    );
  }
}

/**
 * Removals of what was added only later are told by time alone; what was removed without being added at all is judged.
 */
const MULTISETS: readonly string[] = ['total-queue', 'queue', 'unordered-queue'];

function isExcused(
  said: { readonly alone: boolean | 'unknown'; readonly reason: string; readonly type: string },
  expected: boolean | undefined,
): boolean {
  if (said.alone === expected) return true;
  if (said.alone === 'unknown') return /real time/.test(said.reason);
  return said.alone && MULTISETS.includes(said.type);
}

/**
 * Whether completions alone cannot tell what a call was asked: functions that take something and return something else.
 */
function ambiguous(type: string): boolean {
  const functions = datatypes.find(({ name }) => name === type)?.functions ?? {};
  return Object.values(functions).some(({ takes, returns, micro }) => takes && returns && !micro);
}

const HISTORIES = 15;

/** The datatypes whose verdicts rest on times, which only records with times can hold. */
const TIMES: readonly string[] = ['lease-lock', 'cache'];

/** Judges the history as each format has it; returns the formats that can hold it. */
function judgeAll(history: History, type: string, seed: number): string[] {
  const expected = judge(history, { type }).models;
  const those: string[] = [];
  for (const [format, write] of Object.entries({ ...timed, ...untimed })) {
    const text = write(history, type);
    if (text === undefined || (TIMES.includes(type) && !/"time"|:time/.test(text))) continue;
    those.push(format);
    const read = readHistory(text).history;
    expect(read.realTime).toBe(Object.hasOwn(timed, format));
    try {
      compare(`${format} of seed ${seed}`, expected, read, type);
    } catch (error) {
      if (read.realTime || !(error instanceof HistoryError && ambiguous(type))) throw error;
    }
  }
  return those;
}

/** Judges random histories of the type in every format; returns how many each could hold. */
function writtenOf(type: string): Map<string, number> {
  const written = new Map<string, number>();
  for (let seed = 0; seed < HISTORIES; seed++) {
    const history = drawn(chance(seed), type);
    if (history.length === 0) continue;
    for (const format of judgeAll(history, type, seed)) written.set(format, (written.get(format) ?? 0) + 1);
  }
  return written;
}

describe('every format', () => {
  for (const { name: type } of datatypes)
    it(`says the same of a ${type}`, () => {
      const written = writtenOf(type);
      const all = Object.keys({ ...timed, ...untimed });
      const general = [...Object.keys(timed).slice(0, 5), ...Object.keys(untimed)];
      for (const format of type === 'register' ? all : general)
        expect(written.get(format) ?? 0, format).toBeGreaterThan(type === 'register' ? 0 : HISTORIES / 2);
    });

  it('of sessions says the same of transactions', () => {
    const written = new Map<string, number>();
    for (let seed = 0; seed < 12 * HISTORIES; seed++) {
      const history = historyOfType(chance(seed), 'rw-register');
      const transactions = sessionTransactions(history);
      if (transactions === undefined) continue;
      const expected = judge(history, { type: 'rw-register' }).models;
      for (const [name, one] of Object.entries(sessions)) {
        const read = readSessions(one.format, one.write(transactions));
        if (read === undefined) continue;
        written.set(name, (written.get(name) ?? 0) + 1);
        compare(`${name} of seed ${seed}`, expected, read, 'rw-register');
      }
    }
    for (const name of Object.keys(sessions))
      expect(written.get(name), name).toBeGreaterThan(name === 'AWDIT' ? 3 : 30);
  });
});

/** Reads a history of sessions, whose format its beginning tells. */
function readSessions(format: string, all: string | readonly Uint8Array[] | undefined): History | undefined {
  if (all === undefined) return undefined;
  if (typeof all === 'string') {
    if (all === '') return readHistory('').history;
    const reading = readHistory(all);
    expect(reading.format).toBe(format);
    return reading.history;
  }
  const [first] = all as [Uint8Array];
  const binary = binaryFormats.find((one) => one.begins(first));
  if (binary) {
    expect(binary.name).toBe(format);
    return binary.read(all).history;
  }
  expect(formats.find((one) => one.begins(new TextDecoder().decode(first)))?.name).toBe(format);
  const reader = historyReader();
  for (const [at, bytes] of all.entries()) {
    if (at > 0) reader.nextFile?.();
    reader.push(new TextDecoder().decode(bytes));
  }
  return reader.end().history;
}
