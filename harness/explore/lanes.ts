/** What happened, as lines of text: a lane for each client and node, time downwards. */
import { cut } from './wrap.ts';

/** One thing that happened, in one lane. */
export interface Moment {
  readonly ms: number;
  readonly lane: string;
  readonly says: string;
}

interface Lane {
  readonly name: string;
  readonly width: number;
}

/** Lines that a story may have; a longer one is cut in the middle, and says so. */
const MOST_LINES = 90;
/** The time at the beginning of each line, and what follows it. */
const TIME = 11;
/** What is said in a lane runs over those to its right, which are empty in that line, for so long. */
const LONGEST = 80;

/**
 * Lanes as wide as what is said in them, where that is no wider than `columns`;
 * else a line for each moment that names its lane.
 */
export function inColumns(moments: readonly Moment[], names: readonly string[], columns: number): readonly string[] {
  const lanes = names.map((name, at) => ({ name, width: widthOf(name, moments, at === 0) }));
  if (TIME + lanes.reduce((sum, { width }) => sum + width, 0) <= columns)
    return inLanes(moments, lanes).map((line) => cut(line, columns));
  const widest = Math.max(0, ...names.map((name) => name.length)) + 2;
  const rows = moments.map(({ ms, lane, says }) => cut(`${timeOf(ms)}  ${lane.padEnd(widest)}${says}`, columns));
  return [`${'ms'.padStart(9)}`, ...shortened(rows)];
}

/** Lanes of these widths, below their names. */
export function inLanes(moments: readonly Moment[], lanes: readonly Lane[]): readonly string[] {
  const titles = lanes.map(({ name, width }) => name.padEnd(width)).join('');
  const line = lanes.map(({ width }) => `${'-'.repeat(width - 2)}  `).join('');
  return [
    `${'ms'.padStart(9)}  ${titles}`.trimEnd(),
    `${'-'.repeat(9)}  ${line}`.trimEnd(),
    ...shortened(moments.map((moment) => row(moment, lanes))),
  ];
}

/** Faults, which are first, are told in few lines and over those to their right. */
function widthOf(name: string, moments: readonly Moment[], isFirst: boolean): number {
  if (isFirst && name === 'fault') return name.length + 2;
  const said = moments.filter(({ lane }) => lane === name).map(({ says }) => says.length);
  return Math.max(name.length, ...said) + 2;
}

function row({ ms, lane, says }: Moment, lanes: readonly Lane[]): string {
  const at = Math.max(
    0,
    lanes.findIndex(({ name }) => name === lane),
  );
  const before = lanes.slice(0, at).reduce((sum, { width }) => sum + width, 0);
  return `${timeOf(ms)}  ${' '.repeat(before)}${says.slice(0, LONGEST)}`;
}

function timeOf(ms: number): string {
  return ms.toFixed(2).padStart(9);
}

function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= MOST_LINES) return lines;
  const half = MOST_LINES / 2;
  return [...lines.slice(0, half), `      ... ${lines.length - MOST_LINES} lines more ...`, ...lines.slice(-half)];
}
