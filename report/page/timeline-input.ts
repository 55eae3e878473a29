/** What wheel, drag and keys do to the timeline. */
import { nsOf, operationAt, type Scene } from './paint-lanes.ts';
import { type Run, select } from './run.ts';
import { clamped, panned, zoomed } from './view.ts';

/** A stretch of the screen that is being dragged out to zoom into, in pixels from the stage's left edge. */
export interface Stretching {
  readonly from: number;
  readonly to: number;
}

export interface Hands {
  readonly run: Run;
  readonly stage: HTMLElement;
  readonly scroller: HTMLElement;
  /** The picture as it is now. */
  readonly scene: () => Scene;
  readonly stretch: (stretching: Stretching | undefined) => void;
}

/** Listens until the function that it answers is called. */
export function listen(hands: Hands): () => void {
  const stop = new AbortController();
  const { stage } = hands;
  stage.tabIndex = 0;
  stage.addEventListener('wheel', (event) => wheel(hands, event), { passive: false, signal: stop.signal });
  stage.addEventListener('pointerdown', (event) => drag(hands, event), { signal: stop.signal });
  stage.addEventListener('keydown', (event) => key(hands, event), { signal: stop.signal });
  return () => stop.abort();
}

/** With Ctrl, or when the timeline has the focus, the wheel zooms; else the page scrolls as anywhere. */
function wheel({ run, stage, scene }: Hands, event: WheelEvent): void {
  const view = run.view.value;
  if (Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey) {
    event.preventDefault();
    run.view.set(panned(view, (event.deltaX || event.deltaY) / scene().width, run.bounds));
    return;
  }
  if (!event.ctrlKey && !event.metaKey && document.activeElement !== stage) return;
  event.preventDefault();
  const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1;
  const factor = Math.exp(Math.max(-240, Math.min(240, event.deltaY * lines)) / 320);
  run.view.set(zoomed(view, factor, nsOf(scene(), xIn(stage, event)), run.bounds));
}

/**
 * A drag moves the view, with Shift it marks a stretch to zoom
 * into, and one that goes nowhere is a click on an operation.
 */
function drag(hands: Hands, down: PointerEvent): void {
  if (down.button !== 0) return;
  const { run, stage, scroller, scene, stretch } = hands;
  const view = run.view.value;
  const top = scroller.scrollTop;
  const from = xIn(stage, down);
  const scale = (view.to - view.from) / (scene().width - scene().gutter);
  let moved = false;
  const stop = new AbortController();
  const move = (event: PointerEvent) => {
    const dx = event.clientX - down.clientX;
    const dy = event.clientY - down.clientY;
    if (!moved && Math.abs(dx) + Math.abs(dy) < 4) return;
    if (!moved) stage.setPointerCapture(down.pointerId);
    moved = true;
    if (down.shiftKey) return stretch({ from: Math.min(from, from + dx), to: Math.max(from, from + dx) });
    run.view.set(clamped({ from: view.from - dx * scale, to: view.to - dx * scale }, run.bounds));
    scroller.scrollTop = top - dy;
  };
  const up = (event: PointerEvent) => {
    stop.abort();
    stretch(undefined);
    if (!moved) return click(hands, down);
    const to = xIn(stage, event);
    if (!down.shiftKey || Math.abs(to - from) < 4) return;
    run.view.set(
      clamped({ from: nsOf(scene(), Math.min(from, to)), to: nsOf(scene(), Math.max(from, to)) }, run.bounds),
    );
  };
  stage.addEventListener('pointermove', move, { signal: stop.signal });
  stage.addEventListener('pointerup', up, { signal: stop.signal });
  stage.addEventListener('pointercancel', () => stop.abort(), { signal: stop.signal });
}

function click({ run, stage, scroller, scene }: Hands, event: PointerEvent): void {
  const y = event.clientY - scroller.getBoundingClientRect().top;
  const row = y < 0 ? -1 : operationAt(scene(), xIn(stage, event), y);
  if (row >= 0) select(run, row, false);
}

function key(hands: Hands, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target !== hands.stage) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act(hands);
}

const KEYS: Readonly<Record<string, (hands: Hands) => void>> = {
  ArrowLeft: (hands) => pan(hands, -0.15),
  ArrowRight: (hands) => pan(hands, 0.15),
  a: (hands) => pan(hands, -0.15),
  d: (hands) => pan(hands, 0.15),
  ArrowUp: ({ scroller }) => scroller.scrollBy(0, -60),
  ArrowDown: ({ scroller }) => scroller.scrollBy(0, 60),
  '+': (hands) => zoom(hands, 0.6),
  '=': (hands) => zoom(hands, 0.6),
  w: (hands) => zoom(hands, 0.6),
  '-': (hands) => zoom(hands, 1.7),
  s: (hands) => zoom(hands, 1.7),
  0: ({ run }) => run.view.set(run.bounds),
  Home: ({ run }) => run.view.set(run.bounds),
  n: (hands) => toMarked(hands, true),
  p: (hands) => toMarked(hands, false),
  ']': (hands) => alongLane(hands, 1),
  '[': (hands) => alongLane(hands, -1),
  Escape: ({ stage }) => stage.blur(),
};

function pan({ run }: Hands, share: number): void {
  run.view.set(panned(run.view.value, share, run.bounds));
}

/** Zooms around the selected operation where it is in view, else around the middle. */
function zoom({ run }: Hands, factor: number): void {
  const view = run.view.value;
  const selected = run.selected.value < 0 ? Number.NaN : run.ops.columns.startNs[run.selected.value]!;
  const at = selected >= view.from && selected <= view.to ? selected : (view.from + view.to) / 2;
  run.view.set(zoomed(view, factor, at, run.bounds));
}

/** Selects the next operation that proves an anomaly. */
function toMarked({ run }: Hands, forward: boolean): void {
  const { marked } = run;
  const step = forward ? 1 : -1;
  let row = run.selected.value < 0 && !forward ? marked.length : run.selected.value;
  for (let steps = 0; steps < marked.length; steps++) {
    row = (row + step + marked.length) % marked.length;
    if (!marked[row]) continue;
    select(run, row);
    return;
  }
}

/** Selects the operation before or after the selected one in its lane, or the first in view. */
function alongLane({ run, scene }: Hands, by: number): void {
  const { lanes, ops } = scene();
  const { selected } = run;
  const view = run.view.value;
  if (selected.value < 0) {
    const first = ops.columns.startNs.findIndex((start) => start >= view.from);
    select(run, first, false);
    return;
  }
  const lane = lanes.rowOf[selected.value]!;
  const place = lanes.order.subarray(lanes.begin[lane], lanes.begin[lane + 1]).indexOf(selected.value) + by;
  const next = lanes.order[lanes.begin[lane]! + place];
  if (next === undefined || place < 0 || lanes.rowOf[next] !== lane) return;
  const start = ops.columns.startNs[next]!;
  select(run, next, false);
  if (start < view.from || start > view.to) {
    const span = view.to - view.from;
    run.view.set(clamped({ from: start - span / 2, to: start + span / 2 }, run.bounds));
  }
}

function xIn(stage: HTMLElement, event: MouseEvent): number {
  return event.clientX - stage.getBoundingClientRect().left;
}
