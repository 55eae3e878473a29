/** A thread of a search: simulates the seeds that it is given, and shrinks what it finds. */
import { isProgram } from '../../systems/system.ts';
import { inMacrotask } from '../clusters/simulation/macrotask.ts';
import { HarnessFailure } from '../failure.ts';
import type { Run } from '../judging/result.ts';
import { makesTasks } from '../pool/maker.ts';
import { type Subject, subjectOf } from '../setting/subject.ts';
import { Bitmap } from './bitmap.ts';
import { runTwice } from './leak.ts';
import { counterexample } from './shrunk-example.ts';
import { strategyNamed } from './strategies.ts';
import type { Learnt, Strategy } from './strategy.ts';
import type { Batch, Found, Order, Task } from './tasks.ts';
import { breaches, type Planned, runNow } from './trial.ts';

/** What runs of a system have taught. */
export interface Taught extends Learnt {
  readonly kinds: Set<string>;
  readonly novel: Planned[];
  /** The marks that were reached, which a design names. */
  readonly marks: Set<string>;
  /** The shapes of states that were reached, of which there is no end. */
  readonly shapes: Bitmap;
}

const taught = new Map<string, Taught>();
/** Of so many searches and systems, the latest: a thread of a worker lives long. */
const MOST_TAUGHT = 64;
/** So many runs that showed something new are kept, the latest. */
const MOST_NOVEL = 200;

/** Nothing yet. */
export function untaught(): Taught {
  return { kinds: new Set(), novel: [], marks: new Set(), shapes: new Bitmap() };
}

/** What this thread's runs of the system have taught in this search. */
function taughtOf({ search = 0, strategy, system }: Task): Taught {
  const name = `${search} ${strategy} ${system}`;
  const known = taught.get(name) ?? untaught();
  taught.delete(name);
  taught.set(name, known);
  if (taught.size > MOST_TAUGHT) taught.delete(taught.keys().next().value!);
  return known;
}

/** Runs a task at once, and adds to what is known; call it from a macrotask alone. `tell` hears of each finding. */
export function explore(
  task: Task,
  subject: Subject,
  known: Taught = taughtOf(task),
  tell: (found: Found) => void = () => {},
): Batch {
  const strategy = strategyNamed(task.strategy);
  const batch = {
    runs: 0,
    operations: 0,
    findings: [] as Found[],
    errors: [] as { seed: number; says: string }[],
    leaks: [] as { seed: number; says: string }[],
  };
  for (const seed of task.seeds) {
    // As they were asked for: a module of the user's own is found
    // again by its path, and not by the name that it gives itself.
    const { system, workload } = task;
    const drawn = strategy.draw(seed, subject.system, subject.workload, known);
    const planned = { ...drawn, system, workload, ...(task.claims ? { claims: task.claims } : {}) };
    try {
      const { run, leak } = made(task, subject, planned, strategy);
      batch.runs++;
      if (leak !== undefined)
        batch.leaks.push({ seed, says: `${task.system} ran differently the second time: ${leak}` });
      batch.operations += run.history.length;
      learn(known, run, planned);
      const [anomaly] = breaches(run);
      if (!anomaly) continue;
      const { name, message, steps, operations } = anomaly;
      const { trace } = run;
      batch.findings.push({ system, workload, anomaly: name, message, steps, operations, seed, planned, trace });
      tell(batch.findings.at(-1)!);
    } catch (error) {
      if (!(error instanceof HarnessFailure)) throw error;
      batch.errors.push({ seed, says: error.message });
    }
  }
  return { ...batch, coverage: placesOf(task.system, known) };
}

function made(
  { verify }: Task,
  subject: Subject,
  planned: Planned,
  { looksAtStates }: Strategy,
): { readonly run: Run; readonly leak?: string } {
  return verify || isUnproved(subject.system)
    ? runTwice(subject, planned)
    : { run: runNow(subject, planned, { shapes: looksAtStates === true }) };
}

/** The programs that this thread has seen to repeat, or not to. */
const tried = new Set<string>();

/** The first run of a program is made twice: what is not seen to repeat once is no replayable program. */
function isUnproved(system: Subject['system']): boolean {
  if (!isProgram(system) || tried.has(system.name)) return false;
  tried.add(system.name);
  return true;
}

/** A run that reached what none had reached is kept, for strategies that look for more of the kind. */
function learn(known: Taught, { result, shapes }: Run, planned: Planned): void {
  for (const kind of Object.keys(result.traffic.kinds)) known.kinds.add(kind);
  const before = known.marks.size + known.shapes.size;
  for (const mark of Object.keys(result.traffic.marks)) known.marks.add(mark);
  for (const shape of shapes) known.shapes.add(shape);
  if (known.marks.size + known.shapes.size === before) return;
  known.novel.push(planned);
  if (known.novel.length > MOST_NOVEL) known.novel.shift();
}

function placesOf(system: string, { kinds, marks }: Taught): readonly string[] {
  return [
    ...[...marks].map((mark) => `${system} mark ${mark}`),
    ...[...kinds].map((kind) => `${system} message ${kind}`),
  ];
}

makesTasks('explore', async (order: Order, tell: (found: Found) => void) => {
  if ('shrink' in order) return counterexample(order.shrink);
  const { explore: task } = order;
  // A user's modules are loaded asynchronously; the runs themselves need a macrotask of their own.
  const subject = await subjectOf(task);
  return inMacrotask(() => ({ ...explore(task, subject, taughtOf(task), tell), findings: [] }));
});
