import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Verdict } from 'elle-ts';
import { PROGRESS } from '../harness/campaign/progress-file.ts';
import type { Summary } from '../harness/campaign/summary.ts';
import type { Result } from '../harness/judging/result.ts';
import type { Setting } from '../harness/setting/plan.ts';
import type { CampaignFolder, Entry, FinishedRun, ResultsPage, RunningRun } from './page/data.ts';
import { HistoryTail } from './tail.ts';
import { filled } from './template.ts';

/** Folders of results lie at most so deep: a campaign's run in a folder of its own. */
const DEEPEST = 4;
/** A run whose history has not grown for so long, and that has no verdict, was broken off. */
const SILENT_MS = 15_000;
/** No verdict is larger: what is gets shown as damaged instead of filling the memory. */
const LARGEST = 256 << 20;

type Counts = Pick<CampaignFolder, 'planned' | 'made'>;

/** The page of all results. */
export function resultsPage(entries: readonly Entry[]): string {
  const page: ResultsPage = { kind: 'results', entries };
  return filled({ page });
}

/**
 * The results below a folder, looked at again and again: what has not changed is not read again, a run in progress
 * is read on where the last look ended, and whatever cannot be read is an entry that says so and harms no other.
 */
export class Results {
  private readonly root: string;
  private readonly nowMs: () => number;
  private readonly finished = new Map<string, { readonly stamp: string; readonly entry: Entry }>();
  private readonly summaries = new Map<string, { readonly stamp: string; readonly counts: Counts }>();
  private readonly tails = new Map<string, { tail: HistoryTail; done: number; atMs: number; rate: number }>();

  /** `nowMs` is the wall clock, by which files are dated. */
  constructor(root: string, nowMs: () => number) {
    this.root = root;
    this.nowMs = nowMs;
  }

  /** All results, the newest first. */
  look(): Entry[] {
    return this.below(this.root, 0).sort((a, b) => b.changedMs - a.changedMs || a.path.localeCompare(b.path));
  }

  private below(folder: string, depth: number): Entry[] {
    let names: string[];
    try {
      names = readdirSync(folder);
    } catch {
      return [];
    }
    if (names.includes('history.jsonl') || names.includes('verdict.json') || names.includes('setting.json'))
      return [this.entry(folder)];
    if (depth === DEEPEST) return [];
    const campaign = names.includes('campaign.json') || names.includes('summary.json');
    const own = campaign ? [this.campaign(folder, names)] : [];
    const deeper = names
      .filter((name) => !name.startsWith('.'))
      .map((name) => join(folder, name))
      .filter((path) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory())
      .flatMap((path) => this.below(path, depth + 1));
    return [...own, ...deeper];
  }

  private campaign(folder: string, names: readonly string[]): Entry {
    const ended = names.includes('summary.json');
    const path = relative(this.root, folder);
    const counts = this.counts(join(folder, ended ? 'summary.json' : PROGRESS));
    return {
      ...counts,
      kind: 'campaign',
      path,
      changedMs: changedMs(folder),
      ended,
      hasIndex: names.includes('index.html'),
      isComparison: names.includes('comparison.csv'),
    };
  }

  /** How many runs a campaign has, and should have; nothing where its file cannot be read. */
  private counts(file: string): Counts {
    const stat = statSync(file, { throwIfNoEntry: false });
    const stamp = `${stat?.mtimeMs} ${stat?.size}`;
    const known = this.summaries.get(file);
    if (known?.stamp === stamp) return known.counts;
    let counts: Counts = {};
    try {
      const { made, planned } = parsed(file) as Partial<Summary>;
      if (Number.isSafeInteger(made) && Number.isSafeInteger(planned))
        counts = { planned: number(planned), made: number(made) };
    } catch {
      // A campaign whose summary is damaged is there all the same.
    }
    this.summaries.set(file, { stamp, counts });
    return counts;
  }

  private entry(folder: string): Entry {
    const path = relative(this.root, folder);
    try {
      return existsSync(join(folder, 'verdict.json')) ? this.judged(folder, path) : this.unjudged(folder, path);
    } catch (error) {
      const why = error instanceof Error ? error.message.replaceAll(this.root, '') : String(error);
      return { kind: 'damaged', path, changedMs: changedMs(folder), why };
    }
  }

