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
  const verdicts = judged(subject, history);
  const compared = compareModels(subject, history, verdicts);
  for (const [model, { engine, definition }] of compared)
    if (differ(engine, definition)) return smallest(subject, history, model);
  for (const [model, { engine, definition }] of compared) {
    let tally = tallies.get(model);
    if (!tally) {
      tally = { valid: 0, invalid: 0, unjudged: 0, unproved: 0 };
      tallies.set(model, tally);
    }
    if (engine === 'unknown' || definition === undefined) tally.unjudged++;
    else tally[definition ? 'valid' : 'invalid']++;
  }
  if (subject.proofs !== false && !(verdicts instanceof Error)) countUnproved(subject, history, verdicts, tallies);
  return null;
}

type Verdicts = Readonly<Record<string, Verdict>>;

/** What the engine says, or what it threw. */
function judged(subject: Subject, history: History): Verdicts | Error {
  try {
    return subject.judge(history);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function countUnproved(subject: Subject, history: History, verdicts: Verdicts, tallies: Map<string, Tally>): void {
  for (const [model, verdict] of Object.entries(verdicts)) {
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

function compareModels(subject: Subject, history: History, verdicts: Verdicts | Error): Map<string, Compared> {
  const truths = subject.truth(history);
  const threw = verdicts instanceof Error;
  const models = Object.keys(threw ? truths : verdicts);
  return new Map(
    models.map((model) => {
      const engine = threw ? `threw ${String(verdicts)}` : (verdicts[model]?.type ?? 'unknown');
      return [model, { engine, definition: truths[model] }];
    }),
  );
}

function differ(engine: string, definition: boolean | undefined): boolean {
  if (engine === 'unknown' || definition === undefined) return false;
  return engine !== (definition ? 'valid' : 'invalid');
}

function smallest(subject: Subject, history: History, model: string): Difference {
  let operations: Operation[] = [...history];
  const differs = (some: readonly Operation[]): boolean => {
    const fewer = historyOf(some);
    const compared = compareModels(subject, fewer, judged(subject, fewer)).get(model);
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
  const compared = compareModels(subject, least, judged(subject, least)).get(model);
  const definition = compared?.definition ? 'valid' : 'invalid';
  return { model, history: least, engine: compared?.engine ?? 'unknown', definition };
}
