/**
 * A search for runs that break a claim: batches of seeds go to threads, one a core, until a count, a time or the first
 * failure. What is found is told of at once and shrunk as it comes, one counterexample for each system and anomaly.
 */
import { availableParallelism } from 'node:os';
import { entry } from '../entry.ts';
import { type Pool, useUp } from '../pool/pool.ts';
import { Stuck, Threads } from '../pool/threads.ts';
import { subjectOf } from '../setting/subject.ts';
import type { Counterexample } from './counterexample-text.ts';
import { Findings } from './findings.ts';
import type { Journal, Searching } from './journal.ts';
import { strategyNamed } from './strategies.ts';
import type { Batch, Found, Order, Task } from './tasks.ts';
import { Totals } from './totals.ts';

/** `subjects` are run in turn: every system with a workload of its datatype. */
export interface Search extends Searching {
  /** Stops after so many runs, or after so many ms, whichever comes first. */
  readonly runs?: number;
  readonly forMs?: number;
  readonly stopAtFirst: boolean;
  readonly threads?: number;
  /** Where what is done is written down, and what an earlier process did is found. */
  readonly journal?: Journal;
  /** What makes the runs, in place of threads here. */
  readonly pool?: SearchPool;
  /** Ends the search: nothing that is in hand is waited for. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Told of each counterexample when it is found, and again whenever there is a smaller one of its kind. */
  readonly onFound?: (example: Counterexample) => void;
}

/** Makes batches, of which it tells findings as they come, and shrinks what was found. */
export interface SearchPool extends Pool<Order, Batch | Counterexample | undefined> {
  make(order: Order, told?: (found: Found) => void): Promise<Batch | Counterexample | undefined>;
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
  /** Some of the runs that failed, and of those that differed when they were made again; and how many there were. */
  readonly errors: Batch['errors'];
  readonly leaks: Batch['leaks'];
  readonly failed: number;
  readonly reached: readonly string[];
  /** What else there is to say of how it went. */
  readonly notes: readonly string[];
  /** How many runs there are at all, where the strategy can be counted. */
  readonly scope?: number;
}

const BATCH = 50;
/** A system that made no progress in so many runs is searched no further: each costs twice one's patience. */
const MOST_STUCK = 3;

export async function search(options: Search): Promise<Searched> {
  const scopes = await scopesOf(options);
  return new Running(options, scopes).end();
}

/** A search that is under way. */
class Running {
  private readonly options: Search;
  private readonly scopes: readonly number[] | undefined;
  private readonly findings: Findings;
  private readonly totals = new Totals();
  private readonly stuck = new Map<string, number>();
  private readonly pool: SearchPool;

  constructor(options: Search, scopes: readonly number[] | undefined) {
    this.options = options;
    this.scopes = scopes;
    this.findings = new Findings(options.onFound);
    this.pool =
      options.pool ??
      new Threads<Order, Batch | Counterexample | undefined, Found>({
        url: entry('search-worker'),
        name: 'explore',
        width: options.threads ?? availableParallelism(),
      });
    options.signal?.addEventListener('abort', () => void this.pool.close(), { once: true });
  }

  async end(): Promise<Searched> {
    const { findings, totals, scopes, stuck, pool } = this;
    await useUp(
      pool,
      whileNot(() => this.isOver, this.work()),
      (begin) => begin(),
    );
    for (const [system, times] of stuck)
      if (times >= MOST_STUCK) totals.note(`${system} made no progress in ${times} runs, and was searched no further`);
    if (findings.unkept !== undefined) totals.note(findings.unkept);
    return {
      ...this.progress,
      ...totals.told,
      findings: findings.all,
      ...(scopes ? { scope: scopes.reduce((sum, size) => sum + size, 0) } : {}),
    };
  }

  private get isEnded(): boolean {
    return this.options.signal?.aborted === true;
  }

  private get isOver(): boolean {
    const { runs = Number.POSITIVE_INFINITY, forMs = Number.POSITIVE_INFINITY, stopAtFirst } = this.options;
    const { made, seconds } = this.totals;
    return this.isEnded || made >= runs || seconds * 1000 >= forMs || (stopAtFirst && this.findings.size > 0);
  }

