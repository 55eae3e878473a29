/** Searches that are interrupted after the moment at which the undisturbed one of their seed has a finding. */
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Place, splitbrain, start, until } from './commands.ts';
import { oneOf, type Random } from './spoil.ts';

const SYSTEM = 'quorum/no-write-back';
/** In batches of 50, which a search writes down one by one. */
const RUNS = 150;

interface Whole {
  readonly seed: number;
  /** The files of its counterexamples. */
  readonly found: readonly string[];
  /** Those that were there when it first had one. */
  readonly first: readonly string[];
  /** How many batches it had done when it first had one. */
  readonly batches: number;
  readonly runs: number;
}

const argsOf = (seed: number, corpus: string) => [
  ...['explore', '--system', SYSTEM, '--runs', String(RUNS), '--seed', String(seed), '--threads', '1'],
  ...['--corpus', corpus, '--json'],
];

const filesIn = (folder: string) =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .sort()
    : [];

/** A search that nobody disturbs. */
export async function undisturbed(seed: number, { cwd, temporary, remove }: Place): Promise<Whole> {
  const corpus = `whole-${seed}`;
  const searching = start(argsOf(seed, corpus), { cwd, temporary, remove });
  let last = '';
  searching.stdout?.on('data', (chunk) => {
    last = String(chunk);
  });
  searching.stderr?.resume();
  let batches = 0;
  let first: readonly string[] = [];
  const over = once(searching, 'close').then(() => true);
  const looking = setInterval(() => {
    if (first.length > 0) return;
    first = filesIn(join(cwd, corpus));
    batches = batchesIn(join(cwd, corpus));
  }, 5);
  await over;
  clearInterval(looking);
  const totals = JSON.parse(last.trim().split('\n').at(-1)!) as { readonly runs: number };
  return { seed, found: filesIn(join(cwd, corpus)), first, batches, runs: totals.runs };
}

function batchesIn(corpus: string): number {
  try {
    return readFileSync(join(corpus, 'search.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{"task"')).length;
  } catch {
    return 0;
  }
}

let count = 0;

/** The same search, ended after that moment, and then resumed. */
export async function interrupted(whole: Whole, random: Random, place: Place) {
  const corpus = `part-${whole.seed}-${count++}`;
  const folder = join(place.cwd, corpus);
  const signal = oneOf(random, ['SIGKILL', 'SIGINT', 'SIGTERM'] as const);
  const searching = start(argsOf(whole.seed, corpus), place);
  for (const stream of [searching.stdout, searching.stderr]) stream?.resume();
  // One batch later than the one in which the undisturbed search had found something: it must have been found by then.
  await until(() => batchesIn(folder) > whole.batches || searching.exitCode !== null, 120_000);
  await new Promise((wake) => setTimeout(wake, random() * 50));
  const closed = searching.exitCode === null ? once(searching, 'close') : undefined;
  searching.kill(signal);
  await closed;
  const found = filesIn(folder);
  const { code, stdout, stderr } = await splitbrain([...argsOf(whole.seed, corpus), '--resume'], place);
  const totals = JSON.parse(stdout.trim().split('\n').at(-1) || '{}') as { readonly runs?: number };
  const how = `seed ${whole.seed}, ${signal} after ${whole.batches} batches; resumed: ${stderr}`;
  return { how, found, resumed: { code, found: filesIn(folder), runs: totals.runs } };
}
