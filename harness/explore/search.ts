/**
 * A search for runs that break a claim: batches of seeds go to threads, one a core, until a count, a time
 * or the first failure. What is found is shrunk here, one counterexample for each system and anomaly.
 */
import { availableParallelism } from 'node:os';
import { inMacrotask } from '../clusters/simulation/macrotask.ts';
import { identityText } from '../node/identity.ts';
import { useUp } from '../pool/pool.ts';
import { Threads } from '../pool/threads.ts';
import { subjectOf } from '../setting/subject.ts';
import { version } from '../store/version.ts';
import type { Counterexample } from './counterexample.ts';
import { type Shrunk, shrink } from './shrink.ts';
import { strategyNamed } from './strategies.ts';
import { runNow } from './trial.ts';
import type { Batch, Found, Task } from './worker.ts';

export interface Search {
  /** What to run, in turn: every system with a workload of its datatype. */
  readonly subjects: readonly { readonly system: string; readonly workload: string }[];
  readonly seed: number;
  readonly strategy: string;
  /** Stops after so many runs, or after so many ms, whichever comes first. */
  readonly runs?: number;
  readonly forMs?: number;
  readonly stopAtFirst: boolean;
  readonly verify: boolean;
  readonly threads?: number;
  readonly onProgress?: (progress: Progress) => void;
  readonly onFinding?: (example: Counterexample) => void;
}

export interface Progress {
  readonly runs: number;
  readonly seconds: number;
  readonly operations: number;
  readonly anomalies: number;
  readonly coverage: number;
}

export interface Searched extends Progress {
  readonly findings: readonly Counterexample[];
  readonly errors: Batch['errors'];
  readonly leaks: Batch['leaks'];
  readonly reached: readonly string[];
  /** How many runs there are at all, where the strategy can be counted. */
  readonly scope?: number;
}

const BATCH = 50;
/** Threads run compiled JavaScript, also where this runs from source. */
const compiledWorker = import.meta.url.endsWith('.ts') ? '../../dist/harness/explore/worker.js' : './worker.js';
/** So many failures of one kind are shrunk, and the smallest is kept: they end at different sizes. */
const ALIKE = 4;

export async function search(options: Search): Promise<Searched> {
  const began = performance.now();
  const seen = new Map<string, Found[]>();
  const examples: Counterexample[] = [];
  const reached = new Set<string>();
  const totals = {
    runs: 0,
    operations: 0,
    errors: [] as Batch['errors'][number][],
    leaks: [] as Batch['leaks'][number][],
  };
  const seconds = () => (performance.now() - began) / 1000;
  const progress = (): Progress => ({ ...totals, seconds: seconds(), anomalies: seen.size, coverage: reached.size });
  const over = () =>
    totals.runs + totals.errors.length >= (options.runs ?? Number.POSITIVE_INFINITY) ||
    seconds() * 1000 >= (options.forMs ?? Number.POSITIVE_INFINITY) ||
    (options.stopAtFirst && seen.size > 0);
  const scopes = await scopesOf(options);
  const tasks = tasksOf(options, scopes);
  const take = (batch: Batch) => {
    totals.runs += batch.runs;
    totals.operations += batch.operations;
    totals.errors.push(...batch.errors);
    totals.leaks.push(...batch.leaks);
    for (const place of batch.coverage) reached.add(place);
    for (const found of batch.findings) {
      const name = `${found.system} ${found.anomaly}`;
      const alike = seen.get(name);
      if (!alike) seen.set(name, [found]);
      else if (alike.length < ALIKE) alike.push(found);
    }
    options.onProgress?.(progress());
  };
  const pool = new Threads<Task, Batch>({
    url: new URL(compiledWorker, import.meta.url),
    name: 'explore',
    width: options.threads ?? availableParallelism(),
  });
  const make = async (task: Task): Promise<void> => {
    const batch = await pool
      .make(task)
      .catch((error: Error) => (task.seeds.length > 1 ? undefined : lost(task, error)));
    if (batch) take(batch);
    // A thread died of one of the runs: of which, and what the others show, they tell one by one.
    else for (const seed of task.seeds) if (!over()) await make({ ...task, seeds: [seed] });
  };
  await useUp(pool, whileNot(over, tasks), make);
  for (const alike of seen.values()) {
    const example = await smallestOf(alike);
    if (!example) continue;
    examples.push(example);
    options.onFinding?.(example);
  }
  return {
    ...progress(),
    findings: examples,
    errors: totals.errors,
    leaks: totals.leaks,
    reached: [...reached].sort(),
    ...(scopes ? { scope: scopes.reduce((sum, size) => sum + size, 0) } : {}),
  };
}

