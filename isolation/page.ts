/** A measurement as one HTML file without scripts: the table, and for each anomaly that was seen its ring and SQL. */
import { type Drawing, drawingOf } from '../report/drawing.ts';
import { escaped } from '../report/escaped.ts';
import { svgOf } from '../report/svg.ts';
import { COLUMNS, type Column, columnMeanings } from './columns.ts';
import { historyOfRound } from './judge-round.ts';
import type { Cell, LevelResult, Measurement, Witness } from './result.ts';
import { cellText, modelText, transcriptOf } from './text.ts';

/** The page. Everything that came from a server or a user is escaped, and no script could run. */
export function measurementPage(measurement: Measurement, command: string): string {
  const { database, notes, levels, seed } = measurement;
  const title = `Isolation of ${database}`;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${escaped(title)}</title><style>${STYLE}</style></head><body><main>`,
    `<h1>${escaped(title)}</h1>`,
    ...notes.map((note) => `<p class="note">${escaped(note)}</p>`),
    table(levels),
    '<p class="legend">abort: the database refused a transaction. wait: a transaction waited for another one. snapshot: which versions were read prevented it. whole: transactions are sent whole.',
    'What was not seen may still be there: the scripts and the search of this run did not show it.</p>',
    ...levels.map(section),
    `<footer><p>Seed ${seed}. Again: <code>${escaped(command)}</code></p></footer>`,
    '</main></body></html>',
    '',
  ].join('\n');
}

function table(levels: readonly LevelResult[]): string {
  const heads = COLUMNS.map((column) => `<th title="${escaped(columnMeanings[column].says)}">${column}</th>`);
  const rows = levels.map((level, at) => {
    const name = `<a href="#level-${at}">${escaped(level.name)}</a>${level.isDefault ? ' ★' : ''}`;
    const cells = level.cells.map((cell) => tableCell(cell, at)).join('');
    return `<tr><th scope="row">${name}</th><td>${escaped(modelText(level))}</td>${cells}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="region" aria-label="The table"><table><thead><tr><th>level</th><th>strongest model that held</th>${heads.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
}

function tableCell(cell: Cell, level: number): string {
  const text = escaped(cellText(cell));
  const shown = cell.witness ? `<a href="#${idOf(level, cell.column)}">${text}</a>` : text;
  const kind = cell.state === 'seen' ? 'seen' : cell.state === 'prevented' ? 'prevented' : 'open';
  return `<td class="${kind}">${shown}</td>`;
}

const idOf = (level: number, column: Column): string => `level-${level}-${column.replaceAll(' ', '-')}`;

function section(level: LevelResult, at: number): string {
  const { name, says, rounds, committed, refusedByDatabase, undecided } = level;
  const seen = level.cells.flatMap((cell) => (cell.witness ? [witness(cell.column, cell.witness, at, cell.why)] : []));
  return [
    `<section id="level-${at}"><h2>${escaped(name)}</h2>`,
    `<p>${escaped(says)}</p>`,
    `<p>${rounds} rounds, ${committed} transactions committed, ${refusedByDatabase} refused by the database.`,
    `Strongest model that held: ${escaped(modelText(level))}.${undecided.length > 0 ? ` Not decided: ${escaped(undecided.join(', '))}.` : ''}</p>`,
    ...seen,
    scriptTable(level),
    '</section>',
  ].join('\n');
}

function witness(column: Column, shown: Witness, level: number, why: string | undefined): string {
  const { from, by } = shown;
  const { says, source } = columnMeanings[column];
  return [
    `<article id="${idOf(level, column)}"><h3>${column}: ${escaped(says)}</h3>`,
    `<p>${by === 'script' ? 'Script' : 'By the search'}: ${escaped(from)}.${why ? ` Seen ${escaped(why)}.` : ''} After ${escaped(source)}.</p>`,
    `<pre>${escaped(transcriptOf(shown).join('\n'))}</pre>`,
    `<div class="ring">${svgOf(ringOf(shown))}</div></article>`,
  ].join('\n');
}

/** The ring, with the transactions called as in the transcript. */
function ringOf({ anomaly, recorded }: Witness): Drawing {
  // Drawings show neither a moment nor checkers.
  const whole = { ...anomaly, cycle: anomaly.cycle ?? null, at: null, checkers: [] };
  const drawing = drawingOf(historyOfRound(recorded), whole);
  return { ...drawing, nodes: drawing.nodes.map((node, place) => ({ ...node, name: `T${place + 1}` })) };
}

function scriptTable({ scripts }: LevelResult): string {
  const rows = scripts.map(
    ({ column, name, result, refused }) =>
      `<tr><td>${column}</td><td>${escaped(name)}</td><td class="${result === 'seen' ? 'seen' : 'prevented'}">${result}</td><td>${escaped(refused ?? '')}</td></tr>`,
  );
  return `<details><summary>All scripts</summary><div class="scroll" tabindex="0" role="region" aria-label="The scripts"><table><thead><tr><th>anomaly</th><th>script</th><th>result</th><th>what the database said</th></tr></thead><tbody>${rows.join('\n')}</tbody></table></div></details>`;
}

const STYLE = `
:root{color-scheme:light dark;--page:light-dark(#fafaf8,#14171b);--text:light-dark(#1c2127,#e7e9ec);--muted:light-dark(#59626e,#a0a9b5);
--line:light-dark(#e4e6e9,#2c323a);--accent:light-dark(#2457c5,#86adff);--anomaly:light-dark(#cf2147,#ff6c87);--good:light-dark(#1a7446,#6fd09b)}*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
main{max-width:1240px;margin:0 auto;padding:1rem clamp(1rem,3vw,2.5rem) 4rem}h1{font-size:1.8rem;overflow-wrap:anywhere}
a{color:inherit}.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem;overflow-wrap:normal}
th,td{border-bottom:1px solid var(--line);padding:.35rem .6rem;text-align:left;vertical-align:top}
.seen{color:var(--anomaly);font-weight:600}.prevented{color:var(--good)}.open,.legend,footer{color:var(--muted)}
.note{border-left:3px solid var(--anomaly);padding-left:.8rem}pre{overflow-x:auto;border:1px solid var(--line);padding:.8rem;font-size:.85rem}
.ring svg{max-width:100%;height:auto}article,section{margin-top:2rem}`;
