/** A campaign as Markdown: summary.md, and what GitHub shows below a job. */
import { cellName, cellWords, conclusionOf, flakesOf, outcomeOf, seenOf, shortfallOf, worstOutcome } from '../gate.ts';
import type { Told } from '../stories.ts';
import type { Cell, Summary } from '../summary.ts';

const MARKS = { refuted: '❌', failed: '💥', unknown: '❓', held: '✅' } as const;

/**
 * How many runs there are where there are fewer than planned; what broke,
 * its smallest story, the command that repeats it; then the table of all.
 */
export function markdownSummary(summary: Summary, told: readonly Told[]): string {
  const lines = [`## ${MARKS[worstOutcome(summary.cells)]} splitbrain: ${markdownText(conclusionOf(summary))}`, ''];
  const shortfall = shortfallOf(summary);
  if (shortfall.length > 0) lines.push(`**⚠️ ${markdownText(shortfall.join(' '))}**`, '');
  for (const { cell, news, story, again } of told) {
    lines.push(`### ${MARKS[outcomeOf(cell)]} ${markdownText(cellName(cell))}`, '', markdownText(cell.says), '');
    const seen = flakesOf(cell);
    if (seen) lines.push(`Seen: ${markdownText([seen, news].filter(Boolean).join(', '))}.`, '');
    if (story) lines.push('<details><summary>The smallest story</summary>', '', ...fenced(story), '</details>', '');
    if (again.length > 0) lines.push('Repeat it:', '', ...fenced(again.join('\n')));
  }
  lines.push(...table(summary), '');
  for (const note of summary.notes) lines.push(`- ${markdownText(note)}`);
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
        markdownText(subject),
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
  const why =
    cell.expected !== undefined ? ' (expected)' : cell.verdict === 'invalid' && !cell.gates ? ' (no claim)' : '';
  const seen = seenOf(cell);
  // What too little was seen of gets no green mark, whatever it counts for.
  const mark = seen === 'not run' ? '⬜' : seen === 'unknown' ? MARKS.unknown : MARKS[outcomeOf(cell)];
  return `${mark} ${markdownText(cellWords(cell))}${why}`;
}

/** A system's own words are text here, and neither HTML nor a link. */
export function markdownText(raw: string): string {
  return raw.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>#]/g, (character) => `\\${character}`);
}

/** A fence longer than any in the text. */
function fenced(text: string): readonly string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return [fence, text, fence, ''];
}
