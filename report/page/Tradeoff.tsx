import type { ComparedCell, Comparison, Datatype } from '../../harness/compare/comparison.ts';
import { valueText } from './figure-text.ts';
import { Scrollable } from './Scrollable.tsx';
import { statusOf } from './Staircase.tsx';
import type { Subject } from './Trace.tsx';

const WIDTH = 960;
const LEFT = 56;
const RIGHT = 24;
const TOP = 18;
const BOTTOM = 50;
/** Names in one column are so far apart; the drawing is as high as the longest column needs. */
const LINE = 24;
const LEAST_HEIGHT = 360;

interface Dot {
  readonly system: string;
  readonly cell: ComparedCell;
  readonly x: number;
  readonly y: number;
  readonly labelY: number;
  readonly radius: number;
  readonly says: string;
}

/**
 * The trade-off as a picture: the strongest model that held in every
 * run to the right, calls answered upwards, and the slower the larger.
 */
export function Tradeoff(props: {
  readonly comparison: Comparison;
  readonly datatype: Datatype;
  readonly group: string;
  readonly onOpen: (subject: Subject) => void;
}) {
  const { comparison, datatype, group } = props;
  const steps = stepsOf(datatype, comparison.groups);
  const height = heightFor(datatype, group, steps);
  const placeX = (step: number) => LEFT + ((step + 0.12) / steps.length) * (WIDTH - LEFT - RIGHT);
  const dots = dotsOf(datatype, group, { steps, placeX, height });
  const under = group === 'none' ? 'no faults' : group;
  return (
    <>
      <h3>The trade-off under {under}</h3>
      <p class="hint">
        x: strongest model that held in every run; y: share of calls answered; size of a dot: 99th percentile of the
        latency. Each dot opens its runs.
      </p>
      <Scrollable class="wide" label={`Trade-off chart of ${datatype.datatype} under ${under}`}>
        <div class="tradeoff" style={{ width: `${WIDTH}px`, height: `${height}px` }}>
          <Axes steps={steps} placeX={placeX} dots={dots} height={height} />
          {dots.map((dot) => (
            <button
              key={dot.system}
              type="button"
              class="dot"
              title={dot.says}
              aria-label={dot.says}
              style={{ left: `${dot.x + 20}px`, top: `${dot.labelY - 12}px` }}
              onClick={() => props.onOpen({ kind: 'figure', system: dot.system, cell: dot.cell, key: 'available' })}
            >
              {dot.system}
            </button>
          ))}
        </div>
      </Scrollable>
    </>
  );
}

/**
 * What is drawn behind the names: the grid, the ladder of models
 * and a disc for each system. The names say it all in words.
 */
function Axes(props: {
  readonly steps: readonly string[];
  readonly placeX: (step: number) => number;
  readonly dots: readonly Dot[];
  readonly height: number;
}) {
  const { steps, placeX, dots, height } = props;
  const placeY = (share: number) => yOf(share, height);
  return (
    <svg viewBox={`0 0 ${WIDTH} ${height}`} width={WIDTH} height={height} aria-hidden="true">
      {[0, 0.25, 0.5, 0.75, 1].map((share) => (
        <g key={share}>
          <line x1={LEFT} x2={WIDTH - RIGHT} y1={placeY(share)} y2={placeY(share)} />
          <text x={LEFT - 8} y={placeY(share) + 4} text-anchor="end">
            {share * 100}%
          </text>
        </g>
      ))}
      {steps.map((model, step) => (
        <text key={model} x={placeX(step)} y={height - BOTTOM + 30}>
          {model}
        </text>
      ))}
      {dots.map(({ system, x, y, labelY, radius }) => (
        <g key={system}>
          <circle cx={x} cy={y} r={radius} />
          {Math.abs(labelY - y) > 3 && <line x1={x + radius} y1={y} x2={x + 21} y2={labelY} />}
        </g>
      ))}
    </svg>
  );
}

function yOf(share: number, height: number): number {
  return TOP + (1 - share) * (height - TOP - BOTTOM);
}

/** The strongest model that held in every run of a cell, or `nothing`. */
function strongestIn(cell: ComparedCell, models: readonly string[]): string {
  return models.findLast((model) => statusOf(cell, model) === 'held') ?? 'nothing';
}

/**
 * The models that are some system's strongest under some faults,
 * the weakest first: the same ladder whatever group is chosen.
 */
function stepsOf({ systems, models }: Datatype, groups: readonly string[]): readonly string[] {
  const cells = systems.flatMap(({ cells }) => cells.filter(({ group }) => groups.includes(group)));
  const reached = new Set(cells.map((cell) => strongestIn(cell, models)));
  return ['nothing', ...models].filter((model) => reached.has(model));
}

function heightFor({ systems, models }: Datatype, group: string, steps: readonly string[]): number {
  const own = systems.flatMap(({ cells }) => cells.find((cell) => cell.group === group) ?? []);
  const longest = Math.max(...steps.map((step) => own.filter((cell) => strongestIn(cell, models) === step).length));
  return Math.max(LEAST_HEIGHT, TOP + BOTTOM + longest * LINE);
}

interface Place {
  readonly steps: readonly string[];
  readonly height: number;
  placeX(step: number): number;
}

function dotsOf({ systems, models }: Datatype, group: string, place: Place): readonly Dot[] {
  const found = systems.flatMap(({ system, cells }) => {
    const cell = cells.find((one) => one.group === group);
    const answered = cell?.values.available;
    if (!cell || !answered) return [];
    const model = strongestIn(cell, models);
    const slow = cell.values['latency-p99'];
    const says = `${system}: ${model} held, ${valueText(answered, 'share')} answered, p99 ${slow ? valueText(slow, 'ms') : 'unknown'}`;
    return [{ system, cell, says, model, y: yOf(answered.value, place.height), radius: radiusOf(slow?.value) }];
  });
  return place.steps.flatMap((step, i) => {
    const column = found.filter(({ model }) => model === step);
    column.sort((a, b) => a.y - b.y || a.system.localeCompare(b.system));
    const labels = labelsOf(
      column.map(({ y }) => y),
      place.height - BOTTOM,
    );
    return column.map(({ model: _, ...dot }, j) => ({ ...dot, x: place.placeX(i), labelY: labels[j]! }));
  });
}

/** From a tenth of a millisecond to a second in equal steps for each factor of ten. */
function radiusOf(slowMs = 0): number {
  return 4 + Math.max(0, Math.min(4, Math.log10(Math.max(slowMs, 0.1)) + 1)) * 3;
}

/**
 * Where names stand: beside their dots where there is room, further down
 * where there is none, and all higher where that would be below the drawing.
 */
function labelsOf(wanted: readonly number[], lowest: number): readonly number[] {
  const down: number[] = [];
  for (const y of wanted) down.push(Math.max(y, (down.at(-1) ?? Number.NEGATIVE_INFINITY) + LINE));
  let limit = lowest;
  for (let i = down.length - 1; i >= 0; i--) {
    down[i] = Math.min(down[i]!, limit);
    limit = down[i]! - LINE;
  }
  return down;
}
