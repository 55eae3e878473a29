/**
 * The smallest run that breaks a design's claim, found from the seed that its hunt pins, and kept beside the design.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inMacrotask } from '../../../harness/clusters/simulation/macrotask.ts';
import { parseCounterexample } from '../../../harness/explore/counterexample.ts';
import type { Counterexample } from '../../../harness/explore/counterexample-text.ts';
import { type Replayed, replay } from '../../../harness/explore/replay.ts';
import { counterexample } from '../../../harness/explore/shrunk-example.ts';
import { drawing } from '../../../harness/explore/story.ts';
import { systems } from '../../../systems/registry.ts';
import type { Design } from '../../../systems/system.ts';
import { anomaliesOf, plannedOf, runOnce } from '../cell.ts';
import { HUNTS, huntOf } from '../hunts.ts';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Of so many failures the one is kept that shrinks to the least. */
const ALIKE = 10;
/** A quorum of two is everybody, a partition of two a tie. */
const LEAST_NODES = 3;
/** So many seeds are tried before the search gives up. */
const MOST_SEEDS = 5000;
const LANE = 13;

export function systemNamed(name: string): Design {
  const system = systems.find((one) => one.name === name);
  if (!system) throw new Error(`a chapter names ${name}, which is no system of the registry`);
  return system;
}

/**
 * Draws the stored counterexample of this system; where there is none that still holds,
 * one is sought if `update` allows it, under these faults or those that the hunt has.
 */
export async function counterexampleText(
  name: string,
  faults: readonly string[],
  folder: string,
  update: boolean,
): Promise<string> {
  const system = systemNamed(name);
  const file = `systems/${folder}/counterexamples/${name.replace('/', '-')}.json`;
  const example = (await stored(file, update)) ?? (update ? await search(system, faults) : undefined);
  if (!example) throw new Error(`${file} is missing or no longer shows what it did: UPDATE_README=1 seeks a new one`);
  if (update) {
    mkdirSync(dirname(join(ROOT, file)), { recursive: true });
    writeFileSync(join(ROOT, file), `${JSON.stringify(example, null, 1)}\n`);
  }
  return textOf(example, await replay(example), file);
}

/**
 * What is on disk, where it still shows its anomaly; with `update`
 * its trace may have changed, as a design does when it is worked on.
 */
async function stored(file: string, update: boolean): Promise<Counterexample | undefined> {
  const path = join(ROOT, file);
  if (!existsSync(path)) return undefined;
  const example = parseCounterexample(readFileSync(path, 'utf8'), file);
  const { occurred, same } = await replay(example);
  return occurred && (same || !update) ? example : undefined;
}

async function search(system: Design, faults: readonly string[]): Promise<Counterexample> {
  const hunt = huntOf(system);
  const cell = faults.length > 0 ? { ...hunt, faults } : hunt;
  const anomaly = system.flaw?.anomaly ?? '';
  const from = HUNTS[system.name]?.seed ?? 0;
  const examples: Counterexample[] = [];
  for (let seed = from; seed < from + MOST_SEEDS && examples.length < ALIKE; seed++) {
    if (!anomaliesOf((await inMacrotask(() => runOnce(cell, seed))).result).includes(anomaly)) continue;
    const planned = plannedOf(cell, seed);
    const found = { system: system.name, workload: cell.workload.name, anomaly, message: '', seed, planned };
    const example = await counterexample(found, LEAST_NODES);
    if (example) examples.push(example);
  }
  const sized = await Promise.all(examples.map(async (example) => ({ example, size: await sizeOf(example) })));
  const [smallest] = sized.sort((a, b) => a.size - b.size);
  if (!smallest) throw new Error(`${system.name}: no run from seed ${from} on shows ${anomaly}`);
  return smallest.example;
}

/** The lines that it takes to draw it. */
async function sizeOf(example: Counterexample): Promise<number> {
  return drawing((await replay(example)).run, LANE).split('\n').length;
}

function textOf(example: Counterexample, { run }: Replayed, file: string): string {
  const { name, message, steps } = example.anomaly;
  const { calls, faults } = example.setting.plan;
  const { shrunk } = example;
  const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
  return [
    '```',
    drawing(run, LANE),
    '',
    `${name}: ${message}`,
    ...steps,
    '```',
    `Shrunk from ${count(shrunk.calls, 'call')} and ${count(shrunk.faults, 'fault')} to ${calls.length} and ${faults.length}; ` +
      `\`splitbrain replay ${file} --steps\` shows it again.`,
  ].join('\n');
}
