/** Two results side by side, and what changed from one to the other: of comparisons, campaigns or single runs. */
import type { FigureSum } from '../campaign/figure-sum.ts';
import { consistencyOf, FIGURES, type Value } from './figures.ts';
import type { Gated } from './gate.ts';

/** A result, cell by cell. */
export interface Side {
  readonly name: string;
  /** The first seed of its runs, where it is known. */
  readonly seed?: number;
  readonly cells: ReadonlyMap<string, SideCell>;
}

interface SideCell {
  readonly verdict: string;
  /** How many of its planned runs it has, where it has not all. */
  readonly share?: { readonly judged: number; readonly planned: number };
  readonly anomalies: readonly string[];
  readonly figures: FigureSum;
  /** What decides whether a build should stop. */
  readonly gated: Gated;
}

/** One figure that is not the same in both. */
export interface Change {
  readonly cell: string;
  readonly figure: string;
  readonly before: string;
  readonly after: string;
  /** Whether the second is better, where that can be said. */
  readonly way: 'better' | 'worse' | 'different';
}

export interface SideBySide {
  readonly changes: readonly Change[];
  /** Cells that only one of both has. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
  /** Figures that were compared, and those of them that are the same, or differ by less than chance may do. */
  readonly compared: number;
}

/**
 * Shares differ where their intervals do not meet; what is measured,
 * where it differs by a tenth and by more than it is rounded.
 */
const TENTH = 0.1;

export function sideBySide(before: Side, after: Side): SideBySide {
  const pairs = pairsOf(before, after);
  const changes: Change[] = [];
  let compared = 0;
  for (const [cell, a, b] of pairs) {
    const found = cellChanges(a, b);
    compared += found.compared;
    changes.push(...found.changes.map((change) => ({ cell, ...change })));
  }
  const paired = new Set(pairs.map(([cell]) => cell));
  const alone = (side: Side) => [...side.cells.keys()].filter((cell) => !paired.has(cell));
  const lone = before.cells.size === 1 && after.cells.size === 1;
  return { changes, compared, onlyBefore: lone ? [] : alone(before), onlyAfter: lone ? [] : alone(after) };
}

/** Cells of one name; two single runs are set beside each other whatever they are of. */
function pairsOf(before: Side, after: Side): readonly (readonly [string, SideCell, SideCell])[] {
  const [one, ...others] = before.cells;
  const [other, ...more] = after.cells;
  if (one && other && others.length === 0 && more.length === 0) {
    const name = one[0] === other[0] ? one[0] : `${one[0]} → ${other[0]}`;
    return [[name, one[1], other[1]]];
  }
  return [...before.cells].flatMap(([name, cell]) => {
    const same = after.cells.get(name);
    return same ? [[name, cell, same] as const] : [];
  });
}

type Found = Omit<Change, 'cell'>;

function cellChanges(a: SideCell, b: SideCell): { readonly changes: readonly Found[]; readonly compared: number } {
  const models = Object.keys({ ...a.figures.models, ...b.figures.models });
  const found = [
    verdictChange(a, b),
    ...models.map((model) => modelChange(model, a.figures, b.figures)),
    ...FIGURES.map((figure) => {
      const [x, y] = [figure.of(a.figures), figure.of(b.figures)];
      return x && y && differ(x, y)
        ? {
            ...{ figure: figure.name, before: valueText(x, figure.unit), after: valueText(y, figure.unit) },
            way: y.value > x.value === (figure.better === 'higher') ? ('better' as const) : ('worse' as const),
          }
        : undefined;
    }),
  ];
  return { changes: found.filter((one) => one !== undefined), compared: found.length };
}

const RANKS: readonly string[] = ['valid', 'unknown', 'not run', 'error', 'invalid'];

function verdictChange(a: SideCell, b: SideCell): Found | undefined {
  const text = ({ verdict, anomalies, share }: SideCell) => {
    const seen = anomalies.length > 0 ? `${verdict} (${anomalies.join(', ')})` : verdict;
    return share ? `${seen}, ${share.judged} of ${share.planned} runs` : seen;
  };
  if (text(a) === text(b)) return undefined;
  const by = RANKS.indexOf(b.verdict) - RANKS.indexOf(a.verdict);
  return {
    figure: 'verdict',
    before: text(a),
    after: text(b),
    way: by > 0 ? 'worse' : by < 0 ? 'better' : 'different',
  };
}

function modelChange(model: string, before: FigureSum, after: FigureSum): Found | undefined {
  const [a, b] = [consistencyOf(before, model), consistencyOf(after, model)];
  if (!a || !b) return undefined;
  const text = ({ held, violated, unknown, ratio }: typeof a) =>
    `held in ${held} of ${held + violated + unknown}${ratio ? `, clean ${percent(ratio.value)}` : ''}`;
  const status = ({ violated, unknown }: typeof a) => (violated > 0 ? 2 : unknown > 0 ? 1 : 0);
  const apart = a.ratio && b.ratio && (a.ratio.high < b.ratio.low || b.ratio.high < a.ratio.low);
  if (status(a) === status(b) && !apart) return undefined;
  const worse = status(b) > status(a) || (status(b) === status(a) && (b.ratio?.value ?? 0) < (a.ratio?.value ?? 0));
  return { figure: model, before: text(a), after: text(b), way: worse ? 'worse' : 'better' };
}

function differ(a: Value, b: Value): boolean {
  if (a.low !== undefined && a.high !== undefined && b.low !== undefined && b.high !== undefined)
    return a.high < b.low || b.high < a.low;
  const larger = Math.max(Math.abs(a.value), Math.abs(b.value));
  return Math.abs(a.value - b.value) > TENTH * larger && Math.abs(a.value - b.value) > 0.01;
}

function valueText({ value }: Value, unit: string): string {
  return unit === 'share' ? percent(value) : `${value} ${unit}`;
}

/** A share as text: `33.3%`. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))}%`;
}
