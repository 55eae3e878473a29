/** A thread of a search: simulates the seeds that it is given, and shrinks what it finds. */
import { parentPort, workerData } from 'node:worker_threads';
import { HarnessFailure } from '../failure.ts';
import { workloadNamed } from '../setting.ts';
import { systemFrom, systemSource } from '../sources.ts';
import { runTwice } from './leak.ts';
import { PORTFOLIO, STRATEGIES, type Strategy } from './strategies.ts';
import { breaches, type Planned, runNow, type Subject } from './trial.ts';

/** What the search asks a thread to do. */
export interface Task {
  readonly system: string;
  readonly workload: string;
  readonly strategy: string;
  readonly seeds: readonly number[];
  /** Runs every setting twice and compares. */
  readonly verify: boolean;
}

/** What a thread answers. */
export interface Batch {
  readonly runs: number;
  readonly operations: number;
  readonly findings: readonly Found[];
  readonly errors: readonly { readonly seed: number; readonly says: string }[];
  readonly leaks: readonly { readonly seed: number; readonly says: string }[];
  /** What was reached: marks and kinds of message. */
  readonly coverage: readonly string[];
}

export interface Found {
  readonly system: string;
  readonly workload: string;
  readonly anomaly: string;
  readonly message: string;
  readonly seed: number;
  readonly planned: Planned;
}

/** The kinds of message that runs of each system have shown: what triggered faults can wait for. */
const learnt = new Map<string, Set<string>>();

function strategyOf(name: string): Strategy | undefined {
  return name === PORTFOLIO.name ? PORTFOLIO : STRATEGIES.find((strategy) => strategy.name === name);
}

/** Runs a task at once; call it from a macrotask alone. */
export function explore(task: Task, subject: Subject): Batch {
  const strategy = strategyOf(task.strategy) ?? PORTFOLIO;
  const kinds = learnt.get(task.system) ?? new Set<string>();
  learnt.set(task.system, kinds);
  const batch = {
    runs: 0,
    operations: 0,
    findings: [] as Found[],
    errors: [] as { seed: number; says: string }[],
    leaks: [] as { seed: number; says: string }[],
    coverage: new Set<string>(),
  };
  for (const seed of task.seeds) {
    const planned = strategy.draw(seed, subject.system, subject.workload, { kinds });
    try {
      const { run, leak } = task.verify ? runTwice(subject, planned) : { run: runNow(subject, planned) };
      batch.runs++;
      if (leak !== undefined)
        batch.leaks.push({ seed, says: `${task.system} ran differently the second time: ${leak}` });
      batch.operations += run.history.length;
      for (const kind of Object.keys(run.result.traffic.kinds)) kinds.add(kind);
      for (const mark of Object.keys(run.result.traffic.marks)) batch.coverage.add(`${task.system} mark ${mark}`);
      const [anomaly] = breaches(run);
      if (anomaly) {
        const { system, workload } = task;
        batch.findings.push({ system, workload, anomaly: anomaly.name, message: anomaly.message, seed, planned });
      }
    } catch (error) {
      if (!(error instanceof HarnessFailure)) throw error;
      batch.errors.push({ seed, says: error.message });
    }
  }
  for (const kind of kinds) batch.coverage.add(`${task.system} message ${kind}`);
  return { ...batch, coverage: [...batch.coverage] };
}

if (parentPort && workerData === 'explore') {
  const port = parentPort;
  port.on('message', (task: Task) => {
    // A user's module is loaded asynchronously; the runs themselves need a macrotask of their own.
    void systemFrom(systemSource(task.system)).then((system) => {
      setImmediate(() => port.postMessage(explore(task, { system, workload: workloadNamed(task.workload) })));
    });
  });
}
