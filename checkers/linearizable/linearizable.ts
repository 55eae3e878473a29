/**
 * Linearizability: is there one order of all operations that keeps every operation inside its interval and in which the model gives every output that was
 * observed? Herlihy and Wing, "Linearizability: a correctness condition for concurrent objects", ACM TOPLAS 12(3), 1990.
 */
import { type Anomaly, type Checker, type Verdict, worst } from '../checker.ts';
import { type Api, type Columns, type History, OK } from '../history.ts';
import type { Model } from '../model.ts';
import { register } from '../models/register.ts';
import { Budget } from './budget.ts';
import { explainRegisters } from './explain-registers.ts';
import { explainSearch } from './explain-search.ts';
import type { Outcome } from './outcome.ts';
import { modelProblem, registerProblem } from './problems.ts';
import { registerRows } from './register-rows.ts';
import { type Problem, schedule } from './schedule.ts';
import { quickSearch, search } from './search.ts';
import { ofKey } from './words.ts';
import { CAS, READ, type RegisterRows, zones } from './zones.ts';

/** How to judge. */
export interface LinearizableOptions {
  /** What each object holds at first, instead of the model's `init`. */
  readonly initial?: unknown;
  /** The most steps of the model that the search may take for one object; default 200 million. */
  readonly maxSteps?: number;
  /** The most memory that the search may use for one object, in bytes; default 1.5 GB. */
  readonly maxBytes?: number;
}

/**
 * Judges linearizability, key by key: a history is linearizable iff each object's part is (Herlihy and Wing's locality).
 *
 * Registers whose written values are unique are judged in linear time (zones.ts); only keys with a value written twice, and all other models, are searched,
 * in time that grows with the length and exponentially with the operations open at once. Exact, but `unknown` where the budget runs out. A
 * swap that failed counts as not having happened; that it saw another value is not used.
 */
export function linearizable<A extends Api, S>(model: Model<A, S>, options: LinearizableOptions = {}): Checker<A> {
  const initial = 'initial' in options ? options.initial : model.init;
  return {
    name: 'linearizable',
    check(history: History<A>): Verdict {
      const { columns } = history;
      const stranger = strangeOperation(columns, model);
      if (stranger !== undefined) return { type: 'unknown', reason: stranger };
      if ((model as unknown) === register) return judgeRegisters(columns, initial, options);
      const problems = objects(columns).map((rows) => modelProblem(columns, rows, model, initial));
      return worst([...judgeProblems(columns, problems, options), { type: 'valid' }]);
    },
  };
}

/** Why the history is not one of this model, if it is not. */
function strangeOperation<A extends Api, S>(columns: Columns, model: Model<A, S>): string | undefined {
  const name = columns.fNames.find((f) => !Object.hasOwn(model.step, f));
  if (name !== undefined) return `the model ${model.name} has no operation ${JSON.stringify(name)}`;
  if ((model as unknown) !== register) return undefined;
  const cas = columns.fNames.indexOf('cas');
  if (cas < 0) return undefined;
  for (let row = 0; row < columns.length; row++) {
    const input = columns.input[row];
    if (columns.f[row] === cas && !(Array.isArray(input) && input.length === 2))
      return `operation ${columns.start[row]} is a cas whose input is not [old, new]`;
  }
  return undefined;
}

function judgeRegisters(columns: Columns, initial: unknown, options: LinearizableOptions): Verdict {
  const registers = registerRows(columns, initial);
  const found = zones(registers);
  const verdicts: Verdict[] = explainRegisters(columns, registers, found).map((anomaly) => invalid([anomaly]));
  if (found.repeated.includes(1)) {
    const told = valueTeller(columns, registers, initial);
    const problems: Problem[] = [];
    for (const rows of objects(columns)) {
      const key = columns.key[rows[0]] < 0 ? registers.keys - 1 : columns.key[rows[0]];
      if (found.repeated[key] === 1) problems.push(registerProblem(registers, rows, key, told));
    }
    verdicts.push(...judgeProblems(columns, problems, options));
  }
  return worst([...verdicts, { type: 'valid' }]);
}

function invalid(anomalies: readonly [Anomaly, ...Anomaly[]]): Verdict {
  return { type: 'invalid', anomalies };
}

/** The value of a number, looked up in the rows that use it. */
function valueTeller(columns: Columns, registers: RegisterRows, initial: unknown): (value: number) => unknown {
  const values: unknown[] = [];
  for (let row = 0; row < registers.length; row++) {
    if (registers.kind[row] === READ && columns.type[row] !== OK) continue;
    const input = columns.input[row];
    if (registers.kind[row] === CAS) {
      values[(registers.old as Int32Array)[row]] = (input as unknown[])[0];
      values[registers.value[row]] = (input as unknown[])[1];
    } else if (registers.kind[row] === READ) values[registers.value[row]] ??= columns.output[row];
    else values[registers.value[row]] = input;
  }
  for (const value of registers.initial) values[value] = initial;
  return (value) => values[value] ?? null;
}

/** The rows of each object: of each key, and of operations without one. */
function objects(columns: Columns): readonly (readonly number[])[] {
  const byKey: number[][] = [];
  for (let row = 0; row < columns.length; row++) {
    const key = columns.key[row] + 1;
    byKey[key] ??= [];
    byKey[key].push(row);
  }
  return byKey.filter((rows) => rows !== undefined);
}

/** One object still to be judged, and how hard it looks. */
interface Task {
  readonly problem: Problem;
  readonly weight: number;
}

/**
 * Judges objects, easy ones first: a moment for each, and only if that finds nothing wrong as long as it takes for those that are left. One that
 * is wrong is enough.
 */
function judgeProblems(
  columns: Columns,
  problems: readonly Problem[],
  options: LinearizableOptions,
): readonly Verdict[] {
  const fresh = (): Budget => new Budget(options.maxSteps ?? 200_000_000, options.maxBytes ?? 1_500_000_000);
  const tasks = problems
    .filter((problem) => problem.length > 0)
    .map((problem): Task => ({ problem, weight: problem.length }))
    .sort((a, b) => a.weight - b.weight);
  const bad: Verdict[] = [];
  const open: Problem[] = [];
  for (const { problem } of tasks) {
    const outcome = quickSearch(schedule(problem), fresh());
    if (outcome.type === 'invalid') bad.push(invalid([explainSearch(columns, problem, outcome)]));
    else if (outcome.type === 'unknown') open.push(problem);
  }
  if (bad.length > 0) return bad;
  const unknown: Verdict[] = [];
  for (const problem of open) {
    const budget = fresh();
    const outcome = search(problem, budget);
    if (outcome.type === 'invalid') return [invalid([explainSearch(columns, problem, outcome)])];
    if (outcome.type === 'unknown') unknown.push(gaveUp(columns, problem, budget, outcome));
  }
  return unknown;
}

function gaveUp(columns: Columns, problem: Problem, budget: Budget, outcome: Outcome & { type: 'unknown' }): Verdict {
  const where = ofKey(columns, columns.key[problem.row[0]]);
  const spent = outcome.lacking === 'steps' ? `${budget.maxSteps} steps` : `${Math.round(budget.maxBytes / 1e6)} MB`;
  return {
    type: 'unknown',
    reason:
      `the search for an order${where} has used its ${spent} at return ${outcome.at} of ${outcome.returns}, where ${outcome.open} operations were open; ` +
      'unique written values, fewer clients on one key, or a larger budget would help',
  };
}
