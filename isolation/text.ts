/** A measurement as text and as Markdown. */
import { counted } from 'elle-ts';
import { COLUMNS, columnMeanings } from './columns.ts';
import type { Cell, LevelResult, Measurement, Witness } from './result.ts';

/** What stands in a cell: `seen`, `prevented (abort, wait)`, `not seen in 585`, `not judged`. */
export function cellText({ state, by = [], transactions, why }: Cell): string {
  if (state === 'prevented') return `prevented (${by.join(', ')})`;
  if (state === 'not seen') return `not seen in ${transactions}`;
  return state === 'seen' && why !== undefined ? 'seen (writers alone)' : state;
}

/** The strongest models of a level, in a few words. */
export function modelText({ strongest }: LevelResult): string {
  return strongest.length === 0 ? 'none' : strongest.join(', ');
}

/** The table for a terminal: a column a level. */
export function tableText({ database, notes, levels, seed }: Measurement): string {
  const head = ['', ...levels.map(({ name, isDefault }) => (isDefault ? `${name} *` : name))];
  const models = ['strongest model', ...levels.map(modelText)];
  const rows = COLUMNS.map((column, at) => [column, ...levels.map(({ cells }) => cellText(cells[at]!))]);
  const table = [head, ...split(models), ...rows];
  const widths = head.map((_, at) => Math.max(...table.map((row) => row[at]!.length)));
  const lines = table.map((row) =>
    row
      .map((text, at) => text.padEnd(widths[at]!))
      .join('  ')
      .trimEnd(),
  );
  return [
    `${database}`,
    ...notes.map((note) => `note: ${note}`),
    '',
    ...lines,
    '',
    levels.some(({ isDefault }) => isDefault) ? '* what one gets without asking' : '',
    ...levels.map(
      ({ name, rounds, committed, refusedByDatabase, seconds }) =>
        `${name}: ${counted(rounds, 'round')}, ${committed} transactions committed, ${refusedByDatabase} refused, ${seconds.toFixed(1)} s`,
    ),
    `seed ${seed}`,
  ]
    .filter((line, at, all) => line !== '' || all[at - 1] !== '')
    .join('\n');
}

/** A row whose cells hold several names, a line each. */
function split(row: readonly string[]): readonly (readonly string[])[] {
  const parts = row.map((text) => text.split(', '));
  const most = Math.max(...parts.map(({ length }) => length));
  return Array.from({ length: most }, (_, at) => parts.map((names) => `${names[at] ?? ''}`));
}

/** What shows each anomaly, for the strongest level at which it was seen: the transactions, statement by statement. */
export function witnessesText({ levels }: Measurement): string {
  const blocks = COLUMNS.flatMap((column, at) => {
    const level = levels.findLast(({ cells }) => cells[at]?.state === 'seen');
    const witness = level?.cells[at]?.witness;
    if (!level || !witness) return [];
    const { says } = columnMeanings[column];
    return [[`${column} at ${level.name}: ${says}`, ...transcriptOf(witness).map((line) => `  ${line}`)].join('\n')];
  });
  return blocks.join('\n\n');
}

/** The transactions of a witness as they went, a line a statement. */
export function transcriptOf({ recorded: { sent, outcomes } }: Witness): readonly string[] {
  const lines = [...sent]
    .sort((a, b) => a.at - b.at)
    .map(({ txn, text, told, waited }) => `T${txn + 1}  ${text}  -- ${waited ? 'waits; then ' : ''}${told}`);
  const open = outcomes.flatMap(({ type, refused }, txn) =>
    type === 'ok'
      ? []
      : [`T${txn + 1} had no effect${refused === undefined ? ': it was rolled back, as asked' : `: ${refused}`}`],
  );
  return [...lines, ...open];
}

/** The table as Markdown: a row a level, as in Hermitage. */
export function tableMarkdown({ database, notes, levels }: Measurement): string {
  const row = (cells: readonly string[]): string => `| ${cells.map(inMarkdown).join(' | ')} |`;
  return [
    `**${inMarkdown(database)}**`,
    '',
    ...notes.flatMap((note) => [`Note: ${inMarkdown(note)}`, '']),
    row(['level', 'strongest model that held', ...COLUMNS]),
    row(['---', '---', ...COLUMNS.map(() => '---')]),
    ...levels.map((level) =>
      row([level.isDefault ? `${level.name} ★` : level.name, modelText(level), ...level.cells.map(cellText)]),
    ),
    '',
  ].join('\n');
}

/** Text of a server cannot end a cell or begin a tag. */
function inMarkdown(text: string): string {
  return text.replace(/[\\|<>&*_`[\]]/g, '\\$&').replace(/\s+/g, ' ');
}
