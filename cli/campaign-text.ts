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
import { colour } from './colour.ts';

const MARKS: Readonly<Record<Seen, string>> = {
  held: colour('green', '✓'),
  refuted: colour('red', '✗'),
  unknown: colour('yellow', '?'),
  failed: colour('red', '!'),
  'not run': colour('yellow', '-'),
};

/**
 * First what broke, then its smallest story, then the command that repeats
 * it; the table comes last, where the eye is when a command ends.
 */
export function campaignText({ summary, folder }: Campaigned, told: readonly Told[]): string {
  const lines: string[] = [];
  for (const one of told) lines.push(...brokenLines(one, folder), '');
  lines.push(...table(summary), '', ...pairsLines(summary));
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

function brokenLines({ cell, run, story, again }: Told, folder: string): readonly string[] {
  const seen = flakesOf(cell);
  const indented = (text: string) => text.split('\n').map((line) => `    ${line}`.trimEnd());
  return [
    `${MARKS[outcomeOf(cell)]} ${cellName(cell)}: ${cell.says}`,
    ...(seen ? [`  seen   ${seen}`] : []),
    ...(story ? ['  the smallest story', '', ...indented(story), ''] : []),
    ...again.map((command) => `  again  ${command}`),
    ...(run.verdict === 'error' || run.folder === '' ? [] : [`  see    ${join(folder, run.folder, 'report.html')}`]),
  ];
}

/**
 * Systems by faults: ✓ kept its claim, ✗ refuted (with the anomaly
 * and how many seeds showed it), ? unknown, ! failed, - not run.
 */
function table({ cells }: Summary): readonly string[] {
  if (cells.length === 0) return [];
  const groups = [...new Set(cells.map(groupOf))];
  const subjects = [...new Set(cells.map(({ system, workload }) => `${system} ${workload}`))];
  const wide = Math.max(...subjects.map((subject) => subject.length)) + 2;
  const column = Math.max(
    22,
    ...groups.map((group) => group.length + 2),
    ...cells.map((cell) => textOf(cell).length + 4),
  );
  const head = `${''.padEnd(wide)}${groups.map((group) => group.padEnd(column)).join('')}`;
  const own = new Map(cells.map((cell) => [JSON.stringify([`${cell.system} ${cell.workload}`, groupOf(cell)]), cell]));
  const rows = subjects.map((subject) => {
    const row = groups.map((group) => cellText(own.get(JSON.stringify([subject, group])), column));
    return `${subject.padEnd(wide)}${row.join('')}`;
  });
  return [head.trimEnd(), ...rows.map((row) => row.trimEnd())];
}

function groupOf({ faults }: Cell): string {
  return faults.join('+') || 'none';
}

/** No anomaly's name is so long that a row must be broken, but a system's own check may name anything. */
function textOf(cell: Cell): string {
  return cellWords(cell).slice(0, 40);
}

function cellText(cell: Cell | undefined, column: number): string {
  if (!cell) return ''.padEnd(column);
  return `${MARKS[seenOf(cell)]} ${textOf(cell).padEnd(column - 2)}`;
}
