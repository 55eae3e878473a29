/** Judges what the arguments of `check` name, one after another, and tells the verdicts. */
import { explain, type History, type Judgement } from 'elle-ts';
import { type Checked, checkSource, type HistoryOptions } from '../harness/checking/check-source.ts';
import { EXPANSION } from '../harness/checking/limits.ts';
import type { Found, Judgeable } from '../harness/checking/source.ts';
import { writeWhole } from '../harness/store/whole-file.ts';
import { EXIT, UsageError, worstExit } from './exit.ts';
import { historiesIn } from './input/histories.ts';
import { nodeSurroundings } from './node-surroundings.ts';
import { skippedText, summaryText, verdictText } from './verdict-text.ts';

/** What a user wants to be told, and how much a file may cost. */
export interface RunOptions extends HistoryOptions {
  readonly explain?: number;
  /** Where the report of the one history goes. */
  readonly report?: string;
  readonly maxExpansion?: number;
  readonly json?: true;
  readonly debug?: true;
}

/** Who is told what happens. */
export interface Told {
  out(text: string): void;
  err(text: string): void;
  /** The judging of a history begins, of which `left` follow. */
  began(path: string, left: number): void;
  /** It has ended with this exit code. */
  ended(code: number): void;
}

/** Returns the exit code. Throws a `UsageError` before anything is judged, where an argument names nothing. */
export async function runCheck(named: readonly string[], options: RunOptions, told: Told): Promise<number> {
  const all: Found[] = [];
  const { format, maxExpansion: expansion = EXPANSION } = options;
  for (const argument of named) for await (const one of historiesIn(argument, { format, expansion })) all.push(one);
  const histories = all.filter((one): one is Judgeable => !('skipped' in one));
  if (options.report !== undefined && histories.length !== 1)
    throw new UsageError(`--report draws one history, and these are ${histories.length}`);
  const drawing = { left: options.explain ?? 0 };
  const codes: number[] = [];
  for (const [at, found] of histories.entries()) {
    told.began('source' in found ? found.source.path : found.path, histories.length - at - 1);
    const ofHistory = await checkOne(found, drawing, options, told);
    codes.push(...ofHistory);
    told.ended(worstExit(ofHistory));
  }
  const skipped = all.flatMap((one) => ('skipped' in one ? [one.skipped] : []));
  if (skipped.length > 0) (options.json ? told.err : told.out)(skippedText(skipped));
  if (!options.json && codes.length > 1) told.out(summaryText(codes));
  return worstExit(codes);
}

/** Judges one history and tells the verdicts; returns their exit codes. */
async function checkOne(
  found: Judgeable,
  drawing: { left: number },
  options: RunOptions,
  told: Told,
): Promise<readonly number[]> {
  const { checked, history } = await checkSource(found, options, nodeSurroundings(options));
  for (const one of checked) {
    told.out(toldOf(one, options));
    if (history && 'anomalies' in one) draw(history, one, drawing, options.json ? told.err : told.out);
  }
  if (history && options.report !== undefined) await writeReport(options.report, history, checked, told);
  return checked.map(exitOf);
}

/** Of several models, the report shows the first that is refuted, or the first. */
async function writeReport(file: string, history: History, all: readonly Checked[], told: Told): Promise<void> {
  const judged = all.filter((one) => 'anomalies' in one);
  const shown = judged.find(({ valid }) => valid === false) ?? judged[0];
  if (!shown) return;
  const [{ historyInput }, { report }] = await Promise.all([
    import('../report/history-input.ts'),
    import('../report/report.ts'),
  ]);
  writeWhole(file, report(historyInput(shown.file, history, shown)));
  told.err(`report: ${file}\n`);
}

/** A verdict as lines for a person, or as a line of JSON. */
export function toldOf(checked: Checked, options: RunOptions): string {
  return options.json ? `${JSON.stringify(lineOf(checked, options))}\n` : verdictText(checked);
}

function exitOf(checked: Checked): number {
  if ('error' in checked) return checked.usage ? EXIT.usage : EXIT.failed;
  if (checked.valid === 'unknown') return EXIT.unknown;
  return checked.valid ? EXIT.held : EXIT.refuted;
}

function lineOf(checked: Checked, options: RunOptions): object {
  if ('error' in checked) return checked;
  const { certificate, notes, ...line } = checked;
  return {
    ...line,
    ...(options.certificate && certificate !== undefined ? { certificate } : {}),
    ...(notes.length > 0 ? { notes } : {}),
  };
}

/** With --json, standard output is JSON alone, and `tell` is another. */
function draw(history: History, judgement: Judgement, drawing: { left: number }, tell: (text: string) => void): void {
  for (const anomaly of judgement.anomalies.slice(0, drawing.left)) {
    drawing.left--;
    tell(`\n${explain(history, anomaly)}\n`);
  }
}
