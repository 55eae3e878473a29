/**
 * `npm run fuzz`: every engine against its slow definition, on random histories of a handful of operations.
 *
 *     npm run fuzz -- [--runs N] [--minutes N] [--only TEXT] [--seed N] [--record FILE]
 *
 * 100,000 histories of each datatype unless said otherwise, all models of it on each; with `--minutes` as many as there
 * is time for. Of the datatypes that are not done, the one that had the least processor time is next. Prints how many
 * histories a second of processor time, and for each model how many were valid and invalid by definition, all of them
 * judged the same by the engine. Counterexamples whose operations do not break the model by themselves are counted. The
 * first difference of a datatype ends it: the smallest history and its number are printed, and the exit code is 1.
 * Progress is on stderr. Several commands with seeds far apart share the work. With `--record` counts are kept in a
 * file, and a comparison that was killed continues where it was.
 */
import { parseArgs } from 'node:util';
import { hostile } from './hostile.ts';
import { log } from './log.ts';
import { objects } from './objects.ts';
import { properties } from './properties.ts';
import { begun, type Progress, readRecord, writeRecord } from './record.ts';
import { registers } from './registers.ts';
import { rows } from './rows.ts';
import { runs } from './runs.ts';
import { compare, type Subject } from './subject.ts';
import { transactions } from './transactions.ts';

const SUBJECTS: readonly Subject[] = [
  ...registers,
  ...objects,
  ...transactions,
  ...properties,
  log,
  rows,
  runs,
  ...hostile,
];
/** Histories between two looks at the clock, and milliseconds between two lines of progress. */
const BATCH = 200;
const SAYING_MS = 10_000;

interface Run extends Progress {
  readonly subject: Subject;
}

/** Compares until there is a difference or `until` histories are done, a batch at most. */
function advance(run: Run, first: number, until: number): void {
  const before = process.cpuUsage();
  for (let i = 0; i < BATCH && run.done < until && run.difference === null; i++) {
    const seed = first + run.done++;
    const found = compare(run.subject, seed, run.tallies);
    if (found) run.difference = { ...found, seed };
  }
  const { user, system } = process.cpuUsage(before);
  run.spent += (user + system) / 1000;
}

/** Which share of what was judged is valid, by definition and engine. */
function balanceOf(tallies: Progress['tallies']): string {
  const all = [...tallies.values()];
  const valid = all.reduce((sum, tally) => sum + tally.valid, 0);
  const known = all.reduce((sum, tally) => sum + tally.valid + tally.invalid, 0);
  return known === 0 ? '' : `, ${Math.round((100 * valid) / known)}% of verdicts valid`;
}

function report({ subject, tallies, done, spent, difference }: Run): void {
  const rate = spent > 0 ? `, ${Math.round((1000 * done) / spent).toLocaleString('en')} a second` : '';
  console.log(`${subject.name}: ${done.toLocaleString('en')} histories${rate}${balanceOf(tallies)}`);
  for (const [model, { valid, invalid, unjudged, unproved }] of tallies) {
    const known = valid + invalid;
    const rest = `${unjudged > 0 ? `, ${unjudged} not judged` : ''}${unproved > 0 ? `; ${unproved} counterexamples lack a reason` : ''}`;
    console.log(`  ${model.padEnd(42)} ${known} agree: ${valid} valid, ${invalid} invalid${rest}`);
  }
  if (difference === null) return;
  console.log(
    `  DIFFERENCE in ${difference.model}, seed ${difference.seed}: the engine says ${difference.engine}, the definition ${difference.definition}`,
  );
  for (const operation of difference.history) console.log(`    ${JSON.stringify(operation)}`);
}

/** Returns the exit code. */
function main(): number {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '100000' },
      minutes: { type: 'string' },
      only: { type: 'string', default: '' },
      seed: { type: 'string', default: '1' },
      record: { type: 'string' },
    },
  });
  const subjects = SUBJECTS.filter(({ name }) => name.includes(values.only));
  const numbers = [values.runs, values.minutes ?? '1', values.seed].map(Number);
  if (subjects.length === 0 || numbers.some((n) => !(n >= 0))) {
    console.error(
      `splitbrain: nothing to compare; --only takes a part of ${SUBJECTS.map(({ name }) => name).join(', ')}`,
    );
    return 2;
  }
  const [most, minutes, first] = numbers as [number, number, number];
  const end = values.minutes === undefined ? Number.POSITIVE_INFINITY : Date.now() + minutes * 60_000;
  const until = values.minutes === undefined ? most : Number.POSITIVE_INFINITY;
  const before = values.record === undefined ? new Map<string, Progress>() : readRecord(values.record, first);
  const runs: Run[] = subjects.map((subject) => ({ subject, ...(before.get(subject.name) ?? begun()) }));
  const keep = (): void => {
    const progress = new Map(runs.map(({ subject, ...rest }) => [subject.name, rest]));
    if (values.record !== undefined) writeRecord(values.record, first, progress);
  };
  const going = (): Run[] => runs.filter(({ done, difference }) => done < until && difference === null);
  let said = Date.now();
  for (let some = going(); some.length > 0 && Date.now() < end; some = going()) {
    advance(
      some.reduce((least, run) => (run.spent < least.spent ? run : least)),
      first,
      until,
    );
    if (Date.now() - said < SAYING_MS) continue;
    said = Date.now();
    console.error(progress(runs));
    keep();
  }
  keep();
  for (const run of runs) report(run);
  const differences = runs.filter(({ difference }) => difference !== null).length;
  console.log(differences === 0 ? 'no difference' : `${differences} of ${runs.length} datatypes differ`);
  return differences === 0 ? 0 : 1;
}

function progress(runs: readonly Run[]): string {
  const done = runs.reduce((sum, run) => sum + run.done, 0);
  return `splitbrain: ${done.toLocaleString('en')} histories of ${runs.length} datatypes compared`;
}

process.exitCode = main();
