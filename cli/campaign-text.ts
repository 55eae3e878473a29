/** A campaign as a person reads it in a terminal or in a build's log. */
import { join } from 'node:path';
import type { Campaigned } from '../harness/campaign/campaign.ts';
import { cellName, conclusionOf, flakesOf } from '../harness/campaign/gate.ts';
import type { Told } from '../harness/campaign/stories.ts';
import type { Cell, Summary } from '../harness/campaign/summary.ts';
import { colour } from './colour.ts';

const MARKS = {
  valid: colour('green', '✓'),
  invalid: colour('red', '✗'),
  unknown: colour('yellow', '?'),
  error: colour('red', '!'),
};

/** First what broke, then its smallest story, then the command that repeats it; the table comes last, where the eye is when a command ends. */
export function campaignText({ summary, folder, unmade }: Campaigned, told: readonly Told[]): string {
  const lines: string[] = [];
  for (const one of told) lines.push(...brokenLines(one, folder), '');
  lines.push(...table(summary), '');
  for (const note of summary.notes) lines.push(`note: ${note}`);
  if (unmade > 0) lines.push(`note: ${unmade} planned runs were not made`);
  lines.push(conclusionOf(summary));
  lines.push(`  see    ${join(folder, 'index.html')}`, `  again  ${summary.command}`);
  return `${lines.join('\n')}\n`;
}

function brokenLines({ cell, run, story, again }: Told, folder: string): readonly string[] {
  const seen = flakesOf(cell);
  const indented = (text: string) => text.split('\n').map((line) => `    ${line}`.trimEnd());
  return [
    `${MARKS[cell.verdict]} ${cellName(cell)}: ${cell.says}`,
    ...(seen ? [`  seen   ${seen}`] : []),
    ...(story ? ['  the smallest story', '', ...indented(story), ''] : []),
    ...again.map((command) => `  again  ${command}`),
    ...(run.verdict === 'error' ? [] : [`  see    ${join(folder, run.folder, 'report.html')}`]),
  ];
}

/** Systems by faults: ✓ kept its claim, ✗ refuted (with the anomaly and how many seeds showed it), ? unknown, ! failed. */
function table({ cells }: Summary): readonly string[] {
  const groups = [...new Set(cells.map(groupOf))];
  const subjects = [...new Set(cells.map(({ system, workload }) => `${system} ${workload}`))];
  const wide = Math.max(...subjects.map((subject) => subject.length)) + 2;
  const column = Math.max(22, ...groups.map((group) => group.length + 2));
  const head = `${''.padEnd(wide)}${groups.map((group) => group.padEnd(column)).join('')}`;
  const rows = subjects.map((subject) => {
    const own = groups.map((group) =>
      cells.find((cell) => `${cell.system} ${cell.workload}` === subject && groupOf(cell) === group),
    );
    return `${subject.padEnd(wide)}${own.map((cell) => cellText(cell, column)).join('')}`;
  });
  return [head.trimEnd(), ...rows.map((row) => row.trimEnd())];
}

function groupOf({ faults }: Cell): string {
  return faults.join('+') || 'none';
}

function cellText(cell: Cell | undefined, column: number): string {
  if (!cell) return ''.padEnd(column);
  const [worst] = Object.entries(cell.anomalies).sort((a, b) => b[1] - a[1]);
  const refuted = worst ? (cell.runs.length > 1 ? `${worst[0]} ${worst[1]}/${cell.runs.length}` : worst[0]) : 'refuted';
  const word = { valid: 'held', invalid: refuted, unknown: 'unknown', error: 'error' }[cell.verdict];
  return `${MARKS[cell.verdict]} ${word.slice(0, column - 3).padEnd(column - 2)}`;
}
