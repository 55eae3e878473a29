/** Promises of the playground run code in the order of native ones, and carry causes as `AsyncLocalStorage` does. */
import { expect, test } from 'vitest';
import { inMacrotask } from '../../harness/clusters/simulation/macrotask.ts';
import { PromiseCarrier } from '../../harness/platform/drained-carrier.ts';
import { platform as node } from '../../harness/platform/node.ts';
import type { Carrier, Platform } from '../../harness/platform/platform.ts';
import { lowered } from '../../playground/lowering.mjs';
import { enqueue, newCarrying } from '../../playground/platform/jobs.ts';
import { platform as page } from '../../playground/platform/platform.ts';
import * as promises from '../../playground/platform/promises.ts';
import { drawProgram, PRELUDE } from './programs.ts';

type Later = (task: () => void) => void;
type Program = (log: (...values: unknown[]) => void, carrier: Carrier<string>, later: Later) => void;

const native = (seed: number) => new Function('log', 'carrier', 'later', PRELUDE + drawProgram(seed)) as Program;

/** Written as the build would write it: many more programs than Babel could turn in a test. */
function written(seed: number): Program {
  const text = PRELUDE + drawProgram(seed, 'lowered');
  const program = new Function('Promise', 'asynchronous', 'log', 'carrier', 'later', text) as (
    ...values: unknown[]
  ) => void;
  return (log, carrier, later) => program(promises.Promise, promises.asynchronous, log, carrier, later);
}

/** The same text as natively, turned as the build turns modules. */
function turned(seed: number): Program {
  const module = `exports.program = function (log, carrier, later) { ${PRELUDE}${drawProgram(seed)} };`;
  const exported: { program?: Program } = {};
  new Function('require', 'exports', lowered(module, { modules: 'commonjs' }).code)(() => promises, exported);
  return exported.program!;
}

/** One carrier for all programs: each that was ever made slows every promise down. */
interface Tried {
  readonly platform: Platform;
  readonly carrier: Carrier<string>;
  readonly later: Later;
}
const tried = (platform: Platform, later: Later): Tried => ({
  platform,
  carrier: new platform.Carrier<string>(),
  later,
});
const inNode = tried(node, queueMicrotask);
const inPage = tried(page, (task) => enqueue({ of: newCarrying(), run: task }));

/** What a program logs until nothing is left to do, with what was carried at each line; then who was left unhandled. */
function trace({ platform, carrier, later }: Tried, program: Program): readonly string[] {
  const lines: string[] = [];
  const says = (value: unknown): string =>
    value instanceof Error ? `${value.name}: ${value.message}` : (JSON.stringify(value) ?? String(value));
  const stop = platform.listenForStrays((event, error, of) => {
    const tell = () => lines.push(`${event} ${says(error)} (${carrier.getStore() ?? '-'})`);
    if (carrier instanceof PromiseCarrier) carrier.madeWith(of, tell);
    else tell();
  });
  try {
    carrier.run('begin', () => {
      program(
        (...values) => {
          lines.push(`${values.map(says).join(' ')} (${carrier.getStore() ?? '-'})`);
        },
        carrier,
        later,
      );
    });
    platform.drain!();
  } finally {
    stop();
  }
  return lines;
}

/** Compares them with native ones; how many lines they logged, and in how many programs a rejection was left alone. */
async function compared(seeds: number, lowerer: (seed: number) => Program) {
  let logged = 0;
  let unhandled = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const expected = await inMacrotask(() => trace(inNode, native(seed)));
    const found = trace(inPage, lowerer(seed));
    if (found.join('\n') !== expected.join('\n'))
      expect.fail(`${difference(expected, found)}\nseed ${seed}:\n${drawProgram(seed)}`);
    logged += expected.length;
    if (expected.some((line) => line.startsWith('unhandled'))) unhandled++;
  }
  return { logged, unhandled };
}

test('10,000 random programs run in the same order, with the same causes, and leave the same unhandled', async () => {
  const { logged, unhandled } = await compared(10_000, written);
  // Programs that log next to nothing, or of which none leaves anything behind, would show nothing.
  expect(logged).toBeGreaterThan(150_000);
  expect(unhandled).toBeGreaterThan(1_000);
});

test('so do 300 as the build turns them', async () => {
  expect((await compared(300, turned)).logged).toBeGreaterThan(4_000);
});

test('what carries causes in drains does so as AsyncLocalStorage does, in 1,000 random programs', async () => {
  const inDrains = new PromiseCarrier<string>();
  inDrains.begin();
  const carrying = (task: () => void) => {
    const value = inDrains.getStore()!;
    queueMicrotask(() => inDrains.run(value, task));
  };
  const cheap = { platform: node, carrier: inDrains, later: carrying };
  for (let seed = 1; seed <= 1_000; seed++) {
    const expected = await inMacrotask(() => trace(inNode, native(seed)));
    const found = await inMacrotask(() => trace(cheap, native(seed)));
    if (found.join('\n') !== expected.join('\n')) expect.fail(`${difference(expected, found)}\nseed ${seed}`);
  }
});

function difference(expected: readonly string[], found: readonly string[]): string {
  const at = expected.findIndex((line, i) => line !== found[i]);
  const i = at < 0 ? expected.length : at;
  return `line ${i}: natively ${expected[i] ?? 'nothing'}, here ${found[i] ?? 'nothing'}\n${expected.slice(0, i).join('\n')}`;
}
