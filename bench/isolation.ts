/**
 * Several measurements of each database as one table, for docs/isolation.md:
 *   splitbrain isolation --start postgres --time 3s --seed 1 --json > 1.json, and so on; then
 *   node dist/bench/isolation.js *.json
 * A cell that is not the same in all of them says in how many it was what.
 */
import { readFileSync } from 'node:fs';
import { COLUMNS } from '../isolation/columns.ts';
import type { Cell, Measurement } from '../isolation/result.ts';
import { cellText, modelText } from '../isolation/text.ts';

const files = process.argv.slice(2);
const all = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Measurement);
const databases = [...new Set(all.map(({ database }) => database))];

/** What most say, with how many where not all do. */
function agreed(texts: readonly string[]): string {
  const counts = [...new Set(texts)].map((text) => ({ text, count: texts.filter((one) => one === text).length }));
  if (counts.length === 1) return counts[0]!.text;
  return counts.map(({ text, count }) => `${text} ${count}/${texts.length}`).join('; ');
}

/** Without numbers, which are never the same. */
const said = (cell: Cell): string => cellText(cell).replace(/ in \d+$/, '');

for (const database of databases) {
  const runs = all.filter((one) => one.database === database);
  console.log(`### ${database}\n`);
  for (const note of runs[0]!.notes) console.log(`${note}\n`);
  console.log(`| level | strongest model that held | ${COLUMNS.join(' | ')} |`);
  console.log(`|---|---|${COLUMNS.map(() => '---|').join('')}`);
  let transactions = 0;
  let seconds = 0;
  for (const { name, isDefault } of runs[0]!.levels) {
    const same = runs.map(({ levels }) => levels.find((level) => level.name === name)!);
    const cells = COLUMNS.map((_, at) => agreed(same.map((level) => said(level.cells[at]!))));
    console.log(`| ${name}${isDefault ? ' ★' : ''} | ${agreed(same.map(modelText))} | ${cells.join(' | ')} |`);
    transactions += same.reduce((sum, { committed, refusedByDatabase }) => sum + committed + refusedByDatabase, 0);
    seconds = Math.max(seconds, ...same.map((level) => level.seconds));
  }
  const seeds = runs.map(({ seed }) => seed).join(', ');
  console.log(`\nSeeds ${seeds}: ${transactions} transactions in all, the slowest level in ${seconds.toFixed(1)} s.\n`);
}
