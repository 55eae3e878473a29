/**
 * Judges a history: finds out its datatype, and either checks the
 * model that was asked for or finds the strongest one that holds.
 */
import type { Verdict } from './checker.ts';
import { refuseInitial, refuseUnheeded } from './datatypes/assumptions.ts';
import { type Conformed, conform } from './datatypes/conform.ts';
import type { Datatype } from './datatypes/datatype.ts';
import { functionsOf, interfaces } from './datatypes/interfaces.ts';
import { datatypeOf, modelOf } from './datatypes/lookup.ts';
import { datatypes } from './datatypes/registry.ts';
import { asTransactions } from './datatypes/transaction-names.ts';
import { HistoryError } from './formats/history-error.ts';
import type { History } from './history.ts';
import { type Judgement, type JudgeOptions, validOf } from './judgement.ts';
import { checkModel } from './model-test.ts';
import { strongestOf } from './strongest.ts';
import { notesOf } from './unused-observations.ts';

/**
 * Throws a `HistoryError` where the type cannot be detected, or the history's operations
 * are none of the type's, and an `ArgumentError` where a name or an initial value given
 * is none, or an assumption means nothing for the datatype: bad input is never a verdict.
 */
export function judge(given: History, options: JudgeOptions = {}): Judgement {
  const { history, datatype } = prepared(given, options);
  return judged(history, datatype, options);
}

/** The same of what `prepare` returned, which is not looked through again. Throws as `judge` does. */
export function judgePrepared(
  { history, type, datatype }: Pick<Prepared, 'history' | 'type' | 'datatype'>,
  options: Omit<JudgeOptions, 'type'> = {},
): Judgement {
  return judged(history, datatype ?? datatypeOf(type), options);
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

/** A history as its datatype means it. */
export interface Prepared extends Conformed {
  /** The name of its datatype, or of the interface that was asked for. */
  readonly type: string;
  /** Its datatype; absent where it is of an interface. */
  readonly datatype?: Datatype;
}

/**
 * The history as its datatype means it, which is what `judge` judges: what updates
 * returned is gone, inputs and outputs are apart, refusals that observed something
 * are one word each. The type may be an interface too. Throws as `judge` does.
 */
export function prepare(history: History, { type }: Pick<JudgeOptions, 'type'> = {}): Prepared {
  if (typeof type === 'string' && interfaces.some(({ name }) => name === type))
    return { ...conform(history, functionsOf(type) as Datatype), type };
  const conformed = prepared(history, type === undefined ? {} : { type });
  return { ...conformed, type: conformed.datatype.name };
}

function prepared(given: History, { type }: JudgeOptions): Conformed & { readonly datatype: Datatype } {
  const datatype = type === undefined ? detected(given) : datatypeOf(type);
  return { ...conform(type === undefined ? asTransactions(given) : given, datatype), datatype };
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
