/**
 * Judges a history: finds out its datatype, and either checks the
 * model that was asked for or finds the strongest one that holds.
 */

import { ArgumentError } from './argument-error.ts';
import type { Anomaly, Checker, Verdict } from './checker.ts';
import { type Conformed, conform } from './datatypes/conform.ts';
import { type Assumptions, type Datatype, SPECIAL } from './datatypes/datatype.ts';
import { functionsOf, interfaces } from './datatypes/interfaces.ts';
import { datatypes } from './datatypes/registry.ts';
import { asTransactions } from './datatypes/transaction-names.ts';
import { counted, withArticle } from './explain/grammar.ts';
import { HistoryError } from './formats/history-error.ts';
import { FAIL, type History } from './history.ts';
import { impliedModels } from './transactions/boundary.ts';
import { aliases, lattice } from './transactions/lattice.ts';

/**
 * What the caller knows of the history. Without a type it is detected,
 * without a model the strongest that holds is searched for.
 */
export interface JudgeOptions extends Assumptions {
  readonly type?: string;
  readonly model?: string;
}

/** What `splitbrain check --json` says of a history, but for the file's name and the time it took. */
export interface Judgement {
  readonly type: string;
  /** The model that `valid` is about: the one asked for, or the type's own. */
  readonly model: string;
  readonly valid: boolean | 'unknown';
  /** Why not, or why nothing can be said: one line for a person. */
  readonly reason?: string;
  /** What is known of each model, whether checked or implied. */
  readonly models: Readonly<Record<string, boolean | 'unknown'>>;
  /** The models that hold and are implied by no other that holds. */
  readonly strongest: readonly string[];
  /** The anomalies of the model, and of each next stronger one than those that hold. */
  readonly anomalies: readonly Anomaly[];
  readonly certificate?: unknown;
  /** How many operations there are. */
  readonly count: number;
  /**
   * What a person should know of how it was judged, such as observations
   * that a model does not use. Absent where there is nothing.
   */
  readonly notes?: readonly string[];
}

/**
 * Throws a `HistoryError` where the type cannot be told, or the history's operations
 * are none of the type's, and an `ArgumentError` where a name or an initial value given
 * is none, or an assumption means nothing for the datatype: bad input is never a verdict.
 */
export function judge(given: History, options: JudgeOptions = {}): Judgement {
  const { history, datatype } = prepared(given, options);
  return judged(history, datatype, options);
}

/** The same of what `prepare` returned, which is not looked through again. Throws as `judge` does. */
export function judgePrepared(
  { history, type }: { readonly history: History; readonly type: string },
  options: Omit<JudgeOptions, 'type'> = {},
): Judgement {
  return judged(history, forOneJudgement(datatypeOf(type)), options);
}

function judged(history: History, datatype: Datatype, options: JudgeOptions): Judgement {
  refuseInitial(datatype, options);
  refuseUnheeded(datatype, options);
  const count = history.length;
  const type = datatype.name;
  if (options.model !== undefined) {
    const model = modelOf(datatype, options.model);
    const verdict = checkModel(history, datatype, model, options);
    const models = { [model]: validOf(verdict) };
    const strongest = verdict.type === 'valid' ? [model] : [];
    return { type, model, ...said(verdict), models, strongest, count, ...notesOf(history, datatype, [model]) };
  }
  return { type, ...strongestOf(history, datatype, options), count };
}

/** The models that judge failures that are observations. */
const JUDGE_REFUSALS: readonly string[] = ['linearizable', 'sequential'];

/** What the models that were judged did not use of the history. */
function notesOf(history: History, { functions }: Datatype, models: readonly string[]): Pick<Judgement, 'notes'> {
  const without = models.filter((model) => !JUDGE_REFUSALS.includes(model));
  if (without.length === 0) return {};
  const { length, type, f, fNames, error } = history.columns;
  const reasons = fNames.map((name) => functions[name]?.refusal);
  if (reasons.every((reason) => reason === undefined)) return {};
  const found = new Map<string, number>();
  for (let row = 0; row < length; row++) {
    const reason = type[row] === FAIL ? reasons[f[row]] : undefined;
    if (reason === undefined || error.get(row) !== reason) continue;
    const name = `${fNames[f[row]]}: ${reason}`;
    found.set(name, (found.get(name) ?? 0) + 1);
  }
  const notes = [...found].map(
    ([name, count]) =>
      `${count} failed ${count === 1 ? 'operation that is an observation' : 'operations that are observations'} (${name}) ${count === 1 ? 'was' : 'were'} not used for ${without.join(', ')}`,
  );
  return notes.length === 0 ? {} : { notes };
}

