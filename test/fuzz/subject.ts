/**
 * What `npm run fuzz` compares: an engine of elle-ts and the slow
 * definition of the same thing, on histories drawn by number.
 */
import { type History, historyOf, type Operation, type Verdict } from 'elle-ts';

/** One datatype and the models that are judged of its histories. */
export interface Subject {
  readonly name: string;
  /** The history of that number; the same for all time. */
  readonly draw: (seed: number) => History;
  /** The engine's verdict, by model. */
  readonly judge: (history: History) => Readonly<Record<string, Verdict>>;
  /** The definition's, by model; a model that is absent is not defined for this history. */
  readonly truth: (history: History) => Readonly<Record<string, boolean>>;
  /**
   * Whether the operations of each anomaly break the model by themselves; not, for properties that are about the whole.
   */
  readonly proofs?: false;
}

/** How often what was found, of one model. `unjudged`: the engine does not know, or the definition does not say. */
export interface Tally {
  valid: number;
  invalid: number;
  unjudged: number;
  /**
   * Anomalies whose operations alone the definition finds valid:
   * the verdict is right, and shows less than all of its reasons.
   */
  unproved: number;
}

/** A history on which an engine and its definition differ, as small as it gets by leaving operations out. */
export interface Difference {
  readonly model: string;
  readonly history: History;
  readonly engine: string;
  readonly definition: string;
}

/** Compares on one history, counts, and returns the first difference. */
export function compare(subject: Subject, seed: number, tallies: Map<string, Tally>): Difference | null {
  const history = subject.draw(seed);
  const found = compareModels(subject, history);
  for (const [model, { engine, definition }] of found) {
    if (differ(engine, definition)) return smallest(subject, history, model);
    let tally = tallies.get(model);
    if (!tally) {
      tally = { valid: 0, invalid: 0, unjudged: 0, unproved: 0 };
      tallies.set(model, tally);
    }
    if (engine === 'unknown' || definition === undefined) tally.unjudged++;
    else tally[definition ? 'valid' : 'invalid']++;
  }
  if (subject.proofs !== false) countUnproved(subject, history, tallies);
  return null;
}

function countUnproved(subject: Subject, history: History, tallies: Map<string, Tally>): void {
  for (const [model, verdict] of Object.entries(subject.judge(history))) {
    const tally = tallies.get(model);
    if (verdict.type !== 'invalid' || !tally) continue;
    for (const { operations } of verdict.anomalies) {
      const alone = historyOf([...history].filter(({ start }) => operations.includes(start)));
      if (subject.truth(alone)[model] === true) tally.unproved++;
    }
  }
}

interface Compared {
  readonly engine: string;
  readonly definition: boolean | undefined;
}

function compareModels(subject: Subject, history: History): Map<string, Compared> {
  const truths = subject.truth(history);
  let verdicts: Readonly<Record<string, { readonly type: string }>>;
  try {
    verdicts = subject.judge(history);
  } catch (error) {
    const type = `threw ${String(error)}`;
    verdicts = Object.fromEntries(Object.keys(truths).map((model) => [model, { type }]));
  }
  const models = Object.keys(verdicts);
  return new Map(
    models.map((model) => [model, { engine: verdicts[model]?.type ?? 'unknown', definition: truths[model] }]),
  );
}

function differ(engine: string, definition: boolean | undefined): boolean {
  if (engine === 'unknown' || definition === undefined) return false;
  return engine !== (definition ? 'valid' : 'invalid');
}

function smallest(subject: Subject, history: History, model: string): Difference {
  let operations: Operation[] = [...history];
  const differs = (some: readonly Operation[]): boolean => {
    const compared = compareModels(subject, historyOf(some)).get(model);
    return compared !== undefined && differ(compared.engine, compared.definition);
  };
  for (let smaller = true; smaller; ) {
    smaller = false;
    for (let at = operations.length - 1; at >= 0; at--) {
      const fewer = operations.toSpliced(at, 1);
      if (!differs(fewer)) continue;
      operations = fewer;
      smaller = true;
    }
  }
  const least = historyOf(operations);
  const compared = compareModels(subject, least).get(model);
  const definition = compared?.definition ? 'valid' : 'invalid';
  return { model, history: least, engine: compared?.engine ?? 'unknown', definition };
}