  private get progress(): Progress {
    return { ...this.totals.progress, anomalies: this.findings.size };
  }

  /** What an earlier process had found and not shrunk, then batches. */
  private *work(): Generator<() => Promise<void>, undefined> {
    const { journal } = this.options;
    for (const { batch } of journal?.batches ?? []) {
      this.totals.add(batch);
      const found = this.findings.add(batch.findings);
      for (const one of found) {
        const known = journal?.shrunkOf(one);
        if (known) this.findings.shrunk(one, known.example);
      }
    }
    for (const { batch } of journal?.batches ?? []) yield () => this.shrinkAll(batch.findings);
    for (const task of tasksOf(this.options, this.scopes)) {
      const seeds = journal?.left(task) ?? task.seeds;
      if (seeds.length > 0) yield () => this.make({ ...task, seeds });
    }
    return undefined;
  }

  private async make(task: Task): Promise<void> {
    if ((this.stuck.get(task.system) ?? 0) >= MOST_STUCK) return;
    const fresh: Found[] = [];
    try {
      const batch = await this.pool.make({ explore: task }, (found) => fresh.push(...this.findings.add([found])));
      await this.take(task, { ...(batch as Batch), findings: fresh });
    } catch (error) {
      if (this.isEnded) return;
      const seed = seedIn(task, error);
      // A thread died of one of the runs: of which, and what the others show, they tell one by one.
      if (seed === undefined) for (const one of task.seeds) await this.makeRest(task, [one]);
      else await this.makeWithout(task, seed, error as Error);
      await this.shrinkAll(fresh);
    }
  }

  /** A run was lost; the others of its batch are made. */
  private async makeWithout(task: Task, seed: number, error: Error): Promise<void> {
    const { system, seeds } = task;
    if (error instanceof Stuck) this.stuck.set(system, (this.stuck.get(system) ?? 0) + 1);
    await this.take({ ...task, seeds: [seed] }, lost(seed, error.message));
    await this.makeRest(
      task,
      seeds.filter((other) => other !== seed),
    );
  }

  private async makeRest(task: Task, seeds: readonly number[]): Promise<void> {
    if (seeds.length > 0 && !this.isOver) await this.make({ ...task, seeds });
  }

  private async take(task: Task, batch: Batch): Promise<void> {
    this.totals.add(batch);
    this.options.journal?.addBatch(task, batch);
    this.options.onProgress?.(this.progress);
    await this.shrinkAll(batch.findings);
  }

  private async shrinkAll(found: readonly Found[]): Promise<void> {
    const { journal } = this.options;
    for (const one of found) {
      if (this.isEnded) return;
      if (journal?.shrunkOf(one)) continue;
      try {
        const example = (await this.pool.make({ shrink: one })) as Counterexample | undefined;
        this.findings.shrunk(one, example);
        journal?.addShrunk(one, example);
      } catch (error) {
        if (this.isEnded) return;
        this.totals.note(`${one.system}: seed ${one.seed} could not be shrunk: ${(error as Error).message}`);
      }
    }
  }
}

/** The run of a task that an error is about, where that is known. */
function seedIn({ seeds }: Task, error: unknown): number | undefined {
  const seed = error instanceof Stuck ? error.seed : seeds.length === 1 ? seeds[0] : undefined;
  return seed !== undefined && seeds.includes(seed) ? seed : undefined;
}

function* whileNot<T>(over: () => boolean, items: Iterable<T>): Generator<T, undefined> {
  for (const item of items) {
    if (over()) return undefined;
    yield item;
  }
  return undefined;
}

/** The batch of a run that nobody could finish. */
function lost(seed: number, says: string): Batch {
  return { ...{ runs: 0, operations: 0, findings: [], leaks: [], coverage: [] }, errors: [{ seed, says }] };
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
    for (const [i, { system, workload, claims }] of subjects.entries()) {
      const count = Math.min(BATCH, left, (scopes?.[i] ?? Number.POSITIVE_INFINITY) - next);
      if (count <= 0) continue;
      left -= count;
      begun++;
      yield {
        ...(claims ? { claims } : {}),
        system,
        workload,
        strategy,
        search: seed,
        verify,
        seeds: Array.from({ length: count }, (_, at) => next + at),
      };
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
