/** GitHub's workflow commands: lines that become annotations of a job. */
import { brokenCells, cellName, outcomeOf, shortfallOf, witnessOf } from '../gate.ts';
import type { Summary } from '../summary.ts';
import type { Place } from './sarif.ts';

/** A line for each cell that holds the build up, one for all runs that were not made, and a warning for each note. */
export function annotations(summary: Summary, placeOf: (system: string) => Place): readonly string[] {
  const run = brokenCells(summary).filter(({ notRun }) => !notRun);
  const broken = run.map((cell) => {
    const { file, line } = placeOf(cell.system);
    const path = file.replace(/^\.\//, '');
    const again = witnessOf(summary, cell)?.command;
    const level = outcomeOf(cell) === 'unknown' ? 'warning' : 'error';
    const says = `${cellName(cell)}: ${cell.says}${again ? `\nRepeat it: ${again}` : ''}`;
    return `::${level} file=${property(path)},line=${line},title=${property(`splitbrain: ${outcomeOf(cell)}`)}::${data(says)}`;
  });
  // A run that failed has its cell's annotation.
  const shortfall = summary.planned > summary.made ? shortfallOf(summary) : [];
  const never = summary.cells.filter(({ notRun }) => notRun).map((cell) => `Not run: ${cellName(cell)}`);
  const warnings = [...(shortfall.length > 0 ? [[...shortfall, ...never].join('\n')] : []), ...summary.notes];
  return [...broken, ...warnings.map((says) => `::warning title=splitbrain::${data(says)}`)];
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
