/**
 * What a campaign leaves for machines and for those who read their
 * builds: files in its folder, and GitHub's summary and annotations.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Campaigned } from '../harness/campaign/campaign.ts';
import type { Document } from '../harness/campaign/document.ts';
import { annotations } from '../harness/campaign/formats/annotations.ts';
import { junitXml } from '../harness/campaign/formats/junit.ts';
import { markdownSummary } from '../harness/campaign/formats/markdown.ts';
import { type Place, sarifLog } from '../harness/campaign/formats/sarif.ts';
import { cellName, flakesOf, outcomeOf, worstOutcome } from '../harness/campaign/gate.ts';
import { labelsOf } from '../harness/campaign/labels.ts';
import { appendResults, resultsFile } from '../harness/campaign/results-log.ts';
import type { Earlier } from '../harness/campaign/since.ts';
import { storiesOf, type Told } from '../harness/campaign/stories.ts';
import { isOwnModule } from '../harness/setting/own-module.ts';
import { failure, writeWhole } from '../harness/store/whole-file.ts';
import { campaignIndex } from '../report/campaign.ts';
import type { Failure } from '../report/page/data.ts';
import { typed } from './called.ts';
import { campaignText } from './campaign-text.ts';
import { codeWith, EXIT } from './exit.ts';
import { own } from './harmless.ts';
import { status } from './status.ts';
import { columnsOf } from './width.ts';
import { linkFailures } from './write-report.ts';

/** Stories stand so far to the right. */
const INDENT = 4;

/** How a campaign is concluded. */
interface Conclusion {
  readonly json?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  /** The earlier result that its failures are compared with. */
  readonly since?: Earlier | undefined;
}

/**
 * Tells how a campaign ended, in all ways; returns its exit code:
 * refuted outranks failed, failed unknown, unknown held.
 */
export async function conclude(
  done: Campaigned,
  document: Document | undefined,
  { json, verbose, since }: Conclusion,
): Promise<number> {
  status('shrinking what broke');
  const columns = columnsOf(process.stdout);
  const told = await storiesOf(done.summary, done.folder, columns - INDENT, since);
  linkFailures(told, done.folder);
  status('');
  const unwritten = [...(done.unwritten ?? []), ...publish(done, told, document)];
  const look = { columns, verbose: verbose === true, grouped: process.env.GITHUB_ACTIONS === 'true' };
  process.stdout.write(json ? `${JSON.stringify(done.summary)}\n` : typed(campaignText(done, told, look)));
  const outcome = worstOutcome(done.summary.cells);
  const code = { refuted: EXIT.refuted, failed: EXIT.failed, unknown: EXIT.unknown, held: EXIT.held }[outcome];
  return codeWith(unwritten, code);
}

/** Writes everything; returns what could not be written. */
function publish(
  { summary, folder }: Campaigned,
  told: readonly Told[],
  document: Document | undefined,
): readonly string[] {
  const placeOf = placesIn(document);
  const markdown = typed(markdownSummary(summary, told));
  const files: Readonly<Record<string, () => string>> = {
    'index.html': () => campaignIndex({ ...summary, command: typed(summary.command) }, failuresOf(told)),
    'junit.xml': () => junitXml(summary),
    'summary.md': () => markdown,
    'results.sarif': () => `${JSON.stringify(sarifLog(summary, placeOf), null, 2)}\n`,
  };
  const unwritten = Object.entries(files).flatMap(([name, text]) =>
    failure(() => writeWhole(join(folder, name), text())),
  );
  // A part is no result: its merge is.
  if (!summary.shard) unwritten.push(...failure(() => appendResults(resultsFile(folder), summary)));
  const { GITHUB_STEP_SUMMARY: step, GITHUB_ACTIONS: github } = process.env;
  if (step) unwritten.push(...failure(() => appendFileSync(step, markdown)));
  // On standard error GitHub reads them too, and `--json` stays JSON.
  // The command is ours, and what it says may be a node's.
  if (github === 'true')
    for (const line of annotations(summary, placeOf))
      process.stderr.write(`${own(line.slice(0, 2))}${line.slice(2)}\n`);
  return unwritten;
}

/** What broke, as the index page shows it. */
function failuresOf(told: readonly Told[]): readonly Failure[] {
  return told.map(({ cell, run, news, brief, again, smallest }) => ({
    name: cellName(cell),
    outcome: outcomeOf(cell),
    seen: [flakesOf(cell), news].filter(Boolean).join(', '),
    lines: brief.length > 0 ? brief : [cell.says],
    ...(again[0] === undefined ? {} : { command: typed(again[0]) }),
    run: run.id,
    shrunk: smallest !== undefined,
  }));
}

/** Where a system is named: its own module, or its line of the campaign file. */
function placesIn(document: Document | undefined): (system: string) => Place {
  return (system) => {
    if (isOwnModule(system)) return { file: system.replace(/#[^#]*$/, ''), line: 1 };
    if (!document) return { file: 'expectations.json', line: 1 };
    const { systems = [] } = document.value as { systems?: readonly string[] };
    const [says = system] = [...labelsOf(systems)].find(([, label]) => label === system) ?? [];
    return { file: document.file, line: document.lineOf(['systems', systems.indexOf(says)]) ?? 1 };
  };
}