function* whileNot<T>(over: () => boolean, items: Iterable<T>): Generator<T, undefined> {
  for (const item of items) {
    if (over()) return undefined;
    yield item;
  }
  return undefined;
}

/** The batch of a run that nobody could finish. */
function lost({ seeds: [seed = 0] }: Task, { message }: Error): Batch {
  return { ...{ runs: 0, operations: 0, findings: [], leaks: [], coverage: [] }, errors: [{ seed, says: message }] };
}

async function smallestOf(alike: readonly Found[]): Promise<Counterexample | undefined> {
  const size = ({ setting: { plan } }: Counterexample) =>
    plan.calls.length + plan.faults.length + Object.keys(plan.links.odd).length / 10;
  let smallest: Counterexample | undefined;
  for (const found of alike) {
    const example = await counterexample(found);
    if (example && (!smallest || size(example) < size(smallest))) smallest = example;
  }
  return smallest;
}

/**
 * Shrinks a finding. Nothing where it does not show again, which a leak of time or chance in the system would explain.
 */
export async function counterexample(found: Found, leastNodes = 2): Promise<Counterexample | undefined> {
  const subject = await subjectOf({ ...found.planned, workload: found.workload });
  const shrunk = await inMacrotask(() => shrink(subject, found.planned, found.anomaly, { leastNodes }));
  if (!shrunk) return undefined;
  const { trace } = await inMacrotask(() => runNow(subject, shrunk.planned));
  return exampleOf(found, shrunk, trace);
}

function exampleOf(found: Found, shrunk: Shrunk, trace: number): Counterexample {
  const { name, message, steps, operations } = shrunk.anomaly;
  const { calls, faults } = shrunk.planned.plan;
  return {
    splitbrain: 1,
    says: `${found.system}: ${message} (${calls.length} calls, ${faults.length} faults)`,
    anomaly: { name, message, steps, operations },
    setting: shrunk.planned,
    trace: identityText(trace),
    versions: { splitbrain: version, node: process.version },
    shrunk: {
      seed: found.seed,
      calls: found.planned.plan.calls.length,
      faults: found.planned.plan.faults.length,
      runs: shrunk.runs,
      minimal: shrunk.minimal,
    },
  };
}

/**
 * Batches without end: each subject in turn, each with the next
 * seeds. Of a strategy that can be counted, each of its runs once.
 */
function* tasksOf(
  { subjects, seed, strategy, verify, runs = Number.POSITIVE_INFINITY }: Search,
  scopes: readonly number[] | undefined,
): Generator<Task, undefined> {
  let left = runs;
  for (let next = scopes ? 0 : seed; left > 0; next += BATCH) {
    let begun = 0;
    for (const [i, { system, workload }] of subjects.entries()) {
      const count = Math.min(BATCH, left, (scopes?.[i] ?? Number.POSITIVE_INFINITY) - next);
      if (count <= 0) continue;
      left -= count;
      begun++;
      yield { system, workload, strategy, verify, seeds: Array.from({ length: count }, (_, at) => next + at) };
    }
    if (begun === 0) return undefined;
  }
  return undefined;
}

/** How many runs each subject's search has at all; undefined where the strategy draws without end. */
async function scopesOf({ strategy, subjects }: Search): Promise<readonly number[] | undefined> {
  const scope = strategyNamed(strategy).scope;
  if (!scope) return undefined;
  return Promise.all(
    subjects.map(async (subject) => {
      const { system, workload } = await subjectOf(subject);
      return scope(system, workload);
    }),
  );
}
