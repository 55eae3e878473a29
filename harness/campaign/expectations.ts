/** Known anomalies, with a reason each: what a team has seen and lives with fails no build, and what is new does. */
import * as z from 'zod';
import { namedByFile } from '../setting/module-path.ts';
import { isProgramSource } from '../setting/program-text.ts';
import type { Document } from './document.ts';
import { labelOf } from './labels.ts';
import type { Cell } from './summary.ts';
import { listOf, object, readAs, systemOrLabel, text } from './values.ts';

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

const asDate = {
  error: ({ input }: { readonly input?: unknown }) => `it is no date like 2027-01-31: ${JSON.stringify(input)}`,
};

/** What an expectation is about. */
export interface Shown {
  readonly system: string;
  readonly workload: string;
  readonly anomaly: string;
}

/** The expectation that covers an anomaly on this day, if one does. */
export function expectationFor(known: readonly Expectation[], shown: Shown, today: string): Expectation | undefined {
  return known.find(
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

const expectation = object({
  system: systemOrLabel,
  anomalies: listOf('anomalies', text('the name of an anomaly')).describe('names of anomalies that are no surprise'),
  workload: text('the name of a workload').exactOptional().describe('left out, every workload'),
  reason: text('a text', 'say why this is known').describe('why it is known and lived with'),
  expires: z
    .string(asDate)
    .regex(/^\d{4}-\d\d-\d\d$/, asDate)
    .refine((day) => !Number.isNaN(Date.parse(day)), asDate)
    .exactOptional()
    .describe('from this day on it counts no more'),
}).meta({ id: 'expectation', description: 'a known anomaly' });

/** A list of expectations, which may be empty. */
export const expectations = listOf('expectations', expectation, 'list expectations', 0);

/** Reads the list of expectations that a document holds. Throws `BadInput` that says what is wrong, and where. */
export function readExpectations(document: Document): readonly Expectation[] {
  return expectationsHere(readAs(expectations, document), document);
}

/** The expectations of a file, with the modules that it names as the working folder has them. */
export function expectationsHere(known: readonly Expectation[], { file }: Document): readonly Expectation[] {
  return known.map(({ workload, ...one }) => ({
    ...one,
    system: isProgramSource(one.system) ? labelOf(one.system) : namedByFile(file, one.system),
    ...(workload === undefined ? {} : { workload: namedByFile(file, workload) }),
  }));
}

/**
 * What a person should know though it fails nothing: expectations
 * that have expired, that nothing met, or that nobody runs.
 */
export function notesOn(
  known: readonly Expectation[],
  systems: readonly string[],
  cells: readonly Pick<Cell, 'system' | 'workload' | 'anomalies' | 'notRun'>[],
  today: string,
): readonly string[] {
  return known.flatMap((one) => {
    const { system, reason, expires, anomalies, workload } = one;
    if (isExpired(one, today)) return [`the expectation for ${system} (${reason}) expired on ${expires}`];
    if (!systems.includes(system))
      return [`the expectation for ${system} (${reason}) is of no system of this campaign`];
    const own = cells.filter(
      (cell) => !cell.notRun && cell.system === system && (workload === undefined || cell.workload === workload),
    );
    // In a shard, or where time ran out, a system may just not have had its turn.
    if (own.length === 0) return [];
    const unseen = anomalies.filter((anomaly) => !own.some((cell) => Object.hasOwn(cell.anomalies, anomaly)));
    if (unseen.length < anomalies.length) return [];
    return [`${system} showed none of its expected anomalies (${anomalies.join(', ')}): remove the expectation?`];
  });
}
