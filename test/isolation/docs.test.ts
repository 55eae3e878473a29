import { expect, it } from 'vitest';
import { COLUMNS, columnMeanings } from '../../isolation/columns.ts';
import { textOf } from '../docs-blocks.ts';

const page = textOf('docs/isolation.md');
const rows = page.split('\n').flatMap((line) => (line.startsWith('| ') ? [line.slice(2, -2).split(' | ')] : []));

it('docs/isolation.md has every anomaly, with its definition', () => {
  for (const column of COLUMNS) {
    const { says, source } = columnMeanings[column];
    expect(rows).toContainEqual([column, says, source]);
  }
});

it('its tables have every column, and call nothing seen that was not in four of five runs', () => {
  const measured = rows.filter((row) => row.length === COLUMNS.length + 2);
  const heads = measured.filter(([first]) => first === 'level');
  expect(heads.length).toBeGreaterThanOrEqual(8);
  for (const head of heads) expect(head).toEqual(['level', 'strongest model that held', ...COLUMNS]);
  const cells = measured.flatMap((row) => row.slice(2));
  for (const [, count] of cells.flatMap((cell) => [...cell.matchAll(/seen(?: \(writers alone\))? (\d)\/5/g)]))
    expect(Number(count)).toBeGreaterThanOrEqual(4);
  expect(cells.filter((cell) => cell.startsWith('seen')).length).toBeGreaterThan(30);
});
