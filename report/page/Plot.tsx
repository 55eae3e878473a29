import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useWidth } from './Canvas.tsx';
import type { Curve } from './curve.ts';
import { PlotLegend } from './PlotLegend.tsx';
import { palette } from './palette.ts';
import type { Run } from './run.ts';
import { useStore } from './store.ts';
import { theme } from './theme.ts';
import { clamped } from './view.ts';

interface PlotProps {
  readonly run: Run;
  readonly title: string;
  readonly unit: string;
  readonly at: readonly number[];
  readonly curves: readonly Curve[];
  readonly logarithmic?: boolean;
}

const HEIGHT = 210;

/**
 * A plot over the run's time with the faults drawn behind it. A drag
 * zooms, here and on the timeline; a double click shows all again.
 */
export function Plot(props: PlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const width = useWidth(host);
  const dark = useStore(theme);
  useEffect(() => {
    if (!host.current || width === 0) return;
    const data = [props.at, ...props.curves.map((curve) => curve.values)] as uPlot.AlignedData;
    const plot = new uPlot(options(props, width), data, host.current);
    return () => plot.destroy();
  }, [width, dark, props.run]);
  return (
    <figure class="plot">
      <figcaption>{props.title}</figcaption>
      <div ref={host} role="img" aria-label={`Plot: ${props.title}, in ${props.unit}`} />
      <PlotLegend curves={props.curves} hasFaults={props.run.page.faults.length > 0} />
    </figure>
  );
}

function options(props: PlotProps, width: number): uPlot.Options {
  const colours = palette();
  const variable = (name: string) =>
    getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim() || colours.text;
  const axis = {
    stroke: colours.muted,
    grid: { stroke: colours.line, width: 1 },
    ticks: { stroke: colours.line, width: 1 },
    font: '12px system-ui, sans-serif',
  };
  const { run } = props;
  return {
    width,
    height: HEIGHT,
    cursor: { points: { size: 6 }, y: false },
    legend: { live: true },
    scales: {
      x: { time: false, min: run.bounds.from / 1e9, max: run.bounds.to / 1e9 },
      y: props.logarithmic ? { distr: 3 } : { range: (_, __, max) => [0, Math.max(max * 1.08, 0.001)] },
    },
    axes: [
      {
        ...axis,
        ...titled('s since the run began'),
        values: (_, marks) => marks.map((mark) => `${Number(mark.toPrecision(6))}`),
      },
      {
        ...axis,
        ...titled(props.unit),
        size: 62,
        ...(props.logarithmic ? { splits: (_, __, min, max) => powers(min, max) } : {}),
        values: (_, marks) => marks.map((mark) => (mark === null ? '' : `${Number(mark.toPrecision(3))}`)),
      },
    ],
    series: [
      { label: 'at', value: (_, value) => (value === null ? '' : `${value.toFixed(3)} s`) },
      ...props.curves.map(
        (curve): uPlot.Series => ({
          label: curve.name,
          stroke: variable(curve.colour),
          width: 1.5,
          ...(curve.dash ? { dash: curve.dash } : {}),
          spanGaps: false,
          value: (_, value) =>
            value === null || value === undefined ? '' : `${Number(value.toPrecision(3))} ${props.unit}`,
          ...(curve.points
            ? { paths: cloud(variable(curve.colour)), points: { show: false } }
            : { points: { show: false } }),
        }),
      ),
    ],
    hooks: {
      drawClear: [(plot) => bands(plot, props.run, colours.fault)],
      setSelect: [(plot) => show(plot, props.run)],
    },
  };
}

/** An axis with its title, which says the unit. */
function titled(label: string): Pick<uPlot.Axis, 'label' | 'labelSize' | 'labelFont'> {
  return { label, labelSize: 22, labelFont: '12px system-ui, sans-serif' };
}

/** The timeline shows what was dragged out. */
function show(plot: uPlot, run: Run): void {
  const { left, width } = plot.select;
  if (width === 0) return;
  const [from, to] = [plot.posToVal(left, 'x') * 1e9, plot.posToVal(left + width, 'x') * 1e9];
  run.view.set(clamped({ from, to }, run.bounds));
}

/** The powers of ten from `min` to `max`: all the lines that a logarithmic axis needs. */
function powers(min: number, max: number): number[] {
  const marks: number[] = [];
  for (let power = Math.floor(Math.log10(min)); 10 ** power <= max * 1.001; power++) marks.push(10 ** power);
  return marks;
}

/** Behind everything else, where the faults were. */
function bands(plot: uPlot, run: Run, colour: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = colour;
  for (const { fromMs, toMs } of run.page.faults) {
    const from = Math.max(plot.valToPos(fromMs / 1e3, 'x', true), bbox.left);
    const to = Math.min(plot.valToPos(toMs / 1e3, 'x', true), bbox.left + bbox.width);
    if (to > from) ctx.fillRect(from, bbox.top, to - from, bbox.height);
  }
  ctx.restore();
}

/** Draws points once a pixel: a million of them cost what a screen has pixels. */
function cloud(colour: string): uPlot.Series.PathBuilder {
  return (plot, series, from, to) => {
    const { ctx, bbox } = plot;
    const at = plot.data[0];
    const values = plot.data[series]!;
    const wide = Math.ceil(bbox.width);
    const drawn = new Uint8Array(wide * Math.ceil(bbox.height));
    ctx.save();
    ctx.fillStyle = colour;
    for (let i = from; i <= to; i++) {
      const value = values[i];
      if (value === null || value === undefined) continue;
      const x = Math.round(plot.valToPos(at[i]!, 'x', true) - bbox.left);
      const y = Math.round(plot.valToPos(value, 'y', true) - bbox.top);
      if (x < 0 || y < 0 || x >= wide || y >= bbox.height || drawn[y * wide + x]) continue;
      drawn[y * wide + x] = 1;
      ctx.fillRect(bbox.left + x - 1, bbox.top + y - 1, 2.5, 2.5);
    }
    ctx.restore();
    return null;
  };
}
