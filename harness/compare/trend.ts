/** From the results of many campaigns to what became worse or better, and since when. */
import { cellName } from '../campaign/gate.ts';
import type { ResultLine } from '../campaign/results-log.ts';
import { type Interval, wilson } from '../judging/metrics/consistency.ts';
import { type Known, knownOf, ratesOf } from './gate.ts';

/** One campaign's result of a cell. */
export interface Point {
  readonly at: string;
  readonly known: Known;
  readonly isExpected: boolean;
  readonly says: string;
  /** Refuted runs, judged runs, and the 95% interval of their share. */
  readonly refuted: number;
  readonly judged: number;
  readonly share: Interval;
  readonly shown: Readonly<Record<string, number>>;
}

export type Way = 'worse' | 'better' | 'steady' | 'new';

/** A cell over time. */
export interface CellTrend {
  readonly cell: string;
  /** The oldest first. */
  readonly points: readonly Point[];
  readonly way: Way;
  /** When it last changed, and from what to what, in words; absent where it never did. */
  readonly since?: { readonly at: string; readonly says: string };
}

const ORDER: readonly Known[] = ['held', 'unknown', 'refuted'];
const RANKS: readonly Way[] = ['worse', 'better', 'new', 'steady'];

/** What each cell did over time, those that became worse first. */
export function trendsOf(lines: readonly ResultLine[]): readonly CellTrend[] {
  const cells = new Map<string, Point[]>();
  for (const line of lines) {
    const name = cellName(line);
    const points = cells.get(name) ?? [];
    cells.set(name, points);
    points.push(pointOf(line));
  }
  const trends = [...cells].map(([cell, points]) => trendOf(cell, points));
  return trends.sort((a, b) => RANKS.indexOf(a.way) - RANKS.indexOf(b.way));
}

function pointOf({ at, verdict, expected, says, refuted, judged, shown }: ResultLine): Point {
  const share = wilson(refuted, judged);
  return { at, known: knownOf(verdict), isExpected: expected !== undefined, says, refuted, judged, share, shown };
}

function trendOf(cell: string, points: readonly Point[]): CellTrend {
  if (points.length === 1) return { cell, points, way: 'new' };
  for (let i = points.length - 1; i > 0; i--) {
    const [before, after] = [points[i - 1]!, points[i]!];
    const change = changeOf(before, after);
    if (change) return { cell, points, way: change.way, since: { at: after.at, says: change.says } };
  }
  return { cell, points, way: 'steady' };
}

function changeOf(a: Point, b: Point): { readonly way: 'worse' | 'better'; readonly says: string } | undefined {
  const by = ORDER.indexOf(b.known) - ORDER.indexOf(a.known);
  if (by !== 0) return { way: by > 0 ? 'worse' : 'better', says: `${textOf(a)} -> ${textOf(b)}` };
  const rates = ratesOf(a, b);
  const [first] = [...rates.filter(({ way }) => way === 'worse'), ...rates];
  return first;
}

/** `refuted 3/10`, `held 0/10`. */
export function textOf({ known, refuted, judged, isExpected }: Point): string {
  return `${known} ${refuted}/${judged}${isExpected ? ' (expected)' : ''}`;
}
