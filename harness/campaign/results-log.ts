/**
 * What campaigns came to, one after the other: `results.jsonl` beside their folders, a line for each cell of each
 * campaign, appended all at once. Later versions add fields and raise the number where they change one.
 */
import { appendFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { BadInput, HarnessFailure } from '../failure.ts';
import { linesIn } from '../store/lines.ts';
import { version } from '../store/version.ts';
import type { Cell, Summary } from './summary.ts';

const count = z.int().min(0);

const line = z.object({
  /** Of this form of a line. */
  version: z.literal(1),
  splitbrain: z.string(),
  /** When the campaign began, as an ISO date. */
  at: z.iso.datetime(),
  command: z.string(),
  seed: count,
  system: z.string(),
  workload: z.string(),
  faults: z.array(z.string()),
  verdict: z.enum(['valid', 'invalid', 'unknown', 'error']),
  expected: z.string().exactOptional(),
  says: z.string(),
  /** k of n: runs that showed each anomaly, runs that were refuted, and runs that were judged. */
  shown: z.record(z.string(), count),
  refuted: count,
  judged: count,
  planned: count,
});

/** What one cell of one campaign came to. */
export type ResultLine = z.infer<typeof line>;

/** Where campaigns whose folders lie beside this one are written down. */
export function resultsFile(folder: string): string {
  return join(dirname(folder), 'results.jsonl');
}

/** Appends a campaign's cells, in one write. Throws `HarnessFailure` where it cannot. */
export function appendResults(file: string, summary: Summary): void {
  const { startedAt: at, command, seed, cells } = summary;
  const lines = cells.map((cell) => lineOf(cell, { at, command, seed }));
  try {
    appendFileSync(file, lines.map((one) => `${JSON.stringify(one)}\n`).join(''));
  } catch (error) {
    throw new HarnessFailure(`${file} cannot be written: ${(error as Error).message}`);
  }
}

function lineOf(cell: Cell, of: Pick<ResultLine, 'at' | 'command' | 'seed'>): ResultLine {
  const { system, workload, faults, verdict, says, expected, anomalies, verdicts, judged, planned } = cell;
  return {
    ...{ version: 1, splitbrain: version, ...of, system, workload, faults: [...faults], verdict, says },
    ...(expected === undefined ? {} : { expected }),
    ...{ shown: { ...anomalies }, refuted: verdicts.invalid + verdicts.expected, judged, planned },
  };
}

/** Reads such a file, the oldest first. Throws `BadInput` that names the line where one is none. */
export function readResults(file: string): readonly ResultLine[] {
  if (!existsSync(file)) throw new BadInput(`${file} is not there: a campaign writes it beside its folder`);
  const found: ResultLine[] = [];
  let number = 0;
  for (const { text } of linesIn(file)) {
    number++;
    const read = line.safeParse(parsed(text));
    if (!read.success) {
      const [issue] = read.error.issues;
      const where = issue!.path.length > 0 ? `${issue!.path.join('.')}: ` : '';
      throw new BadInput(`${file}:${number}: ${where}${issue!.message}: this is no line of results.jsonl`);
    }
    found.push(read.data);
  }
  return found.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
