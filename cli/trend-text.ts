/** Trends as Markdown for a pull request, and as a page that needs nothing else. */
import { markdownText } from '../harness/campaign/formats/markdown.ts';
import { percent } from '../harness/compare/side-by-side.ts';
import { type CellTrend, type Point, textOf, type Way } from '../harness/compare/trend.ts';
import { escaped } from '../report/escaped.ts';

const TITLES: Readonly<Record<Way, string>> = {
  worse: 'Worse',
  better: 'Better',
  new: 'New',
  steady: 'Unchanged',
};
const WAYS = Object.keys(TITLES) as readonly Way[];
/** Of a longer past the latest are shown. */
const SHOWN = 12;

/** A table for each way in which cells went; of those that did not change only how many there are. */
export function trendMarkdown(trends: readonly CellTrend[]): string {
  const campaigns = new Set(trends.flatMap(({ points }) => points.map(({ at }) => at))).size;
  const lines = [`## Trend of ${trends.length} cells over ${campaigns} campaigns`, ''];
  for (const way of WAYS) {
    const own = trends.filter((trend) => trend.way === way);
    if (own.length === 0) continue;
    if (way === 'steady') {
      lines.push(`${own.length} unchanged.`, '');
      continue;
    }
    lines.push(`### ${TITLES[way]}`, '', '| cell | since | what changed | now, refuted of judged (95%) |');
    lines.push('| --- | --- | --- | --- |');
    for (const { cell, since, points } of own)
      lines.push(
        `| ${[cell, dayOf(since?.at ?? points[0]!.at), since?.says ?? '', nowOf(points)].map(inTable).join(' | ')} |`,
      );
    lines.push('');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function nowOf(points: readonly Point[]): string {
  const last = points.at(-1)!;
  return `${textOf(last)} (${percent(last.share.low)} to ${percent(last.share.high)})`;
}

function dayOf(at: string): string {
  return at.slice(0, 16).replace('T', ' ');
}

const inTable = (text: string) => markdownText(text).replaceAll('|', '\\|');

/** One HTML file: a row for each cell, with its share of refuted runs over time as a line with its interval. */
export function trendPage(trends: readonly CellTrend[]): string {
  const rows = trends.map(({ cell, way, since, points }) => {
    const cells = [cell, TITLES[way], since ? dayOf(since.at) : '', since?.says ?? '', nowOf(points)];
    const texts = cells.map(
      (text, i) => `<t${i === 0 ? 'h scope="row"' : 'd'}>${escaped(text)}</t${i === 0 ? 'h' : 'd'}>`,
    );
    return `<tr class="${way}">${texts.join('')}<td>${plot(points.slice(-SHOWN))}</td></tr>`;
  });
  const head = ['cell', 'way', 'since', 'what changed', 'now, refuted of judged (95%)', `last ${SHOWN} campaigns`];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>splitbrain: trend</title>
<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 1.5rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: .35rem .8rem; border-bottom: 1px solid #8884; vertical-align: top; }
.worse td:nth-child(2) { color: #c22; font-weight: 600; }
.better td:nth-child(2) { color: #197a3e; }
svg { display: block; }
</style>
</head>
<body>
<main>
<h1>Trend of ${trends.length} cells</h1>
<div class="wide" role="region" aria-label="Trend of each cell" tabindex="0">
<table>
<thead><tr>${head.map((name) => `<th scope="col">${escaped(name)}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</div>
</main>
</body>
</html>
`;
}

const [STEP, HEIGHT] = [14, 36];

/** Shares from 0 at the bottom to 1 at the top: a dot for each campaign, and a bar for its interval. */
function plot(points: readonly Point[]): string {
  const y = (share: number) => (HEIGHT - 3 - share * (HEIGHT - 6)).toFixed(1);
  const marks = points.map(({ share }, i) => {
    const x = i * STEP + STEP / 2;
    return `<line x1="${x}" x2="${x}" y1="${y(share.low)}" y2="${y(share.high)}" stroke="currentColor" opacity=".4"/><circle cx="${x}" cy="${y(share.value)}" r="2.5" fill="currentColor"/>`;
  });
  const label = points.map((point) => `${dayOf(point.at)}: ${textOf(point)}`).join('; ');
  return `<svg width="${points.length * STEP}" height="${HEIGHT}" role="img" aria-label="${escaped(label)}">${marks.join('')}</svg>`;
}