/**
 * The history as its datatype means it, which is what `judge` judges: what updates
 * returned is gone, inputs and outputs are apart, refusals that observed something are
 * told by one word each. The type may be an interface too. Throws as `judge` does.
 */
export function prepare(
  history: History,
  { type }: Pick<JudgeOptions, 'type'> = {},
): Conformed & { readonly type: string } {
  if (type !== undefined && interfaces.some(({ name }) => name === type))
    return { ...conform(history, functionsOf(type) as Datatype), type };
  const { datatype, ...conformed } = prepared(history, type === undefined ? {} : { type });
  return { ...conformed, type: datatype.name };
}

function prepared(given: History, { type }: JudgeOptions): Conformed & { readonly datatype: Datatype } {
  const datatype = forOneJudgement(type === undefined ? detected(given) : datatypeOf(type));
  return { ...conform(type === undefined ? asTransactions(given) : given, datatype), datatype };
}

/**
 * By the model's own test or else, as where all are judged, by a weaker model that does not hold
 * or a stronger one that does. Where the history has no real time, a model that needs it has no test.
 */
function checkModel(history: History, datatype: Datatype, model: string, options: JudgeOptions): Verdict {
  const check = (name: string): Verdict =>
    history.realTime || !datatype.realTime.includes(name)
      ? checkerOf(datatype, name, options).check(history)
      : { type: 'unknown', reason: NO_REAL_TIME };
  const own = check(model);
  if (own.type !== 'unknown') return own;
  const others = Object.keys(datatype.models).filter((name) => name !== model);
  for (const weaker of others.filter((name) => weakerOf(datatype, model).includes(name))) {
    const verdict = check(weaker);
    if (verdict.type === 'invalid') return verdict;
  }
  const holds = others.some((name) => weakerOf(datatype, name).includes(model) && check(name).type === 'valid');
  return holds ? { type: 'valid' } : own;
}

const NO_REAL_TIME =
  'it needs real time, and this history does not tell when operations of different processes began and ended';

function forOneJudgement(datatype: Datatype): Datatype {
  return datatype.sharing ? { ...datatype, models: datatype.sharing() } : datatype;
}

/** The datatype of that name. Throws an `ArgumentError`. */
function datatypeOf(name: string): Datatype {
  const found = datatypes.find((one) => one.name === name || one.aliases?.includes(name));
  if (!found) throw new ArgumentError(`no datatype is called "${name}"`);
  return found;
}

/** The datatype's own name of a model. Throws an `ArgumentError`. */
function modelOf(datatype: Datatype, name: string): string {
  const same = (one: string): boolean => one.toLowerCase() === name.toLowerCase();
  const alias = Object.keys(ALIASES).find(same);
  const plain = Object.keys(datatype.models).find(same) ?? (alias === undefined ? undefined : ALIASES[alias]);
  if (plain === undefined || !Object.hasOwn(datatype.models, plain))
    throw new ArgumentError(
      `${withArticle(datatype.name)} is not judged against "${name}", but ${Object.keys(datatype.models).join(', ')}`,
    );
  return plain;
}

/** Other names of models. */
const ALIASES: Readonly<Record<string, string>> = {
  ...aliases,
  SI: 'snapshot-isolation',
  SER: 'serializable',
  RC: 'read-committed',
  RA: 'read-atomic',
  'causal-convergence': 'causal',
  'causal-memory': 'CM',
  'causal-consistency': 'CC',
};

/** The models that hold wherever this one does, itself included. */
function weakerOf({ implies }: Datatype, name: string): readonly string[] {
  const more = implies?.[name] ?? [];
  return Object.hasOwn(lattice.implies, name) ? [...impliedModels([name], lattice), ...more] : [name, ...more];
}

