/**
 * `npm run torture`: kills, interruptions and hostile inputs without end.
 *
 *     npm run torture -- [--minutes N] [--seed N] [--inputs N] [--kills N] [--searches N]
 *
 * By default 100,000 hostile inputs, 100 kills of each command and 20 interrupted searches; with `--minutes`
 * each of the three gets a third of the time and ends before, if need be. Prints what was done and what was
 * wrong with it: crashes, inputs that took longer than ten seconds, processes, folders and torn files that
 * were left, findings that were lost. The exit code is 1 where there is any. Progress is on standard error.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { serve } from '../../cli/serve.ts';
import { attacks } from './attacks.ts';
import { newPlace } from './commands.ts';
import type { Attack } from './files.ts';
import { interrupted, undisturbed } from './interruptions.ts';
import { COMMANDS, killed, prepared, timeOf } from './kills.ts';
import { attackServer } from './requests.ts';
import { randomFrom } from './spoil.ts';

const LONGEST_MS = 10_000;

interface Limits {
  readonly seed: number;
  readonly count: number;
  /** When to end, in ms since 1970. */
  readonly until: number;
}

/** What was wrong, in words. */
type Wrong = string[];

async function hostileInputs({ seed, count, until }: Limits): Promise<Wrong> {
  const folder = mkdtempSync(join(tmpdir(), 'splitbrain-torture-'));
  const wrong: Wrong = [];
  writeFileSync(join(folder, 'big.log'), 'x'.repeat(1_000_000));
  const served = await serve(folder, 0);
  const port = Number(new URL(served.url).port);
  const requests: Attack = async (random) => {
    await attackServer(port, random);
    return 'used';
  };
  const kinds = Object.entries({ ...(await attacks(folder)), requests });
  const tally = new Map<string, Record<string, number>>();
  let done = 0;
  for (; done < count && Date.now() < until; done++) {
    const [kind, attack] = kinds[done % kinds.length]!;
    const counts = tally.get(kind) ?? {};
    tally.set(kind, counts);
    const began = performance.now();
    const became = await attack(randomFrom(seed + done)).catch((error: Error) => {
      wrong.push(`input ${seed + done}: ${error.message}`);
      return 'crashed';
    });
    counts[became] = (counts[became] ?? 0) + 1;
    const ms = performance.now() - began;
    if (ms > LONGEST_MS) wrong.push(`input ${seed + done} of ${kind}: it took ${Math.round(ms)} ms`);
    if (done % 5000 === 0) console.error(`${done} hostile inputs`);
  }
  await fetch(served.url).catch((error: Error) => wrong.push(`serve answers no more: ${error.message}`));
  await served.close();
  rmSync(folder, { recursive: true, force: true });
  console.log(`${done} hostile inputs, ${wrong.length} crashes or hangs`);
  for (const [kind, counts] of tally) console.log(`  ${kind}: ${JSON.stringify(counts)}`);
  return wrong;
}

async function killsOfEach({ seed, count, until }: Limits): Promise<Wrong> {
  const files = await prepared();
  const wrong: Wrong = [];
  const times = new Map<string, number>();
  const done = new Map<string, number>();
  for (const command of Object.keys(COMMANDS)) times.set(command, await timeOf(command, files));
  for (let i = 0; i < count && Date.now() < until; i++)
    for (const [command, tookMs] of times) {
      wrong.push(...(await killed(command, files, tookMs, randomFrom(seed + i))));
      done.set(command, i + 1);
      console.error(`${i + 1} kills of ${command}`);
    }
  files.remove();
  for (const [command, kills] of done) console.log(`${kills} kills of ${command}`);
  console.log(`${wrong.length} processes, folders or torn files left`);
  return wrong;
}

async function searches({ seed, count, until }: Limits): Promise<Wrong> {
  const wrong: Wrong = [];
  let done = 0;
  for (; done < count && Date.now() < until; done++) {
    const place = newPlace();
    const whole = await undisturbed(seed + done, place);
    if (whole.first.length > 0) {
      const part = await interrupted(whole, randomFrom(seed + done), place);
      const lost = whole.first.filter((name) => !part.found.includes(name));
      if (lost.length > 0) wrong.push(`${lost.join(', ')} is not in the corpus: ${part.how}`);
      const { code, found, runs } = part.resumed;
      if (code !== 1 || found.join() !== whole.found.join() || runs !== whole.runs)
        wrong.push(`resumed it ended with ${code}, ${found.join(', ')} after ${runs} runs: ${part.how}`);
    }
    place.remove();
    console.error(`${done + 1} searches interrupted and resumed`);
  }
  console.log(`${done} searches interrupted and resumed, ${wrong.length} findings lost or resumes that differ`);
  return wrong;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string' },
      seed: { type: 'string', default: '1' },
      inputs: { type: 'string', default: '100000' },
      kills: { type: 'string', default: '100' },
      searches: { type: 'string', default: '20' },
    },
  });
  const seed = Number(values.seed);
  const partMs = values.minutes === undefined ? Number.POSITIVE_INFINITY : (Number(values.minutes) * 60_000) / 3;
  const limits = (count: string): Limits => ({ seed, count: Number(count), until: Date.now() + partMs });
  const wrong = [
    ...(await hostileInputs(limits(values.inputs))),
    ...(await killsOfEach(limits(values.kills))),
    ...(await searches(limits(values.searches))),
  ];
  for (const one of wrong) console.log(`WRONG: ${one}`);
  return wrong.length > 0 ? 1 : 0;
}

process.exit(await main());
