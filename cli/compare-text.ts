/**
 * A comparison, and two results side by side, as a person reads them in a terminal or pastes them into a pull request.
 */
import { join } from 'node:path';
import { brokenCells, cellName, counted, outcomeOf, shortfallOf } from '../harness/campaign/gate.ts';
import type { Summary } from '../harness/campaign/summary.ts';
import type { Compared } from '../harness/compare/compare.ts';
import type { Datatype, Row } from '../harness/compare/comparison.ts';
import type { Gate } from '../harness/compare/gate.ts';
import type { Change, Side, SideBySide } from '../harness/compare/side-by-side.ts';
import { strongestOf } from '../report/strongest.ts';
import { typed } from './called.ts';

/** For each datatype the strongest models that held in every run, system by system and group by group. */
export function comparisonText({ comparison, summary, folder }: Compared): string {
  const lines: string[] = [];
  for (const datatype of comparison.datatypes) lines.push(...datatypeLines(datatype, comparison.groups), '');
  const unknown = brokenCells(summary).filter((cell) => outcomeOf(cell) === 'unknown' && !cell.notRun).length;
  lines.push(...brokenLines(summary));
  if (unknown > 0)
    lines.push(
      `note: in ${unknown} of ${summary.cells.length} cells the evidence is too little to say that a claim holds`,
    );
  const shortfall = shortfallOf(summary);
  if (shortfall.length > 0) lines.push(`incomplete: ${shortfall.join(' ')}`);
  lines.push(
    `${counted(summary.made, 'run')}, seed ${summary.seed}.`,
    `  see    ${join(folder, 'index.html')}`,
    `  again  ${typed(summary.command)}`,
  );
  return `${lines.join('\n')}\n`;
}

/** What held nothing, a line a system: the first of its cells speaks for all. */
function brokenLines(summary: Summary): readonly string[] {
  const cells = brokenCells(summary).filter((cell) => outcomeOf(cell) !== 'unknown');
  return [...new Set(cells.map(({ system }) => system))].map((system) => {
    const [first, ...more] = cells.filter((cell) => cell.system === system);
    return `${outcomeOf(first!)}: ${cellName(first!)}${more.length > 0 ? ` and in ${more.length} more cells` : ''}: ${first!.says}`;
  });
}

function datatypeLines(
  { datatype, workload, systems, models }: Datatype,
  groups: readonly string[],
): readonly string[] {
  const strongest = systems.map((row) => groups.map((group) => strongestIn(row, group, models)));
  const wide = Math.max(...systems.map(({ system }) => system.length)) + 2;
  const columns = groups.map((group, i) => Math.max(group.length, ...strongest.map((row) => row[i]!.length)) + 2);
  const line = (head: string, cells: readonly string[]) =>
    `${head.padEnd(wide)}${cells.map((cell, i) => cell.padEnd(columns[i]!)).join('')}`.trimEnd();
  return [
    `${datatype} (${workload}): the strongest that held in every run`,
    line('', groups),
    ...systems.map(({ system }, i) => line(system, strongest[i]!)),
  ];
}

/**
 * The models that held in every run and that none stronger did; where there is no such model, the properties that held.
 */
function strongestIn({ cells }: Row, group: string, models: readonly string[]): string {
  const cell = cells.find((one) => one.group === group);
  if (!cell) return '';
  const { judged, planned } = cell.share;
  if (judged === 0) return `not run 0/${planned}`;
  const held = models.filter((model) => {
    const own = cell.models[model];
    return own && own.held > 0 && own.violated === 0 && own.unknown === 0;
  });
  const strongest = strongestOf(held);
  const words = (strongest.length > 0 ? strongest : held).join(', ') || '-';
  return judged < planned ? `${words} (${judged}/${planned} runs)` : words;
}

/** What got worse, what got better and what is merely different, as Markdown. */
export function sideBySideText(before: Side, after: Side, found: SideBySide, gate: Gate): string {
  const cells = new Set(found.changes.map(({ cell }) => cell));
  // Where all changes are in one cell, it is named once.
  const [only] = cells.size === 1 ? cells : [];
  const lines = [`## From ${before.name} to ${after.name}`, '', ...(only ? [escaped(only), ''] : [])];
  const told = gate.cells.filter(({ state, rates }) => state !== 'same' || rates.length > 0);
  lines.push(...gateLines(gate.outcome, told));
  const ways: readonly [Change['way'], string][] = [
    ['worse', 'Worse'],
    ['better', 'Better'],
    ['different', 'Different'],
  ];
  for (const [way, title] of ways) {
    const changes = found.changes.filter((change) => change.way === way);
    if (changes.length === 0) continue;
    const row = (change: readonly string[]) => `| ${(only ? change.slice(1) : change).map(escaped).join(' | ')} |`;
    lines.push(`### ${title}`, '', row(['cell', 'figure', 'before', 'after']), row(['---', '---', '---', '---']));
    for (const { cell, figure, before: a, after: b } of changes) lines.push(row([cell, figure, a, b]));
    lines.push('');
  }
  if (found.compared === 0) lines.push(`No cell is in both ${before.name} and ${after.name}.`, '');
  else if (found.changes.length === 0)
    lines.push(told.length === 0 ? 'Nothing changed.' : 'No figure of the cells in both changed.', '');
  if (before.seed !== after.seed)
    lines.push(`- their seeds differ (${before.seed} and ${after.seed}): some of what changed is chance`);
  if (found.compared === 0) return `${lines.join('\n').trimEnd()}\n`;
  lines.push(
    '',
    `${found.changes.length} of ${found.compared} figures changed. Shares changed where their 95% intervals do not meet, others where they differ by a tenth.`,
  );
  return `${lines.join('\n')}\n`;
}

/** Cells whose verdicts changed, that are new or are gone, and rates that changed beyond chance. */
function gateLines(outcome: Gate['outcome'], told: Gate['cells']): readonly string[] {
  const words = { worse: 'Worse', unknown: 'Newly unknown, or nothing to compare', fine: 'No cell became worse' };
  const rows = told.map(({ cell, state, before = '-', after = '-', rates }) => {
    const more = rates.map(({ says, way }) => `${way}: ${says}`).join('; ');
    return `| ${[state, cell, `${before} -> ${after}`, more].map(escaped).join(' | ')} |`;
  });
  const head = ['| cell is | cell | verdict | rates |', '| --- | --- | --- | --- |'];
  return [`**${words[outcome]}.**`, '', ...(rows.length > 0 ? [...head, ...rows, ''] : [])];
}

function escaped(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
}
