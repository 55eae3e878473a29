/** Compares the analysis of a history with the definitions of all models. */
import { analyse, type History, type Verdict } from 'elle-ts';
import { expect } from 'vitest';
import { type Assumption, assumedVersions } from './assumed-versions.ts';
import { definitions, modelsThatHold, oddities } from './definitions.ts';

function print(history: History): string {
  return [...history]
    .map(
      (o) =>
        `${o.process} [${o.start},${o.end}] ${o.outcome.type} ${JSON.stringify(o.outcome.type === 'ok' ? o.outcome.output : o.input)}`,
    )
    .join('\n');
}

/** Judges one history in every model and compares with the definitions; returns what was judged. */
export function compare(seed: number, history: History, assume: Assumption = {}): Verdict['type'][] {
  const analysis = analyse(history, { certificate: true, ...assume });
  const odd = oddities(history);
  const models = modelsThatHold(history, assumedVersions(assume));
  return Object.entries(definitions).map(([model, definition]) => {
    const undefinedHere =
      (!definition.internal && odd.has('internal')) || (!definition.committed && odd.has('incompatible'));
    const verdict = analysis.verdict(model);
    if (undefinedHere) return 'unknown';
    const expected = models.has(model) ? 'valid' : 'invalid';
    if (verdict.type !== expected)
      expect.fail(
        `${model}, seed ${seed}, assuming ${JSON.stringify(assume)}: ${JSON.stringify(verdict)}, but it is ${expected}\n${print(history)}`,
      );
    return expected;
  });
}
