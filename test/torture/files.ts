/**
 * Hostile files: counterexamples, runs' folders, campaign files, journals of searches. Each is read as a command reads
 * it, and what is accepted is used; whatever is wrong is to be an error of ours in words that name the file.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDocument, valueDocument } from '../../harness/campaign/document.ts';
import { readExpectations } from '../../harness/campaign/expectations.ts';
import { matrixIn } from '../../harness/campaign/file.ts';
import { planOf } from '../../harness/campaign/matrix.ts';
import { parseCounterexample, subjectIn } from '../../harness/explore/counterexample.ts';
import { Journal } from '../../harness/explore/journal.ts';
import { replay } from '../../harness/explore/replay.ts';
import { steps, story } from '../../harness/explore/story.ts';
import { BadInput, HarnessFailure } from '../../harness/failure.ts';
import { prepare } from '../../harness/setting/setting.ts';
import { readRun } from '../../harness/store/store.ts';
import { report } from '../../report/report.ts';
import { below, oneOf, type Random, spoiltText, spoiltValue } from './spoil.ts';

/** What became of a hostile input. */
export type Became = 'refused' | 'used';

/** Spoils an input and uses it. Rejects where that crashed. */
export type Attack = (random: Random) => Promise<Became>;

/** Does this; an error of ours that names the file is what is wanted, any other one is a crash. */
async function using(file: string, input: string, task: () => Promise<void>): Promise<Became> {
  try {
    await task();
    return 'used';
  } catch (error) {
    const isOurs = error instanceof BadInput || error instanceof HarnessFailure;
    // A system that chokes on what it was asked is told as one: with node, function and planned call.
    if (isOurs && error.message.startsWith('the replay failed: ')) return 'refused';
    if (isOurs && !/undefined|\[object|is not a function|NaN|Cannot read/.test(error.message)) {
      if (error instanceof HarnessFailure || error.message.includes(file)) return 'refused';
    }
    const words = error instanceof Error ? error.stack : String(error);
    throw new Error(`${file}: ${words}\nof ${input.slice(0, 3000)}`);
  }
}

/** JSON of a value, or of a text that is nearly one. */
function spoiltJson(text: string, random: Random): string {
  return random() < 0.7 ? JSON.stringify(spoiltValue(JSON.parse(text), random)) : spoiltText(text, random);
}

/** A counterexample of these. */
export function counterexamples(texts: readonly string[]): Attack {
  return (random) => {
    const text = spoiltJson(oneOf(random, texts), random);
    return using('hostile.json', text, async () => {
      const example = parseCounterexample(text, 'hostile.json');
      if (example.setting.system.match(/^[./]|^file:/)) return;
      // What would take long is the user's own wish, and --patience and prices are others' tests.
      const { calls, faults } = example.setting.plan;
      if (calls.length + faults.length > 300 || example.setting.nodes.length > 10) return;
      await subjectIn('hostile.json', example);
      const { run } = await replay(example);
      story(run);
      steps(run);
    });
  };
}

const RUN_FILES = [
  'setting.json',
  'plan.json',
  'verdict.json',
  'meta.json',
  'calls.json',
  'messages.jsonl',
  'history.jsonl',
];

/** The folder of a run, with one file spoilt; it is copied to `to`. */
export function runFolders(from: string, to: string): Attack {
  const texts = new Map(RUN_FILES.map((name) => [name, readFileSync(join(from, name), 'utf8')]));
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
  return async (random) => {
    const name = oneOf(random, RUN_FILES);
    const whole = texts.get(name)!;
    const text = name.endsWith('.jsonl') ? spoiltLines(whole, random) : spoiltJson(whole, random);
    writeFileSync(join(to, name), text);
    try {
      return await using(to, text, async () => {
        const run = await readRun(to);
        if (/^[./]|^file:/.test(run.setting.system)) return;
        report(run);
      });
    } finally {
      writeFileSync(join(to, name), whole);
    }
  };
}

function spoiltLines(text: string, random: Random): string {
  if (random() < 0.3) return spoiltText(text, random);
  const lines = text.split('\n');
  const at = below(random, lines.length - 1);
  return [...lines.slice(0, at), spoiltJson(lines[at]!, random), ...lines.slice(at + 1)].join('\n');
}

/** A campaign file, in YAML or JSON, or expectations; written into the folder. */
export function campaignFiles(texts: readonly string[], folder: string): Attack {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'hostile.yaml');
  return (random) => {
    const text = spoiltText(oneOf(random, texts), random);
    writeFileSync(file, text);
    return using(file, text, async () => {
      const matrix = matrixIn(readDocument(file));
      if (matrix.seeds > 1000 || [...matrix.systems, ...(matrix.workloads ?? [])].some((one) => /^[./]/.test(one)))
        return;
      const plan = await planOf(matrix);
      const first = plan.length > 0 ? plan.at(0) : undefined;
      if (first) await prepareNamed(file, () => prepare(first.wanted));
    });
  };
}

/** What a cell of a file is refused for names the value, and the command the file. */
async function prepareNamed(file: string, task: () => Promise<unknown>): Promise<void> {
  try {
    await task();
  } catch (error) {
    if (error instanceof BadInput) throw new BadInput(`${file}: ${error.message}`);
    throw error;
  }
}

/** Expectations, as a value. */
export function expectationFiles(value: unknown): Attack {
  return (random) => {
    const spoilt = spoiltValue(value, random);
    return using('expectations.json', JSON.stringify(spoilt), async () => {
      readExpectations(valueDocument(spoilt, 'expectations.json'));
    });
  };
}

/** The journal of a search, resumed. */
export function journals(text: string, folder: string, search: Parameters<typeof Journal.open>[1]): Attack {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'search.jsonl');
  return (random) => {
    const spoilt = spoiltLines(text, random);
    writeFileSync(file, spoilt);
    return using(folder, spoilt, async () => {
      const { journal } = Journal.open(folder, search, true);
      journal.close(true);
    });
  };
}
