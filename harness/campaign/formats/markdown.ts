/** A campaign as Markdown: summary.md, and what GitHub shows below a job. */
import { cellName, conclusionOf, flakesOf, outcomeOf, worstOutcome } from '../gate.ts';
import type { Told } from '../stories.ts';
import type { Cell, Summary } from '../summary.ts';

const MARKS = { refuted: '❌', failed: '💥', unknown: '❓', held: '✅' } as const;

/** What broke, its smallest story, the command that repeats it; then the table of all. */
export function markdownSummary(summary: Summary, told: readonly Told[], unmade: number): string {
  const lines = [`## ${MARKS[worstOutcome(summary.cells)]} splitbrain: ${escaped(conclusionOf(summary))}`, ''];
  for (const { cell, story, again } of told) {
    lines.push(`### ${MARKS[outcomeOf(cell)]} ${escaped(cellName(cell))}`, '', escaped(cell.says), '');
    const seen = flakesOf(cell);
    if (seen) lines.push(`Seen: ${escaped(seen)}.`, '');
    if (story) lines.push('<details><summary>The smallest story</summary>', '', ...fenced(story), '</details>', '');
    if (again.length > 0) lines.push('Repeat it:', '', ...fenced(again.join('\n')));
  }
  lines.push(...table(summary), '');
  for (const note of summary.notes) lines.push(`- ${escaped(note)}`);
  if (unmade > 0) lines.push(`- ${unmade} planned runs were not made`);
  return `${lines.join('\n').trimEnd()}\n`;
}

function table({ cells }: Summary): readonly string[] {
  const groups = [...new Set(cells.map(({ faults }) => faults.join(', ') || 'none'))];
  const subjects = [...new Set(cells.map(({ system, workload }) => `${system} (${workload})`))];
  const row = (items: readonly string[]) => `| ${items.map((item) => item.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    row(['system', ...groups]),
    row(['---', ...groups.map(() => '---')]),
    ...subjects.map((subject) =>
      row([
        escaped(subject),
        ...groups.map((group) =>
          cellText(
            cells.find(
              (cell) => `${cell.system} (${cell.workload})` === subject && (cell.faults.join(', ') || 'none') === group,
            ),
          ),
        ),
      ]),
    ),
  ];
}

function cellText(cell: Cell | undefined): string {
  if (!cell) return '';
  const seen = flakesOf(cell);
  const words =
    seen === '' ? { valid: 'held', invalid: 'refuted', unknown: 'unknown', error: 'failed' }[cell.verdict] : seen;
  const why =
    cell.expected !== undefined ? ' (expected)' : cell.verdict === 'invalid' && !cell.gates ? ' (no claim)' : '';
  return `${MARKS[outcomeOf(cell)]} ${escaped(words)}${why}`;
}

/** A system's own words are text here, and neither HTML nor a link. */
function escaped(raw: string): string {
  return raw.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>#]/g, (character) => `\\${character}`);
}

/** A fence longer than any in the text. */
function fenced(text: string): readonly string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return [fence, text, fence, ''];
}