  private judged(folder: string, path: string): Entry {
    const file = join(folder, 'verdict.json');
    const { mtimeMs, size } = statSync(file);
    const hasReport = existsSync(join(folder, 'report.html'));
    const stamp = `${mtimeMs} ${size} ${hasReport}`;
    const known = this.finished.get(path);
    if (known?.stamp === stamp) return known.entry;
    this.tails.delete(path);
    const verdict = parsed(file) as Partial<Result>;
    const setting = parsed(join(folder, 'setting.json')) as Partial<Setting>;
    const entry = { path, changedMs: mtimeMs, ...finishedRun(verdict, setting, hasReport) };
    this.finished.set(path, { stamp, entry });
    return entry;
  }

  private unjudged(folder: string, path: string): Entry {
    const file = join(folder, 'history.jsonl');
    const setting = parsed(join(folder, 'setting.json')) as Partial<Setting>;
    const changed = existsSync(file) ? statSync(file).mtimeMs : changedMs(folder);
    const now = this.nowMs();
    if (now - changed > SILENT_MS) {
      const why =
        'it has no verdict and its history no longer grows: the run was broken off. `splitbrain check` judges what is there.';
      return { kind: 'damaged', path, changedMs: changed, why };
    }
    const { system, workload, seed } = setting;
    const running: Omit<RunningRun, 'ok' | 'fail' | 'info' | 'rate' | 'active'> = {
      kind: 'running',
      system: text(system),
      workload: text(workload),
      seed: number(seed),
    };
    if (!existsSync(file))
      return { path, changedMs: changed, ...running, ok: 0, fail: 0, info: 0, rate: 0, active: [] };
    return { path, changedMs: changed, ...running, ...this.progress(file, path, now) };
  }

  private progress(
    file: string,
    path: string,
    now: number,
  ): Pick<RunningRun, 'ok' | 'fail' | 'info' | 'rate' | 'active'> {
    const tail = this.tails.get(path)?.tail ?? new HistoryTail(file);
    const progress = tail.look();
    const done = progress.ok + progress.fail + progress.info;
    const following = this.tails.get(path) ?? { tail, done, atMs: now, rate: 0 };
    this.tails.set(path, following);
    const seconds = (now - following.atMs) / 1000;
    if (seconds >= 0.5) {
      following.rate = Math.round((done - following.done) / seconds);
      following.done = done;
      following.atMs = now;
    }
    return { ...progress, rate: following.rate };
  }
}

function finishedRun(verdict: Partial<Result>, setting: Partial<Setting>, hasReport: boolean): FinishedRun {
  const kinds: readonly unknown[] = ['valid', 'invalid', 'unknown'];
  if (!kinds.includes(verdict.verdict)) throw new Error('verdict.json has no verdict');
  const checkers = Object.entries(verdict.checkers ?? {});
  const found = [...checkers.map(([, checked]) => checked), ...(verdict.claims ?? []).map((claim) => claim.verdict)];
  return {
    kind: 'run',
    verdict: verdict.verdict as FinishedRun['verdict'],
    says: text(verdict.says),
    system: text(setting.system),
    workload: text(setting.workload),
    cluster: text(setting.cluster),
    seed: number(setting.seed),
    faults: Array.isArray(setting.faults) ? setting.faults.map(text) : [],
    calls: Object.values(verdict.tally?.called ?? {}).reduce((sum, count) => sum + number(count), 0),
    recoveryMs: verdict.recoveryMs ?? null,
    messages: number(verdict.traffic?.messages),
    anomalies: [...new Set(found.flatMap(anomalyNames))],
    models: Object.fromEntries(checkers.map(([name, checked]) => [name, checked.type])),
    hasReport,
  };
}

function anomalyNames(verdict: Verdict): string[] {
  return verdict.type === 'invalid' ? verdict.anomalies.map(({ name }) => text(name)) : [];
}

function parsed(file: string): unknown {
  const name = file.slice(file.lastIndexOf('/') + 1);
  if (!existsSync(file)) throw new Error(`${name} is missing`);
  if (statSync(file).size > LARGEST) throw new Error(`${name} is larger than ${LARGEST >> 20} MB`);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new Error(`${name} is not JSON`);
  }
  if (value === null || typeof value !== 'object') throw new Error(`${name} is no object`);
  return value;
}

function changedMs(folder: string): number {
  return statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
