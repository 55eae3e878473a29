import type { Result } from './result.ts';

/** What was found against models that nobody claimed. */
export interface Beyond {
  /**
   * The models that do not hold, the weakest of those that checkers named last; none where only the placement tells.
   */
  readonly models: readonly string[];
  /** The first anomaly's name, and its sentence. */
  readonly name: string;
  readonly message: string;
}

/**
 * What a run whose claims were all kept found nevertheless: an anomaly of a model that is
 * stronger than any claimed. No claim is broken by it, but neither was "no anomaly" found.
 */
export function beyondClaims({
  claims,
  checkers,
  placement,
}: Pick<Result, 'claims' | 'checkers' | 'placement'>): Beyond | undefined {
  const claimed = new Set(claims.map(({ claim }) => claim.model));
  const found = Object.entries(checkers).flatMap(([name, verdict]) =>
    verdict.type === 'invalid' && !claimed.has(name) ? [{ name, first: verdict.anomalies[0] }] : [],
  );
  const first = found[0]?.first ?? placement?.anomalies[0];
  return first ? { models: found.map(({ name }) => name), name: first.name, message: first.message } : undefined;
}

/** The same in a few words: `beyond it (serializable): G2-item`. */
export function beyondText({ models, name }: Beyond): string {
  const of = models.length > 0 ? ` (${models.slice(0, 3).join(', ')}${models.length > 3 ? ', ...' : ''})` : '';
  return `beyond it${of}: ${name}`;
}
