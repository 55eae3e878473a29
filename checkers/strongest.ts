/** The strongest models that hold, from the verdicts on all models of a datatype. */
import type { Anomaly, Verdict } from './checker.ts';
import type { Assumptions, Datatype } from './datatypes/datatype.ts';
import { weakerOf } from './datatypes/lookup.ts';
import { counted } from './explain/grammar.ts';
import type { History } from './history.ts';
import { type Judgement, validOf } from './judgement.ts';
import { testsOf } from './model-test.ts';
import { notesOf } from './unused-observations.ts';

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
  options: Assumptions,
): Walk {
  const names = [...weaker.keys()];
  const undecidable = new Set(history.realTime ? [] : datatype.realTime);
  const known = new Map<string, boolean | 'unknown'>();
  const verdicts = new Map<string, Verdict>();
  const test = testsOf(history, datatype, options);
  for (const name of [...names.filter((one) => !undecidable.has(one)), ...undecidable]) {
    if (known.get(name) === true || (undecidable.has(name) && known.get(name) === false)) continue;
    const verdict = test(name);
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
export function strongestOf(
  history: History,
  datatype: Datatype,
  options: Assumptions,
): Omit<Judgement, 'type' | 'count'> {
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
