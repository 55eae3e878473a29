/**
 * A comparison as CSV (RFC 4180): a line a figure, so that any
 * tool can pivot it; each names the run that stands behind it.
 */
import type { ComparedCell, Comparison } from './comparison.ts';

const HEAD = [
  'datatype',
  'workload',
  'system',
  'faults',
  'figure',
  'unit',
  'value',
  'low',
  'high',
  'note',
  'runs',
  'run',
];

type Line = readonly (string | number | undefined)[];

export function comparisonCsv(comparison: Comparison): string {
  const lines = comparison.datatypes.flatMap(({ datatype, workload, systems }) =>
    systems.flatMap(({ system, cells }) =>
      cells.flatMap((cell) => {
        const head = [datatype, workload, system, cell.group];
        const lines = [...modelLines(comparison, cell), ...valueLines(comparison, cell)];
        return (lines.length > 0 ? lines : [notRun(cell)]).map((line) => [...head, ...line]);
      }),
    ),
  );
  return [HEAD, ...lines].map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

/** Where there are fewer runs than were planned, every line says so. */
function noted(cell: ComparedCell, note: string | undefined): string | undefined {
  const { judged, planned } = cell.share;
  if (judged >= planned) return note;
  return [...(note ? [note] : []), `${judged} of ${planned} planned runs`].join('; ');
}

function notRun(cell: ComparedCell): Line {
  return ['not run', '', undefined, undefined, undefined, noted(cell, undefined), cell.runs.length, ''];
}

function modelLines({ runs }: Comparison, cell: ComparedCell): readonly Line[] {
  return Object.entries(cell.models).map(([model, { held, violated, unknown, ratio, witness }]) => {
    const note = `held ${held}, violated ${violated}, unknown ${unknown}`;
    const run = witness === undefined ? '' : runs[witness]?.id;
    return [
      `clean windows: ${model}`,
      'share',
      ratio?.value,
      ratio?.low,
      ratio?.high,
      noted(cell, note),
      cell.runs.length,
      run,
    ];
  });
}

function valueLines(comparison: Comparison, cell: ComparedCell): readonly Line[] {
  return comparison.figures.flatMap(({ key, name, unit, better }): readonly Line[] => {
    const value = cell.values[key];
    if (!value) return [];
    const run = extreme(comparison, cell.runs, key, better);
    return [[name, unit, value.value, value.low, value.high, noted(cell, value.note), cell.runs.length, run]];
  });
}

/** The run that shows the figure at its worst. */
function extreme({ runs }: Comparison, places: readonly number[], key: string, better: string): string | undefined {
  const sign = better === 'higher' ? 1 : -1;
  const own = places.map((place) => runs[place]!).filter((run) => run.values[key] !== undefined);
  return own.sort((a, b) => sign * (a.values[key]! - b.values[key]!))[0]?.id;
}

function field(value: string | number | undefined): string {
  const text = value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
