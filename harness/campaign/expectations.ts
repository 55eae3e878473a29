/** Known anomalies, with a reason each: what a team has seen and lives with fails no build, and what is new does. */
import { BadInput } from '../failure.ts';

export interface Expectation {
  readonly system: string;
  /** Names of the anomalies that are no surprise. */
  readonly anomalies: readonly string[];
  /** Left out, it holds for every workload, and under all faults. */
  readonly workload?: string;
  readonly reason: string;
  /** From this day on (`2027-01-31`) it counts no more. */
  readonly expires?: string;
}

/** What an expectation is about. */
export interface Shown {
  readonly system: string;
  readonly workload: string;
  readonly anomaly: string;
}

/** The expectation that covers an anomaly on this day, if one does. */
export function expectationFor(
  expectations: readonly Expectation[],
  shown: Shown,
  today: string,
): Expectation | undefined {
  return expectations.find(
    (one) =>
      one.system === shown.system &&
      one.anomalies.includes(shown.anomaly) &&
      (one.workload === undefined || one.workload === shown.workload) &&
      !isExpired(one, today),
  );
}

export function isExpired({ expires }: Expectation, today: string): boolean {
  return expires !== undefined && expires <= today;
}

/** Reads expectations.json. Throws `BadInput` with the path of what is wrong in it. */
export function parseExpectations(value: unknown, file: string): readonly Expectation[] {
  if (!Array.isArray(value)) throw new BadInput(`${file}: a list of expectations is needed`);
  return value.map((one: unknown, i) => {
    const at = `${file}: [${i}]`;
    if (one === null || typeof one !== 'object') throw new BadInput(`${at} is no object`);
    const known = ['system', 'anomalies', 'workload', 'reason', 'expires'];
    const strange = Object.keys(one).find((name) => !known.includes(name));
    if (strange !== undefined)
      throw new BadInput(`${at} has the unknown key "${strange}"; there are ${known.join(', ')}`);
    const { system, anomalies, reason, expires } = one as Partial<Expectation>;
    if (typeof system !== 'string') throw new BadInput(`${at}.system is no name`);
    if (!Array.isArray(anomalies) || anomalies.length === 0) throw new BadInput(`${at}.anomalies lists no anomaly`);
    if (typeof reason !== 'string' || reason === '')
      throw new BadInput(`${at}.reason is missing: say why this is known`);
    if (expires !== undefined && !/^\d{4}-\d\d-\d\d$/.test(String(expires)))
      throw new BadInput(`${at}.expires is no date like 2027-01-31`);
    return one as Expectation;
  });
}
