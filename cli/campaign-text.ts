/** A campaign as a person reads it in a terminal or in a build's log. */
import { join } from 'node:path';
import type { Campaigned } from '../harness/campaign/campaign.ts';
import {
  cellName,
  cellWords,
  conclusionOf,
  flakesOf,
  outcomeOf,
  type Seen,
  seenOf,
  shortfallOf,
} from '../harness/campaign/gate.ts';
import type { Told } from '../harness/campaign/stories.ts';
import type { Cell, Summary } from '../harness/campaign/summary.ts';
import { cut, folded } from '../harness/explore/wrap.ts';
import { colour } from './colour.ts';
import { own } from './harmless.ts';

const MARKS: Readonly<Record<Seen, string>> = {
  held: colour('green', '✓'),
  refuted: colour('red', '✗'),
  unknown: colour('yellow', '?'),
  failed: colour('red', '!'),
  'not run': colour('yellow', '-'),
};

/** How a campaign is told. */
export interface Look {
  /** No line is wider, but for commands, which are there to be copied. */
  readonly columns: number;
  /** With the smallest story of what broke. */
  readonly verbose: boolean;
  /** Whether a build server folds what is in a group: then the stories are there. */
  readonly grouped: boolean;
}

/**
 * First what broke, in at most twelve lines each: what, what proves it, the command that repeats it and
 * the report; the table comes last, where the eye is when a command ends.
 */
export function campaignText({ summary, folder }: Campaigned, told: readonly Told[], look: Look): string {
  const lines: string[] = [];
  for (const one of told) lines.push(...brokenLines(one, folder, look), '');
  for (const { cell, story } of told) if (story) lines.push(...storyLines(cellName(cell), story, look));
  lines.push(...cellLines(summary, look.columns), '', ...pairsLines(summary));
  for (const note of summary.notes) lines.push(`note: ${note}`);
  const shortfall = shortfallOf(summary);
  if (shortfall.length > 0) lines.push(`${colour('yellow', 'incomplete')}: ${shortfall.join(' ')}`);
  lines.push(conclusionOf(summary));
  lines.push(`  see    ${join(folder, 'index.html')}`, `  again  ${summary.command}`);
  return `${lines.join('\n')}\n`;
}

/** How often two kinds of fault lay on each other, and how often both were seen to do something. */
function pairsLines({ pairs = {} }: Summary): readonly string[] {
  const names = Object.keys(pairs).sort();
  if (names.length === 0) return [];
  const cells = names.map((name) => `${name} ${pairs[name]!.seen}/${pairs[name]!.met}`);
  return [`faults together, both seen: ${cells.join(', ')}`, ''];
}

/** What broke in one cell. */
function brokenLines({ cell, run, news, brief, again }: Told, folder: string, { columns }: Look): readonly string[] {
  const named = (seen: string): string => [`${cellName(cell)}: ${seen}`, news].filter(Boolean).join(', ');
  const long = named(flakesOf(cell) || cellWords(cell));
  const name = long.length <= columns - 2 ? long : named(cellWords(cell));
  const why =
    brief.length > 0 ? brief.map((line) => cut(line, columns - 4)) : folded(cell.says, columns - 4, MOST_SAID);
  return [
    `${MARKS[outcomeOf(cell)]} ${cut(name, columns - 2)}`,
    ...why.map((line) => `    ${line}`.trimEnd()),
    ...again.slice(0, 1).map((command) => `  again  ${command}`),
    ...(run.verdict === 'error' || run.folder === '' ? [] : [`  see    ${join(folder, run.folder, 'report.html')}`]),
  ];
}

/** Lines for a cell that has no drawing. */
const MOST_SAID = 6;

/** The whole story, where it is asked for, or where a build server folds it. */
function storyLines(name: string, story: string, { verbose, grouped }: Look): readonly string[] {
  if (!verbose && !grouped) return [];
  const title = `the smallest story of ${name}`;
  const [begin, end] = grouped ? [`${own('::group::')}${title}`, own('::endgroup::')] : [title, ''];
  return [begin, '', ...story.split('\n').map((line) => `  ${line}`.trimEnd()), end];
}

/**
 * Systems by faults: ✓ kept its claim, ✗ refuted (with the anomaly and how many seeds showed it), ? unknown,
 * ! failed, - not run. As a table where it is no wider than `columns`, else a paragraph for each system.
 */
function cellLines({ cells }: Summary, columns: number): readonly string[] {
  const groups = [...new Set(cells.map(groupOf))];
  const subjects = [...new Set(cells.map(subjectOf))];
  const wide = Math.max(0, ...subjects.map((subject) => subject.length)) + 2;
  const column =
    Math.max(0, ...groups.map((group) => group.length), ...cells.map((cell) => textOf(cell).length + 2)) + 2;
  if (wide + column * groups.length > columns)
    return subjects.flatMap((subject) => [
      subject,
      ...runOn(
        cells.filter((cell) => subjectOf(cell) === subject),
        columns,
      ),
    ]);
  const byPlace = new Map(cells.map((cell) => [JSON.stringify([subjectOf(cell), groupOf(cell)]), cell]));
  const rows = subjects.map((subject) => {
    const row = groups.map((group) => cellText(byPlace.get(JSON.stringify([subject, group])), column));
    return `${subject.padEnd(wide)}${row.join('')}`;
  });
  const head = `${''.padEnd(wide)}${groups.map((group) => group.padEnd(column)).join('')}`;
  return [head, ...rows].map((row) => row.trimEnd());
}

/** The cells of a system one after the other: `partition ✓ held 3/3   crash ✗ stale-read 1/3`. */
function runOn(cells: readonly Cell[], columns: number): readonly string[] {
  const lines: string[] = [];
  let length = columns;
  for (const cell of cells) {
    const size = groupOf(cell).length + textOf(cell).length + 6;
    const text = `${groupOf(cell)} ${MARKS[seenOf(cell)]} ${textOf(cell)}   `;
    if (length + size > columns) {
      lines.push(`  ${text}`);
      length = size + 2;
    } else {
      lines.push(`${lines.pop()}${text}`);
      length += size;
    }
  }
  return lines.map((line) => line.trimEnd());
}

function subjectOf({ system, workload }: Cell): string {
  return `${system} ${workload}`;
}

function groupOf({ faults }: Cell): string {
  return faults.join('+') || 'none';
}

/** No anomaly's name is so long that a row must be broken, but a system's own check may name anything. */
function textOf(cell: Cell): string {
  const why = cell.expected === undefined ? (cell.gates ? '' : ' (no claim)') : ' (expected)';
  return `${cellWords(cell).slice(0, 40)}${cell.verdict === 'invalid' ? why : ''}`;
}

function cellText(cell: Cell | undefined, column: number): string {
  if (!cell) return ''.padEnd(column);
  return `${MARKS[seenOf(cell)]} ${textOf(cell).padEnd(column - 2)}`;
}
