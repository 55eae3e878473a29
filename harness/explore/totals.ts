import type { Batch } from './tasks.ts';

/** So many errors are kept, of each sort: a search of days must not grow with them. */
const KEPT = 1000;

/** What a search came to so far, in numbers and a few words. */
export class Totals {
  private readonly began = performance.now();
  private runs = 0;
  private operations = 0;
  private failed = 0;
  private readonly errors: Batch['errors'][number][] = [];
  private readonly leaks: Batch['leaks'][number][] = [];
  private readonly reached = new Set<string>();
  private readonly notes = new Set<string>();

  add({ runs, operations, errors, leaks, coverage }: Batch): void {
    this.runs += runs;
    this.operations += operations;
    this.failed += errors.length;
    this.errors.push(...errors.slice(0, KEPT - this.errors.length));
    this.leaks.push(...leaks.slice(0, KEPT - this.leaks.length));
    for (const place of coverage) this.reached.add(place);
  }

  note(says: string): void {
    this.notes.add(says);
  }

  /** Runs, those that failed included. */
  get made(): number {
    return this.runs + this.failed;
  }

  get seconds(): number {
    return (performance.now() - this.began) / 1000;
  }

  get progress(): {
    readonly runs: number;
    readonly seconds: number;
    readonly operations: number;
    readonly coverage: number;
  } {
    const { runs, seconds, operations, reached } = this;
    return { runs, seconds, operations, coverage: reached.size };
  }

  get told() {
    const { errors, leaks, failed, reached, notes } = this;
    return { errors, leaks, failed, reached: [...reached].sort(), notes: [...notes] };
  }
}