/** Every name that `--model` takes: those of one datatype, or of all. */
export function modelNames(type?: string): string[] {
  const of = type === undefined ? datatypes : [datatypeOf(type)];
  const models = new Set(of.flatMap((one) => Object.keys(one.models)));
  return [...models, ...Object.keys(ALIASES).filter((alias) => models.has(ALIASES[alias] as string))];
}

function detected(given: History): Datatype {
  const history = asTransactions(given);
  // An empty history is legal for every datatype; a register is the simplest.
  if (history.length === 0) return datatypeOf('register');
  const found = datatypes.find((one) => one.detect?.(history));
  if (found) return found;
  const functions = history.columns.fNames.join(', ');
  throw new HistoryError(
    `no datatype has the functions ${functions}; name one with --type, and say with --map THEIRS=OURS what they are called here`,
  );
}

/** Bad input is never a verdict. */
function refuseInitial({ name, initial: shape }: Datatype, { initial }: Assumptions): void {
  if (initial === undefined) return;
  if (!shape) {
    const those = datatypes.filter((one) => one.initial).map((one) => one.name);
    throw new ArgumentError(`${withArticle(name)} has no initial value; these have: ${those.join(', ')}`);
  }
  if (!shape.fits(initial))
    throw new ArgumentError(
      `the initial value of ${withArticle(name)} is ${shape.says}, and not ${JSON.stringify(initial)}`,
    );
}

/** An assumption without effect is a mistake of the caller. */
function refuseUnheeded({ name, heeds = [] }: Datatype, assumptions: Assumptions): void {
  for (const one of Object.keys(SPECIAL) as (keyof typeof SPECIAL)[]) {
    if (!assumptions[one] || heeds.includes(one)) continue;
    const those = datatypes.filter((other) => other.heeds?.includes(one)).map((other) => other.name);
    throw new ArgumentError(`${SPECIAL[one]} says nothing of ${withArticle(name)}, but of ${those.join(', ')}`);
  }
}

function checkerOf(datatype: Datatype, model: string, assumptions: Assumptions): Checker {
  const make = datatype.models[model];
  if (!make) throw new ArgumentError(`${withArticle(datatype.name)} is not judged against "${model}"`);
  return make(assumptions);
}

function validOf(verdict: Verdict): boolean | 'unknown' {
  return verdict.type === 'unknown' ? 'unknown' : verdict.type === 'valid';
}

function said(verdict: Verdict): Pick<Judgement, 'valid' | 'reason' | 'anomalies' | 'certificate'> {
  if (verdict.type === 'unknown') return { valid: 'unknown', reason: verdict.reason, anomalies: [] };
  if (verdict.type === 'invalid')
    return { valid: false, reason: verdict.anomalies[0].message, anomalies: verdict.anomalies };
  return {
    valid: true,
    anomalies: [],
    ...(verdict.certificate === undefined ? {} : { certificate: verdict.certificate }),
  };
}

