/**
 * For a build that fails: the smallest run that shows what broke, found again in the simulation, and how to repeat it.
 */
import { join } from 'node:path';
import { searchAround } from '../explore/around.ts';
import { brief } from '../explore/brief.ts';
import { writeCounterexample } from '../explore/counterexample.ts';
import { replay } from '../explore/replay.ts';
import { story } from '../explore/story.ts';
import type { Run } from '../judging/result.ts';
import { shellWord } from '../setting/command.ts';
import { subjectOf } from '../setting/subject.ts';
import { readRun } from '../store/store.ts';
import { brokenCells, outcomeOf, witnessOf } from './gate.ts';
import { type Earlier, newsOf } from './since.ts';
import type { Cell, Summary, SummaryRun } from './summary.ts';

export interface Told {
  readonly cell: Cell;
  readonly run: SummaryRun;
  /** How sure its rate is, and whether an earlier result has it: `new since main, 95% 12-77%`; may be empty. */
  readonly news: string;
  /** What the smallest run that is known shows, in at most eight lines; empty where no claim was refuted. */
  readonly brief: readonly string[];
  /**
   * The smallest run as a person reads it; absent where the
   * simulation did not show the anomaly, or others have been told.
   */
  readonly story?: string;
  /** That smallest run, where there is one, and the command that repeats it. */
  readonly smallest?: { readonly run: Run; readonly command: string };
  /** The commands that repeat it, the smallest first. */
  readonly again: readonly string[];
}

/** Shrinking takes seconds: of more than these, the command that repeats the run must do. */
const TOLD = 3;
/** And of more than these not even what the run itself shows is drawn. */
const DRAWN = 20;

/**
 * Everything that holds a build up, with a story for the first of each system and anomaly. No line of theirs
 * is wider than `columns`.
 */
export async function storiesOf(
  summary: Summary,
  folder: string,
  columns: number,
  earlier?: Earlier,
): Promise<readonly Told[]> {
  const told: Told[] = [];
  const known = new Set<string>();
  for (const cell of brokenCells(summary)) {
    const run = witnessOf(summary, cell);
    if (!run) continue;
    const again = run.command ? [run.command] : [];
    const name = `${run.system} ${run.anomalies[0]}`;
    const isNew = outcomeOf(cell) === 'refuted' && run.folder !== '' && !known.has(name) && known.size < TOLD;
    known.add(name);
    // A story that cannot be told changes no verdict.
    const path = join(folder, run.folder);
    const small = isNew ? await smallest(run, path, columns).catch(() => undefined) : undefined;
    const isDrawn = !small && outcomeOf(cell) === 'refuted' && run.folder !== '' && told.length < DRAWN;
    const lines = isDrawn ? await briefOf(path, columns).catch(() => []) : [];
    told.push({
      cell,
      run,
      news: newsOf(cell, earlier),
      brief: lines,
      ...small,
      again: [...(small?.again ?? []), ...again],
    });
  }
  return told;
}

async function smallest(
  { anomalies, system, source = system }: SummaryRun,
  path: string,
  columns: number,
): Promise<Pick<Told, 'brief' | 'story' | 'smallest' | 'again'> | undefined> {
  const stored = await readRun(path);
  // As the campaign names it: its shards may have been made in other folders.
  const setting = { ...stored.setting, system: source };
  const subject = await subjectOf(setting);
  const example = await searchAround(subject, { ...stored, setting }, anomalies[0]!);
  if (!example) return undefined;
  const file = join(path, 'counterexample.json');
  writeCounterexample(example, file);
  const { run } = await replay(example);
  const command = `splitbrain replay ${shellWord(file)}`;
  return { brief: brief(run, columns), story: story(run, columns), smallest: { run, command }, again: [command] };
}

/** The same of a run as it was found. */
async function briefOf(path: string, columns: number): Promise<readonly string[]> {
  return brief(await readRun(path), columns);
}
