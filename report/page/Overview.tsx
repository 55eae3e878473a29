import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Canvas, useWidth } from './Canvas.tsx';
import type { Operations } from './operations.ts';
import { type Palette, palette } from './palette.ts';
import type { Run } from './run.ts';
import { useStore } from './store.ts';
import { theme } from './theme.ts';
import { clamped, type View, zoomed } from './view.ts';

const HEIGHT = 46;
const BUCKETS = 400;

/**
 * The whole run in a strip: how many operations ended how, the faults, the anomalies, and a window that can be dragged.
 */
export function Overview({ run }: { readonly run: Run }) {
  const host = useRef<HTMLDivElement>(null);
  const width = useWidth(host);
  const view = useStore(run.view);
  const dark = useStore(theme);
  const colours = useMemo(palette, [dark]);
  const counts = useMemo(() => countsOf(run.ops, run.bounds), [run]);
  useEffect(() => (host.current ? listen(host.current, run) : undefined), [run]);
  return (
    <div class="overview" ref={host} aria-hidden="true">
      <Canvas
        width={width}
        height={HEIGHT}
        paint={(context, ratio) => paint(context, { run, view, width, colours, counts }, ratio)}
      />
    </div>
  );
}

/** For each bucket of time and each outcome the number of operations that began in it. */
function countsOf(ops: Operations, bounds: View): { readonly byOutcome: Float64Array; readonly most: number } {
  const byOutcome = new Float64Array(BUCKETS * 3);
  const scale = BUCKETS / (bounds.to - bounds.from);
  const { startNs, type } = ops.columns;
  for (let row = 0; row < ops.length; row++) {
    const bucket = Math.min(BUCKETS - 1, Math.max(0, Math.floor((startNs[row]! - bounds.from) * scale)));
    byOutcome[bucket * 3 + type[row]!]!++;
  }
  let most = 1;
  for (let i = 0; i < BUCKETS; i++) {
    most = Math.max(most, byOutcome[i * 3]! + byOutcome[i * 3 + 1]! + byOutcome[i * 3 + 2]!);
  }
  return { byOutcome, most };
}

interface Strip {
  readonly run: Run;
  readonly view: View;
  readonly width: number;
  readonly colours: Palette;
  readonly counts: ReturnType<typeof countsOf>;
}

function paint(context: CanvasRenderingContext2D, strip: Strip, ratio: number): void {
  const { run, view, width, colours, counts } = strip;
  const { bounds } = run;
  const x = (ns: number) => ((ns - bounds.from) / (bounds.to - bounds.from)) * width;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, HEIGHT);
  context.fillStyle = colours.fault;
  for (const fault of run.page.faults) {
    context.fillRect(x(fault.fromMs * 1e6), 0, Math.max(1, x(fault.toMs * 1e6) - x(fault.fromMs * 1e6)), HEIGHT);
  }
  const bar = width / BUCKETS;
  const tones = [colours.ok, colours.fail, colours.info];
  for (let i = 0; i < BUCKETS; i++) {
    let y = HEIGHT;
    // By the square root, so that a burst does not flatten the rest.
    const total = Math.max(1, counts.byOutcome[i * 3]! + counts.byOutcome[i * 3 + 1]! + counts.byOutcome[i * 3 + 2]!);
    for (let outcome = 0; outcome < 3; outcome++) {
      const height = (counts.byOutcome[i * 3 + outcome]! / total) * Math.sqrt(total / counts.most) * (HEIGHT - 8);
      context.fillStyle = tones[outcome]!;
      context.fillRect(i * bar, y - height, Math.max(bar - 0.4, 0.6), height);
      y -= height;
    }
  }
  context.fillStyle = colours.anomaly;
  for (const row of run.markedRows) context.fillRect(x(run.ops.columns.startNs[row]!) - 1, 0, 2.5, 7);
  for (const ns of run.momentsNs) context.fillRect(x(ns) - 1, 0, 2.5, HEIGHT);
  const from = x(view.from);
  const to = Math.max(x(view.to), from + 2);
  context.fillStyle = colours.panel;
  context.globalAlpha = 0.62;
  context.fillRect(0, 0, from, HEIGHT);
  context.fillRect(to, 0, width - to, HEIGHT);
  context.globalAlpha = 1;
  context.strokeStyle = colours.accent;
  context.lineWidth = 1.5;
  context.strokeRect(from + 0.75, 0.75, Math.max(1, to - from - 1.5), HEIGHT - 1.5);
}

/** Inside the window a drag moves it, elsewhere it draws a new one; the wheel zooms. */
function listen(host: HTMLElement, run: Run): () => void {
  const stop = new AbortController();
  const nsAt = (event: MouseEvent) => {
    const box = host.getBoundingClientRect();
    return run.bounds.from + ((event.clientX - box.left) / box.width) * (run.bounds.to - run.bounds.from);
  };
  host.addEventListener('pointerdown', (down) => drag(host, run, down, nsAt), { signal: stop.signal });
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const factor = Math.exp(Math.max(-240, Math.min(240, event.deltaY)) / 320);
    run.view.set(zoomed(run.view.value, factor, nsAt(event), run.bounds));
  };
  host.addEventListener('wheel', wheel, { passive: false, signal: stop.signal });
  return () => stop.abort();
}

function drag(host: HTMLElement, run: Run, down: PointerEvent, nsAt: (event: MouseEvent) => number): void {
  const grabbed = nsAt(down);
  const view = run.view.value;
  const whole = run.bounds.to - run.bounds.from;
  const inside = grabbed > view.from && grabbed < view.to && view.to - view.from < whole * 0.98;
  const stop = new AbortController();
  host.setPointerCapture(down.pointerId);
  const move = (event: PointerEvent) => {
    const at = nsAt(event);
    if (inside) run.view.set(clamped({ from: view.from + at - grabbed, to: view.to + at - grabbed }, run.bounds));
    else if (Math.abs(event.clientX - down.clientX) > 3)
      run.view.set(clamped({ from: Math.min(grabbed, at), to: Math.max(grabbed, at) }, run.bounds));
  };
  host.addEventListener('pointermove', move, { signal: stop.signal });
  host.addEventListener('pointerup', () => stop.abort(), { signal: stop.signal });
  host.addEventListener('pointercancel', () => stop.abort(), { signal: stop.signal });
}
