/** Known anomalies, with a reason each: what a team has seen and lives with fails no build, and what is new does. */
import { unknownName } from '../setting/suggestions.ts';
import { type Document, type Path, valueDocument } from './document.ts';
import { systemName } from './readers.ts';

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

function isExpired({ expires }: Expectation, today: string): boolean {
  return expires !== undefined && expires <= today;
}

/** Reads a list of expectations at a path of a document. */
export function readExpectations(value: unknown, path: Path, document: Document): readonly Expectation[] {
  if (!Array.isArray(value)) return document.refuse(path, 'a list of expectations is needed');
  return value.map((one: unknown, i) => {
    const at = [...path, i];
    if (one === null || typeof one !== 'object') return document.refuse(at, 'an object is needed');
    const strange = Object.keys(one).find((name) => !EXPECTATION_KEYS.includes(name));
    if (strange !== undefined) return document.refuse([...at, strange], unknownName('key', strange, EXPECTATION_KEYS));
    const { system, anomalies, workload, reason, expires } = one as Partial<Expectation>;
    systemName(system, [...at, 'system'], document);
    if (!Array.isArray(anomalies) || anomalies.length === 0 || anomalies.some((name) => typeof name !== 'string'))
      return document.refuse([...at, 'anomalies'], 'a list of anomalies is needed');
    if (typeof reason !== 'string' || reason === '')
      return document.refuse([...at, 'reason'], 'it is missing: say why this is known');
    if (workload !== undefined && typeof workload !== 'string')
      return document.refuse([...at, 'workload'], 'the name of a workload is needed');
    if (expires !== undefined && !isDate(expires))
      return document.refuse([...at, 'expires'], `it is no date like 2027-01-31: ${JSON.stringify(expires)}`);
    return one as Expectation;
  });
}

const EXPECTATION_KEYS: readonly string[] = ['system', 'anomalies', 'workload', 'reason', 'expires'];

function isDate(text: unknown): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(String(text)) && !Number.isNaN(Date.parse(String(text)));
}

/** Reads what stands in an expectations.json. Throws `BadInput` that says what is wrong, and where. */
export function parseExpectations(value: unknown, file: string): readonly Expectation[] {
  return readExpectations(value, [], valueDocument(value, file));
}

/** What a person should know though it fails nothing: expectations that have expired, that nothing met, or that nobody runs. */
export function notesOn(
  expectations: readonly Expectation[],
  systems: readonly string[],
  runs: readonly { readonly system: string; readonly workload: string; readonly anomalies: readonly string[] }[],
  today: string,
): readonly string[] {
  return expectations.flatMap((one) => {
    const { system, reason, expires, anomalies, workload } = one;
    if (isExpired(one, today)) return [`the expectation for ${system} (${reason}) expired on ${expires}`];
    if (!systems.includes(system))
      return [`the expectation for ${system} (${reason}) is of no system of this campaign`];
    const own = runs.filter((run) => run.system === system && (workload === undefined || run.workload === workload));
    // In a shard, or where time ran out, a system may just not have had its turn.
    if (own.length === 0) return [];
    const unseen = anomalies.filter((anomaly) => !own.some((run) => run.anomalies.includes(anomaly)));
    if (unseen.length < anomalies.length) return [];
    return [
      `${system} showed none of its known anomalies this time (${anomalies.join(', ')}): is the expectation still needed?`,
    ];
  });
}