interface Walk {
  readonly known: ReadonlyMap<string, boolean | 'unknown'>;
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

/**
 * Walks the models from the strongest down; what a verdict implies for other models need not be checked.
 * Those that need real time where none is known come last: what is weaker refutes them, or they are unknown.
 */
function walk(
  history: History,
  datatype: Datatype,
  weaker: ReadonlyMap<string, readonly string[]>,
  options: JudgeOptions,
): Walk {
  const names = [...weaker.keys()];
  const undecidable = new Set(history.realTime ? [] : datatype.realTime);
  const known = new Map<string, boolean | 'unknown'>();
  const verdicts = new Map<string, Verdict>();
  for (const name of [...names.filter((one) => !undecidable.has(one)), ...undecidable]) {
    if (known.get(name) === true || (undecidable.has(name) && known.get(name) === false)) continue;
    const verdict: Verdict = undecidable.has(name)
      ? { type: 'unknown', reason: NO_REAL_TIME }
      : checkerOf(datatype, name, options).check(history);
    verdicts.set(name, verdict);
    known.set(name, validOf(verdict));
    for (const other of names) {
      if (verdict.type === 'valid' && weaker.get(name)?.includes(other)) known.set(other, true);
      if (verdict.type === 'invalid' && weaker.get(other)?.includes(name)) known.set(other, false);
    }
  }
  return { known, verdicts };
}

/** What holds, what does not, and what is next stronger than what holds. */
function strongestOf(history: History, datatype: Datatype, options: JudgeOptions): Omit<Judgement, 'type' | 'count'> {
  const names = Object.keys(datatype.models);
  const weaker = new Map(names.map((name) => [name, weakerOf(datatype, name)]));
  const { known, verdicts } = walk(history, datatype, weaker, options);
  const those = (valid: boolean): string[] => names.filter((name) => known.get(name) === valid);
  const holding = those(true);
  const strongest = holding.filter(
    (name) => !holding.some((other) => other !== name && weaker.get(other)?.includes(name)),
  );
  const broken = those(false);
  // Next stronger than what holds: broken, and none weaker is broken.
  const next = broken.filter((name) => !broken.some((other) => other !== name && weaker.get(name)?.includes(other)));
  const model = ownModel(history, datatype);
  const told = [...new Set([...next, ...(broken.includes(model) ? [model] : [])])];
  const unsure = names.filter((name) => known.get(name) === 'unknown');
  const reasons = [
    ...grouped(told, (name) => messageOf(verdicts.get(name)) ?? `it implies ${next.join(', ')}`).map(
      ([names, why]) => `not ${names} because ${why}`,
    ),
    ...undecided(model, unsure, (name) => unknownReason(verdicts.get(name))),
  ];
  const certificate = certificateOf(verdicts.get(model));
  return {
    model,
    valid: known.get(model) ?? 'unknown',
    ...(reasons.length === 0 ? {} : { reason: `holds: ${strongest.join(', ') || 'nothing'}; ${reasons.join('; ')}` }),
    models: Object.fromEntries(names.map((name) => [name, known.get(name) ?? 'unknown'])),
    strongest,
    anomalies: distinct([model, ...told].flatMap((name) => anomaliesOf(verdicts.get(name)))),
    ...(certificate === undefined ? {} : { certificate }),
    ...notesOf(history, datatype, [...verdicts.keys()]),
  };
}

/** What `valid` is about: the type's own model, or the strongest that a history without real time can decide. */
function ownModel(history: History, { model, models, realTime }: Datatype): string {
  if (history.realTime || !realTime.includes(model)) return model;
  return Object.keys(models).find((name) => !realTime.includes(name)) ?? model;
}

/** Why models are not decided, each reason once, that of the model that `valid` is about first. */
function undecided(model: string, unsure: readonly string[], reasonOf: (name: string) => string): string[] {
  if (!unsure.includes(model))
    return grouped(unsure, reasonOf).map(([names, why]) => `not decided: ${names}, because ${why}`);
  const others = unsure.filter((name) => reasonOf(name) !== reasonOf(model));
  const alike = unsure.length - others.length - 1;
  const like = alike === 0 ? '' : `, like ${counted(alike, 'other model', 'other models')},`;
  return [
    `${model}${like} is unknown because ${reasonOf(model).replace(/\.$/, '')}`,
    ...undecided('', others, reasonOf),
  ];
}

/** The names that have the same reason, joined, with it. */
function grouped(names: readonly string[], reasonOf: (name: string) => string): [names: string, reason: string][] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const reason = reasonOf(name).replace(/\.$/, '');
    groups.set(reason, [...(groups.get(reason) ?? []), name]);
  }
  return [...groups].map(([reason, those]) => [those.join(', '), reason]);
}

function anomaliesOf(verdict: Verdict | undefined): readonly Anomaly[] {
  return verdict?.type === 'invalid' ? verdict.anomalies : [];
}

function messageOf(verdict: Verdict | undefined): string | undefined {
  return anomaliesOf(verdict)[0]?.message;
}

function unknownReason(verdict: Verdict | undefined): string {
  return verdict?.type === 'unknown' ? verdict.reason : 'it was not decided';
}

function certificateOf(verdict: Verdict | undefined): unknown {
  return verdict?.type === 'valid' ? verdict.certificate : undefined;
}

function distinct(anomalies: readonly Anomaly[]): Anomaly[] {
  const seen = new Map(anomalies.map((anomaly) => [`${anomaly.name} ${anomaly.operations.join(' ')}`, anomaly]));
  return [...seen.values()];
}
