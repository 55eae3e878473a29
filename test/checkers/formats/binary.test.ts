/**
 * Binary formats give the same history as the text formats, are not taken for each other, and may be cut off anywhere.
 */
import { binaryFormats, type History, judge, readHistory } from 'elle-ts';
import { expect, it } from 'vitest';
import { type Mops, sessionFormats } from '../../cli/edges/write.ts';
import { below, draws, pick } from '../monitors/random.ts';

type Sessions = readonly (readonly Mops[])[];

const u64 = (number: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(number));
  return bytes;
};
const text = (said: string): Buffer => Buffer.concat([u64(said.length), Buffer.from(said)]);

/** dbcop's bincode: one file. */
function bincode(sessions: Sessions): Buffer[] {
  const events = (mops: Mops): Buffer[] =>
    mops.flatMap(([f, key, value]) => [Buffer.of(f === 'w' ? 1 : 0), u64(key), u64(value ?? 0), Buffer.of(1)]);
  const data = sessions.flatMap((session) => [
    u64(session.length),
    ...session.flatMap((mops) => [u64(mops.length), ...events(mops), Buffer.of(1)]),
  ]);
  const head = [u64(0), u64(sessions.length), u64(2), u64(2), u64(2), text('random'), text('now'), text('then')];
  return [Buffer.concat([...head, u64(sessions.length), ...data])];
}

/** Cobra's logs: a file a session. */
function cobra(sessions: Sessions): Buffer[] {
  let id = 1;
  const record = (kind: string, ...numbers: number[]): Buffer =>
    Buffer.concat([Buffer.from(kind), ...numbers.map((one) => u64(one).reverse())]);
  const mop = ([f, key, value]: Mops[number]): Buffer =>
    f === 'w' ? record('W', value ?? 0, key, 7) : record('R', 1, value ?? 0xbebeebee, key, 7);
  return sessions.map((session) =>
    Buffer.concat(session.flatMap((mops) => [record('S', id), ...mops.map(mop), record('C', id++)])),
  );
}

const makers = { 'dbcop-bincode': bincode, cobra };

function sessionsOf(seed: number): Sessions {
  const draw = draws(seed);
  let value = 0;
  const written: [number, number][] = [];
  const mop = (): Mops[number] => {
    const key = below(draw, 2) + 1;
    if (below(draw, 2) === 0) {
      written.push([key, ++value]);
      return ['w', key, value];
    }
    const known = written.filter(([of]) => of === key);
    return ['r', key, known.length === 0 || below(draw, 4) === 0 ? null : pick(draw, known)[1]];
  };
  const some = <T>(most: number, make: () => T): T[] => Array.from({ length: below(draw, most) + 1 }, make);
  return some(3, () => some(2, () => some(3, mop)));
}

const MODELS = ['read-committed', 'serializable', 'causal', 'strong-session-serializable', 'strict-serializable'];
const verdicts = (history: History) =>
  MODELS.map((model) => `${model}: ${judge(history, { type: 'rw-register', model }).valid}`);

it.each(Object.entries(makers))('%s', (name, make) => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 250; seed++) {
    const sessions = sessionsOf(seed);
    const files = make(sessions);
    const format = binaryFormats.find(({ begins }) => begins(files[0] as Buffer));
    expect(format?.name).toBe(name);
    const found = verdicts(format!.read(files).history);
    expect(found, `seed ${seed}`).toEqual(verdicts(readHistory(sessionFormats.plume!(sessions)).history));
    for (const one of found) seen.add(one);
  }
  // Each model was refuted and not refuted; real time is never affirmed.
  expect([...seen].filter((one) => one.endsWith('false'))).toHaveLength(MODELS.length);
  expect(seen).not.toContain('strict-serializable: true');
});

it.each(Object.entries(makers))('%s that breaks off is not refuted', (name, make) => {
  const [first, ...others] = make([
    [[['w', 1, 12]], [['r', 1, 12]]],
    [
      [
        ['r', 1, 12],
        ['w', 2, 34],
      ],
      [['r', 2, 34]],
    ],
  ]);
  const format = binaryFormats.find((one) => one.name === name)!;
  // Between two transactions of a log of Cobra's nothing shows that one is missing.
  const between = name === 'cobra' ? [0, 9 + 25 + 9] : [];
  for (let end = 0; end <= first!.length; end++) {
    if (between.includes(end)) continue;
    const { history } = format.read([first!.subarray(0, end), ...others]);
    expect(judge(history).valid, `at byte ${end}`).not.toBe(false);
  }
});
